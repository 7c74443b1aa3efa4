"""awswrangler's plain functions on objects: read, write, list, copy, merge, delete, wait."""

import json
from pathlib import Path

import awswrangler as wr
import pandas as pd

PATH = "s3://clients/awswrangler/objects"
frame = pd.DataFrame({"id": [1, 2], "name": ["a", "é"]})
found = {}
wr.s3.to_parquet(frame, f"{PATH}/one.parquet")
wr.s3.to_csv(frame, f"{PATH}/one.csv", index=False)
wr.s3.to_json(frame, f"{PATH}/one.json", orient="records", lines=True)
found["read"] = [
    wr.s3.read_parquet(f"{PATH}/one.parquet").values.tolist(),
    wr.s3.read_csv(f"{PATH}/*.csv").values.tolist(),
    wr.s3.read_json(f"{PATH}/one.json", orient="records", lines=True).values.tolist(),
]
written = wr.s3.to_parquet(
    frame, f"{PATH}/set/", dataset=True, partition_cols=["id"], mode="overwrite"
)
found["written"] = sorted(path.rsplit("/", 1)[0] for path in written["paths"])
wr.s3.to_parquet(
    frame, f"{PATH}/set/", dataset=True, partition_cols=["id"], mode="overwrite_partitions"
)
read = wr.s3.read_parquet(
    f"{PATH}/set/", dataset=True, partition_filter=lambda part: part["id"] == "2"
)
found["partition"] = read["name"].tolist()
found["metadata"] = wr.s3.read_parquet_metadata(f"{PATH}/one.parquet")[0]
found["list"] = wr.s3.list_objects(f"{PATH}/one.*")
found["folders"] = wr.s3.list_directories(f"{PATH}/")
found["size"] = wr.s3.size_objects([f"{PATH}/one.csv"])
found["exists"] = [wr.s3.does_object_exist(f"{PATH}/{name}") for name in ("one.csv", "none.csv")]
found["copied"] = wr.s3.copy_objects([f"{PATH}/one.csv"], f"{PATH}/", f"{PATH}/copy/")
found["merged"] = wr.s3.merge_datasets(f"{PATH}/copy/", f"{PATH}/merged/", mode="append")
wr.s3.wait_objects_exist([f"{PATH}/merged/one.csv"])
wr.s3.upload(__file__, f"{PATH}/program.py")
wr.s3.download(f"{PATH}/program.py", "downloaded.py")
found["same"] = Path("downloaded.py").read_bytes() == Path(__file__).read_bytes()
wr.s3.delete_objects(f"{PATH}/")
wr.s3.wait_objects_not_exist([f"{PATH}/merged/one.csv"])
found["left"] = wr.s3.list_objects(f"{PATH}/")
found["bucket"] = [wr.s3.get_bucket_region("clients"), "clients" in wr.s3.list_buckets()]
print(json.dumps(found))
