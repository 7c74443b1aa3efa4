"""pandas reads and writes s3:// by name alone: through s3fs, and through PyArrow's own S3."""

import json

import pandas as pd

PATH = "s3://clients/pandas"
frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "é", "c d"]})
frame.to_parquet(f"{PATH}/one file.parquet")
frame.to_csv(f"{PATH}/é.csv", index=False)
frame.to_parquet(f"{PATH}/parts", partition_cols=["id"])
frame.to_parquet(f"{PATH}/large.parquet", row_group_size=1)
read = {
    "parquet": pd.read_parquet(f"{PATH}/one file.parquet"),
    "csv": pd.read_csv(f"{PATH}/é.csv"),
    "dataset": pd.read_parquet(f"{PATH}/parts").astype({"id": "int64"})[["id", "name"]],
    "column": pd.read_parquet(f"{PATH}/large.parquet", columns=["name"], filters=[("id", ">", 1)]),
}
try:
    pd.read_csv(f"{PATH}/absent.csv")
except FileNotFoundError as error:
    missing = type(error).__name__
print(
    json.dumps({**{key: value.values.tolist() for key, value in read.items()}, "missing": missing})
)
