"""PyArrow's own S3 (AWS's C++ SDK), which reads AWS_ENDPOINT_URL by itself."""

import json

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

s3, root = fs.FileSystem.from_uri("s3://clients/arrow")
with s3.open_output_stream(f"{root}/large.bin") as stream:
    stream.write(b"x" * (11 * 2**20))
table = pa.table({"id": list(range(10)), "part": [n % 3 for n in range(10)]})
ds.write_dataset(
    table,
    f"{root}/parts",
    format="parquet",
    partitioning=["part"],
    partitioning_flavor="hive",
    filesystem=s3,
)
read = ds.dataset(f"{root}/parts", filesystem=s3, partitioning="hive").to_table(
    filter=ds.field("part") == 1
)
kinds = [
    each.type.name
    for each in s3.get_file_info([f"{root}/large.bin", f"{root}/parts", f"{root}/none"])
]
s3.move(f"{root}/large.bin", f"{root}/moved.bin")
s3.delete_dir(f"{root}/parts")
left = [
    each.path for each in s3.get_file_info(fs.FileSelector(root, recursive=True)) if each.is_file
]
print(json.dumps({"rows": read.column("id").to_pylist(), "kinds": kinds, "left": left}))
