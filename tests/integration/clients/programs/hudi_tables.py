"""Hudi tables that dbt wrote, read by others than Spark: hudi-rs, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import sys

import awswrangler
import boto3
import duckdb_extension_httpfs
import pandas
import pyarrow
from hudi import HudiTableBuilder
from readers import duckdb_with, in_order

database, *names = sys.argv[1:]
duck = duckdb_with(duckdb_extension_httpfs)
glue = boto3.client("glue")
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
