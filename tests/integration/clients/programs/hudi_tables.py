"""Hudi tables that dbt wrote, read by others than Spark: hudi-rs, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import awswrangler
import boto3
import duckdb
import duckdb_extension_httpfs
import pandas
import pyarrow
from hudi import HudiTableBuilder

database, *names = sys.argv[1:]
endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
duck = duckdb.connect()
httpfs = next(Path(duckdb_extension_httpfs.__file__).parent.glob("extensions/*/*.duckdb_extension"))
duck.load_extension(str(httpfs))
duck.execute(
    f"""
    create secret (
        type s3, provider config, key_id '{os.environ["AWS_ACCESS_KEY_ID"]}',
        secret '{os.environ["AWS_SECRET_ACCESS_KEY"]}', region '{os.environ["AWS_REGION"]}',
        endpoint '{endpoint.netloc}', url_style 'path', use_ssl false
    )
    """
)
duck.execute("set timezone = 'UTC'")
glue = boto3.client("glue")


def in_order(rows: list[dict]) -> list[dict]:
    """The rows by their id, without Hudi's own columns, as JSON can have them."""
    kept = [{k: v for k, v in row.items() if not k.startswith("_hoodie_")} for row in rows]
    return json.loads(json.dumps(sorted(kept, key=lambda row: row["id"]), default=str))


found = {}
for name in names:
    place = glue.get_table(DatabaseName=database, Name=name)["Table"]["StorageDescriptor"][
        "Location"
    ]
    table = HudiTableBuilder.from_base_uri(place).build()
    rows = pyarrow.Table.from_batches(table.read())
    # The files of the table as it is now: Hudi keeps older ones beside them.
    files = [f"{place}/{piece.base_file_relative_path()}" for piece in table.get_file_slices()]
    answer = duck.execute("select * from read_parquet(?, hive_partitioning = false)", [files])
    frames = [pandas.read_parquet(file) for file in files]
    partitions = glue.get_partitions(DatabaseName=database, TableName=name)["Partitions"]
    found[name] = {
        "hudi": in_order(rows.to_pylist()),
        "types": {
            field.name: str(field.type) for field in rows.schema if not field.name.startswith("_")
        },
        "duckdb": in_order(answer.fetch_arrow_table().to_pylist()),
        "pandas": sorted(int(key) for frame in frames for key in frame["id"]),
        "awswrangler": awswrangler.catalog.get_table_types(database, name),
        "properties": [table.table_type, table.hudi_options()["hoodie.table.recordkey.fields"]],
        "partitions": sorted(each["Values"] for each in partitions),
    }
print(json.dumps(found))
