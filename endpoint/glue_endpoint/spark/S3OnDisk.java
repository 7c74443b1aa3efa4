package dbt.glue.endpoint;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.util.UUID;
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
 * Compiled by Janino: no lambdas, no diamonds.
 */
public class S3OnDisk extends FileSystem {
    private final RawLocalFileSystem disk = new RawLocalFileSystem();
    private URI uri;
    private File bucket;
    private File uploads;
    private String fence;
    private Path workingDirectory;

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
        return this.disk.open(this.toDisk(path), bufferSize);
    }

    public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite, int bufferSize,
            short replication, long blockSize, Progressable progress) throws IOException {
        File file = new File(this.toDisk(path).toUri());
        if (file.isDirectory() || (!overwrite && file.exists())) {
            throw new FileAlreadyExistsException(path + (file.isDirectory() ? " is a folder" : " exists already"));
        }
        return new FSDataOutputStream(new Upload(this.uploads, file, overwrite, bufferSize), this.statistics);
    }

    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        return this.disk.append(this.toDisk(path), bufferSize, progress);
    }

    public boolean rename(Path from, Path to) throws IOException {
        return this.disk.rename(this.toDisk(from), this.toDisk(to));
    }

    public boolean delete(Path path, boolean recursive) throws IOException {
        return this.disk.delete(this.toDisk(path), recursive);
    }

    public FileStatus[] listStatus(Path path) throws IOException {
        Path local = this.toDisk(path);
        FileStatus[] found;
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
        try {
            return this.toS3(this.disk.getFileStatus(local));
        } catch (FileNotFoundException e) {
            throw new FileNotFoundException(path + " does not exist");
        }
    }

    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        return this.disk.mkdirs(this.toDisk(path));
    }

    public void setWorkingDirectory(Path path) {
        this.workingDirectory = path.isAbsolute() ? path : new Path(this.workingDirectory, path);
    }

    public Path getWorkingDirectory() {
        return this.workingDirectory;
    }

    public void setTimes(Path path, long modified, long accessed) throws IOException {
        this.disk.setTimes(this.toDisk(path), modified, accessed);
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
}
