"""Delta tables that dbt wrote, read by others than Spark: deltalake, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import os
import sys

import awswrangler
import boto3
import duckdb_extension_delta
import duckdb_extension_httpfs
from deltalake import DeltaTable
from readers import duckdb_with, in_order

database, *names = sys.argv[1:]
duck = duckdb_with(duckdb_extension_httpfs, duckdb_extension_delta)
found = {}
for name in names:
    described = boto3.client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    place = described["StorageDescriptor"]["SerdeInfo"]["Parameters"]["path"]
    table = DeltaTable(place)
    first = DeltaTable(place, version=0)
    through_pandas = table.to_pandas()
    through_duck = duck.execute(f"select * from delta_scan('{place}')").fetch_arrow_table()
    through_wrangler = awswrangler.s3.read_deltalake(place)
    found[name] = {
        "deltalake": in_order(table.to_pyarrow_table().to_pylist()),
        "duckdb": in_order(through_duck.to_pylist()),
        "pandas": [len(through_pandas), list(map(str, through_pandas.columns))],
        "awswrangler": [len(through_wrangler), list(map(str, through_wrangler.columns))],
        "types": {field.name: json.loads(field.type.to_json()) for field in table.schema().fields},
        "first": len(first.to_pyarrow_table()),
        "operations": [commit["operation"] for commit in reversed(table.history())],
        "partitions": table.metadata().partition_columns,
    }
print(json.dumps(found), flush=True)
# Where threads of pyarrow still run when the interpreter takes it apart, C++ aborts ("terminate called").
os._exit(0)
