package dbt.glue.endpoint;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * s3://bucket/key as the file root/bucket/key, where root is the configuration's dbt.glue.s3.root.
 *
 * Any bucket exists. Like S3 there are no checksum files and no permissions, and an object is there when it
 * is whole; unlike S3, folders are real. A bucket or key whose file would lie outside root is refused, symbolic links included.
 * Two variables of the endpoint change it: by DBT_GLUE_ENDPOINT_S3_RULES the session role's policy is kept to, and by
 * DBT_GLUE_ENDPOINT_S3_LIKE it works as a client of S3 has to, object by object (see Permissions and Requests).
 * Compiled by Janino: no lambdas, no diamonds.
 */
public class S3OnDisk extends FileSystem {
    private final RawLocalFileSystem disk = new RawLocalFileSystem();
    private URI uri;
    private File bucket;
    private File uploads;
    private String fence;
    private Path workingDirectory;
    private Permissions permissions;
    private Requests requests;

    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        String root = conf.get("dbt.glue.s3.root");
        String authority = name.getAuthority();
        if (root == null) {
            throw new IOException("dbt.glue.s3.root is not set");
        }
        if (authority == null || !authority.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,254}") || authority.indexOf("..") >= 0) {
            throw new IOException("'" + authority + "' is not the name of an S3 bucket (in " + name + ")");
        }
        File rootFile = new File(root).getCanonicalFile();
        this.uri = URI.create(name.getScheme() + "://" + authority);
        this.bucket = new File(rootFile, authority);
        this.uploads = new File(rootFile, ".uploads");
        this.fence = rootFile.getPath() + File.separator;
        this.workingDirectory = new Path(this.uri.toString() + "/");
        this.disk.initialize(URI.create("file:///"), conf);
        if (!(this.bucket.getCanonicalPath() + File.separator).startsWith(this.fence)) {
            throw new IOException("bucket " + authority + " leads out of the folder " + rootFile);
        }
        this.bucket.mkdirs();
        this.uploads.mkdirs();
        this.permissions = Permissions.get();
        this.requests = Requests.get(rootFile.getParentFile());
    }

    /** The key of a path, without slashes at its ends. */
    private String key(Path path) {
        Path absolute = path.isAbsolute() ? path : new Path(this.workingDirectory, path);
        String key = absolute.toUri().getPath();
        return key.startsWith("/") ? key.substring(1) : key;
    }

    private void ask(String action, String key) throws IOException {
        if (this.permissions != null) {
            this.permissions.check(action, this.bucket.getName(), key, null, null);
        }
    }

    /** A list of a folder: with the delimiter "/" of what is in it, without (null) of all that is below it. */
    private void askToList(String key, String delimiter) throws IOException {
        if (this.permissions != null) {
            String prefix = key.length() == 0 ? "" : key + "/";
            this.permissions.check("s3:ListBucket", this.bucket.getName(), "", prefix, delimiter);
        }
    }

    private void askForEach(String action, List objects) throws IOException {
        for (int i = 0; i < objects.size(); i++) {
            this.ask(action, this.keyOfObject((File) objects.get(i)));
        }
    }

    private void request(String kind, String key) throws IOException {
        if (this.requests != null) {
            this.requests.sent(kind, this.bucket.getName(), key);
        }
    }

    public String getScheme() {
        return this.uri == null ? "s3" : this.uri.getScheme();
    }

    public URI getUri() {
        return this.uri;
    }

    private Path toDisk(Path path) throws IOException {
        this.checkPath(path);
        Path absolute = path.isAbsolute() ? path : new Path(this.workingDirectory, path);
        String key = absolute.toUri().getPath();
        File file = key.length() == 0 ? this.bucket : new File(this.bucket, key);
        String real = file.getCanonicalPath() + File.separator;
        if (!real.startsWith(this.fence) || !real.startsWith(this.bucket.getPath() + File.separator)) {
            throw new IOException(path + " leads out of the bucket's folder");
        }
        return new Path(file.toURI());
    }

    private FileStatus toS3(FileStatus status) {
        String full = status.getPath().toUri().getPath();
        String key = full.substring(this.bucket.getPath().length());
        Path path = new Path(this.uri.getScheme(), this.uri.getAuthority(), key.length() == 0 ? "/" : key);
        return new FileStatus(status.getLen(), status.isDirectory(), 1, status.getBlockSize(),
            status.getModificationTime(), path);
    }

    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        Path local = this.toDisk(path);
        this.ask("s3:GetObject", this.key(path));
        this.request("GET", this.key(path));
        return this.disk.open(local, bufferSize);
    }

    public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite, int bufferSize,
            short replication, long blockSize, Progressable progress) throws IOException {
        File file = new File(this.toDisk(path).toUri());
        if (file.isDirectory() || (!overwrite && file.exists())) {
            throw new FileAlreadyExistsException(path + (file.isDirectory() ? " is a folder" : " exists already"));
        }
        this.ask("s3:PutObject", this.key(path));
        this.request("PUT", this.key(path));
        return new FSDataOutputStream(new Upload(this.uploads, file, overwrite, bufferSize), this.statistics);
    }

    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        if (this.requests != null) {
            throw new UnsupportedOperationException("S3 appends to no object: " + path);
        }
        this.ask("s3:PutObject", this.key(path));
        return this.disk.append(this.toDisk(path), bufferSize, progress);
    }

    public boolean rename(Path from, Path to) throws IOException {
        Path source = this.toDisk(from);
        Path target = this.toDisk(to);
        File moved = new File(source.toUri());
        if (this.requests != null) {
            return this.copyAndDelete(from, moved, new File(target.toUri()));
        }
        if (this.permissions != null) {
            // It is one step here: whether each object may be moved is asked before it.
            File into = into(moved, new File(target.toUri()));
            List objects = this.listAll(moved);
            this.askForEach("s3:GetObject", objects);
            for (int i = 0; i < objects.size(); i++) {
                this.ask("s3:PutObject", this.keyOfCopy((File) objects.get(i), moved, into));
            }
            this.askForEach("s3:DeleteObject", objects);
        }
        return this.disk.rename(source, target);
    }

    /** Where something that is renamed ends: in a folder that is there, or under the new name. */
    private static File into(File source, File target) {
        return target.isDirectory() ? new File(target, source.getName()) : target;
    }

    private static File copyOf(File object, File source, File into) {
        return new File(into.getPath() + object.getPath().substring(source.getPath().length()));
    }

    private String keyOfCopy(File object, File source, File into) {
        return this.keyOf(copyOf(object, source, into)) + (object.isDirectory() ? "/" : "");
    }

    /**
     * A rename as S3 has it: a copy of each object, and when all are there, a delete of each. Neither is one step.
     */
    private boolean copyAndDelete(Path from, File source, File target) throws IOException {
        if (!source.exists()) {
            throw new FileNotFoundException(from + " does not exist");
        }
        File into = into(source, target);
        if (into.equals(source)) {
            return true;
        }
        if (into.exists() || into.getPath().startsWith(source.getPath() + File.separator)) {
            return false;
        }
        List objects = this.listAll(source);
        for (int i = 0; i < objects.size(); i++) {
            File object = (File) objects.get(i);
            File copy = copyOf(object, source, into);
            this.ask("s3:GetObject", this.keyOfObject(object));
            this.ask("s3:PutObject", this.keyOfCopy(object, source, into));
            this.request("COPY", this.keyOf(object));
            if (object.isDirectory()) {
                copy.mkdirs();
            } else {
                this.copy(object, copy);
            }
        }
        this.deleteEach(objects);
        return true;
    }

    private void copy(File object, File copy) throws IOException {
        OutputStream out = new Upload(this.uploads, copy, true, 65536);
        try {
            Files.copy(object.toPath(), out);
        } finally {
            out.close();
        }
    }

    /** All that is at a path, for which a client of S3 has to list it if it is a folder. */
    private List listAll(File file) throws IOException {
        List objects = new ArrayList();
        if (file.isDirectory()) {
            this.askToList(this.keyOf(file), null);
            this.request("LIST", this.keyOf(file));
        }
        gather(file, objects);
        return objects;
    }

    /** The objects of a folder, and the folders (whose markers are objects on S3), each after what is in it. */
    private static void gather(File file, List objects) throws IOException {
        File[] inside = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
        for (int i = 0; inside != null && i < inside.length; i++) {
            gather(inside[i], objects);
        }
        objects.add(file);
    }

    private void deleteEach(List objects) throws IOException {
        for (int i = 0; i < objects.size(); i++) {
            File object = (File) objects.get(i);
            this.ask("s3:DeleteObject", this.keyOfObject(object));
            this.request("DELETE", this.keyOf(object));
            if (!object.delete() && object.exists() && !object.isDirectory()) {
                throw new IOException("cannot delete " + object);
            }
        }
    }

    private String keyOf(File file) {
        String full = file.getPath();
        String bucket = this.bucket.getPath();
        return full.length() <= bucket.length() ? "" : full.substring(bucket.length() + 1);
    }

    /** The key of what S3 has of a file: of a folder its marker, as `mkdirs` makes it. */
    private String keyOfObject(File file) {
        return this.keyOf(file) + (file.isDirectory() ? "/" : "");
    }

    public boolean delete(Path path, boolean recursive) throws IOException {
        Path local = this.toDisk(path);
        if (this.requests == null && this.permissions == null) {
            return this.disk.delete(local, recursive);
        }
        File file = new File(local.toUri());
        if (!file.exists() && this.requests != null) {
            return false;
        }
        String[] inside = file.list();
        if (!recursive && inside != null && inside.length > 0) {
            throw new IOException(path + " is a folder that is not empty");
        }
        List objects = this.listAll(file);
        if (this.requests == null) {
            this.askForEach("s3:DeleteObject", objects);
            return this.disk.delete(local, recursive);
        }
        this.deleteEach(objects);
        return true;
    }

    public FileStatus[] listStatus(Path path) throws IOException {
        Path local = this.toDisk(path);
        FileStatus[] found;
        this.askToList(this.key(path), "/");
        this.request("LIST", this.key(path));
        try {
            found = this.disk.listStatus(local);
        } catch (FileNotFoundException e) {
            throw new FileNotFoundException(path + " does not exist");
        }
        FileStatus[] result = new FileStatus[found.length];
        for (int i = 0; i < found.length; i++) {
            result[i] = this.toS3(found[i]);
        }
        return result;
    }

    public FileStatus getFileStatus(Path path) throws IOException {
        Path local = this.toDisk(path);
        File file = new File(local.toUri());
        // A client of S3 looks for an object first, and then for any below it.
        if (this.key(path).length() > 0) {
            this.request("HEAD", this.key(path));
        }
        if (!file.isFile()) {
            this.request("LIST", this.key(path));
        }
        if (this.permissions != null && this.key(path).length() > 0) {
            if (!file.isDirectory()) {
                this.ask("s3:GetObject", this.key(path));
            }
            if (!file.isFile()) {
                this.askToList(this.key(path), "/");
            }
        }
        try {
            return this.toS3(this.disk.getFileStatus(local));
        } catch (FileNotFoundException e) {
            throw new FileNotFoundException(path + " does not exist");
        }
    }

    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        Path local = this.toDisk(path);
        if (!new File(local.toUri()).isDirectory()) {
            this.ask("s3:PutObject", this.key(path) + "/");
            this.request("PUT", this.key(path) + "/");
        }
        return this.disk.mkdirs(local);
    }

    public void setWorkingDirectory(Path path) {
        this.workingDirectory = path.isAbsolute() ? path : new Path(this.workingDirectory, path);
    }

    public Path getWorkingDirectory() {
        return this.workingDirectory;
    }

    public void setTimes(Path path, long modified, long accessed) throws IOException {
        if (this.requests == null) {
            this.disk.setTimes(this.toDisk(path), modified, accessed);
        }
    }

    public void setPermission(Path path, FsPermission permission) {
        // S3 has no permission bits; Hive and Spark set them as a courtesy.
    }

    /**
     * An object on its way: written beside all buckets, and moved into its place when it is closed.
     *
     * Of several that want none to be there (no overwrite) one wins, whatever process each is in; the others fail
     * at the end. What nobody closes is never there; the endpoint removes it when it starts.
     */
    private static final class Upload extends OutputStream {
        private static final int ATTEMPTS = 20;

        private final File incoming;
        private final File file;
        private final boolean overwrite;
        private final OutputStream out;
        private boolean failed = false;
        private boolean closed = false;

        Upload(File uploads, File file, boolean overwrite, int bufferSize) throws IOException {
            this.incoming = new File(uploads, "incoming-" + UUID.randomUUID());
            this.file = file;
            this.overwrite = overwrite;
            this.out = new BufferedOutputStream(new FileOutputStream(this.incoming), Math.max(bufferSize, 1));
        }

        public void write(int value) throws IOException {
            try {
                this.out.write(value);
            } catch (IOException e) {
                this.failed = true;
                throw e;
            }
        }

        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                this.out.write(bytes, offset, length);
            } catch (IOException e) {
                this.failed = true;
                throw e;
            }
        }

        public void flush() throws IOException {
            if (!this.closed) {
                this.out.flush();
            }
        }

        public void close() throws IOException {
            if (this.closed) {
                return;
            }
            this.closed = true;
            try {
                this.out.close();
                if (this.failed) {
                    throw new IOException(this.file + " is not written, because a part of it could not be");
                }
                this.publish();
            } finally {
                this.incoming.delete();
            }
        }

        private void publish() throws IOException {
            for (int attempt = 1; true; attempt++) {
                this.file.getParentFile().mkdirs();
                try {
                    this.move();
                    return;
                } catch (NoSuchFileException e) {
                    // The folder went as an empty one, just now: with the last object that was deleted from it.
                    if (attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
        }

        private void move() throws IOException {
            if (this.overwrite) {
                this.replace();
                return;
            }
            try {
                Files.createLink(this.file.toPath(), this.incoming.toPath());
            } catch (java.nio.file.FileAlreadyExistsException e) {
                throw this.exists();
            } catch (NoSuchFileException e) {
                throw e;
            } catch (FileSystemException e) {
                this.moveWithoutLinks();
            } catch (UnsupportedOperationException e) {
                this.moveWithoutLinks();
            }
        }

        /** Where files have no hard links: still one is the first, but for a moment with no content. */
        private void moveWithoutLinks() throws IOException {
            try {
                Files.createFile(this.file.toPath(), new FileAttribute[0]);
            } catch (java.nio.file.FileAlreadyExistsException e) {
                throw this.exists();
            }
            this.replace();
        }

        private void replace() throws IOException {
            Files.move(this.incoming.toPath(), this.file.toPath(), new CopyOption[] {StandardCopyOption.ATOMIC_MOVE});
        }

        private FileAlreadyExistsException exists() {
            return new FileAlreadyExistsException(this.file + " exists already: another one wrote it meanwhile");
        }
    }

    /**
     * What the session role's policy says of S3: lines of the file that DBT_GLUE_ENDPOINT_S3_RULES names.
     *
     * Each is Allow or Deny, an expression of actions, one of resources ("!" before it: it is not to match), and conditions on
     * a list, such as "prefix!?:expression" ("!": as before, "?": also where there is no prefix), with tabs between. It is
     * another file when sessions get another role. What is asked is noted once in DBT_GLUE_ENDPOINT_S3_USES.
     */
    private static final class Permissions {
        private static final String ROLE = "arn:aws:sts::000000000000:assumed-role/dbt-glue-local/GlueJobRunnerSession";
        private static Permissions only = null;

        private final File file;
        private String stamp = "";
        private List rules = new ArrayList();
        private final Set noted = new HashSet();
        private final File uses;

        static synchronized Permissions get() throws IOException {
            String name = System.getenv("DBT_GLUE_ENDPOINT_S3_RULES");
            if (only == null && name != null && name.length() > 0) {
                only = new Permissions(new File(name), new File(System.getenv("DBT_GLUE_ENDPOINT_S3_USES")));
            }
            return only;
        }

        private Permissions(File file, File uses) throws IOException {
            this.file = file;
            this.uses = uses;
        }

        private synchronized List rules() throws IOException {
            BasicFileAttributes now = (BasicFileAttributes) Files.readAttributes(
                this.file.toPath(), BasicFileAttributes.class, new LinkOption[0]);
            String stamp = now.fileKey() + " " + now.lastModifiedTime();
            if (!stamp.equals(this.stamp)) {
                List read = new ArrayList();
                BufferedReader lines = new BufferedReader(
                    new InputStreamReader(new FileInputStream(this.file), StandardCharsets.UTF_8));
                try {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        read.add(line.split("\t"));
                    }
                } finally {
                    lines.close();
                }
                this.rules = read;
                this.stamp = stamp;
            }
            return this.rules;
        }

        void check(String action, String bucket, String key, String prefix, String delimiter) throws IOException {
            String resource = "arn:aws:s3:::" + bucket + (key.length() == 0 ? "" : "/" + key);
            if (bucket.endsWith("--table-s3")) {
                // S3 Tables' own permissions, on tables that the bucket's name does not tell.
                boolean reads = action.equals("s3:GetObject") || action.equals("s3:ListBucket");
                action = reads ? "s3tables:GetTableData" : "s3tables:PutTableData";
                resource = null;
            }
            String decision = this.decide(action, resource, prefix, delimiter);
            this.note(action, resource == null ? "" : resource, decision);
            if (!decision.equals("allowed")) {
                String why = decision.equals("denied")
                    ? "with an explicit deny in an identity-based policy"
                    : "because no identity-based policy allows the " + action + " action";
                String about = resource == null ? "" : " on resource: \"" + resource + "\"";
                throw new AccessDeniedException("s3://" + bucket + "/" + key, null,
                    "User: " + ROLE + " is not authorized to perform: " + action + about + " " + why
                    + " (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)");
            }
        }

        private String decide(String action, String resource, String prefix, String delimiter) throws IOException {
            String decision = "not allowed";
            List rules = this.rules();
            for (int i = 0; i < rules.size(); i++) {
                String[] rule = (String[]) rules.get(i);
                boolean applies = matches("(?i)", rule[1], action)
                    && (resource == null || matches("(?s)", rule[2], resource));
                for (int j = 3; applies && j < rule.length; j++) {
                    applies = holds(rule[j], rule[j].startsWith("prefix") ? prefix : delimiter);
                }
                if (applies && rule[0].equals("Deny")) {
                    return "denied";
                }
                if (applies) {
                    decision = "allowed";
                }
            }
            return decision;
        }

        private static boolean holds(String condition, String value) {
            int colon = condition.indexOf(':');
            String key = condition.substring(0, colon);
            boolean negated = key.indexOf('!') >= 0;
            if (value == null) {
                return negated || key.endsWith("?");
            }
            return Pattern.matches("(?s)(?:" + condition.substring(colon + 1) + ")", value) != negated;
        }

        private static boolean matches(String flags, String expression, String text) {
            boolean negated = expression.startsWith("!");
            String wanted = negated ? expression.substring(1) : expression;
            return Pattern.matches(flags + "(?:" + wanted + ")", text) != negated;
        }

        private synchronized void note(String action, String resource, String decision) throws IOException {
            if (this.noted.size() < 20000 && this.noted.add(action + " " + resource + " " + decision)) {
                String name = resource.replace("\\", "\\\\").replace("\"", "\\\"");
                append(this.uses, "[\"session_role\", \"" + action + "\", \"" + name + "\", \"" + decision + "\"]");
            }
        }
    }

    /**
     * What a client of S3 would send: each request is a line (its kind and s3://bucket/key) of the file s3-requests.log in the
     * state folder, and takes as many milliseconds as DBT_GLUE_ENDPOINT_S3_LIKE says.
     *
     * The file s3-fault there has one of them fail: "COPY 3" is the third copy from now on.
     */
    private static final class Requests {
        private static Requests only = null;

        private final File log;
        private final File fault;
        private final long milliseconds;
        private String failing = null;
        private int left = 0;

        static synchronized Requests get(File state) {
            String said = System.getenv("DBT_GLUE_ENDPOINT_S3_LIKE");
            if (only == null && said != null && said.length() > 0) {
                only = new Requests(state, Long.parseLong(said));
            }
            return only;
        }

        private Requests(File state, long milliseconds) {
            this.log = new File(state, "s3-requests.log");
            this.fault = new File(state, "s3-fault");
            this.milliseconds = milliseconds;
        }

        void sent(String kind, String bucket, String key) throws IOException {
            if (this.milliseconds > 0) {
                try {
                    Thread.sleep(this.milliseconds);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new java.io.InterruptedIOException("a request to S3 was interrupted");
                }
            }
            append(this.log, kind + " s3://" + bucket + "/" + key);
            if (this.fails(kind)) {
                throw new IOException(kind + " of s3://" + bucket + "/" + key
                    + ": Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)");
            }
        }

        private synchronized boolean fails(String kind) throws IOException {
            if (this.fault.exists()) {
                String[] said = new String(Files.readAllBytes(this.fault.toPath()), StandardCharsets.UTF_8).trim().split(" ");
                this.fault.delete();
                this.failing = said[0];
                this.left = Integer.parseInt(said[1]);
            }
            return kind.equals(this.failing) && --this.left == 0;
        }
    }

    static void append(File file, String line) throws IOException {
        FileOutputStream out = new FileOutputStream(file, true);
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } finally {
            out.close();
        }
    }
}
