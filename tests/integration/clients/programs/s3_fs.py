"""s3fs: files and folders as a file system has them, over the bucket."""

import json

import s3fs

ROOT = "clients/s3fs"
fs = s3fs.S3FileSystem(default_block_size=5 * 2**20)
found = {}
with fs.open(f"{ROOT}/a/one.txt", "w") as file:
    file.write("one")
with fs.open(f"{ROOT}/a/large.bin", "wb") as file:
    for letter in (b"a", b"b", b"c"):
        file.write(letter * (5 * 2**20))
fs.pipe(f"{ROOT}/b=1/two words.txt", b"two")
found["find"] = fs.find(ROOT)
found["ls"] = sorted(each["name"] for each in fs.ls(ROOT, detail=True))
found["glob"] = fs.glob(f"{ROOT}/*/*.txt")
found["size"] = fs.size(f"{ROOT}/a/large.bin")
found["middle"] = fs.cat_file(
    f"{ROOT}/a/large.bin", start=5 * 2**20 - 1, end=5 * 2**20 + 1
).decode()
found["kinds"] = [fs.isfile(f"{ROOT}/a"), fs.isdir(f"{ROOT}/a"), fs.exists(f"{ROOT}/none")]
fs.copy(f"{ROOT}/a/one.txt", f"{ROOT}/c/copied.txt")
fs.mv(f"{ROOT}/b=1/two words.txt", f"{ROOT}/c/moved.txt")
found["after"] = {name: fs.cat(name).decode() for name in fs.find(f"{ROOT}/c")}
fs.rm(f"{ROOT}/a", recursive=True)
fs.invalidate_cache()
found["left"] = fs.find(ROOT)
fs.mkdir("clients-s3fs-new")
found["new"] = "clients-s3fs-new" in fs.ls("")
fs.rmdir("clients-s3fs-new")
print(json.dumps(found))
