"""Delta tables that dbt wrote, read by others than Spark: deltalake, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import awswrangler
import boto3
import duckdb
import duckdb_extension_delta
import duckdb_extension_httpfs
from deltalake import DeltaTable

database, *names = sys.argv[1:]
endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
duck = duckdb.connect()
for module, name in ((duckdb_extension_httpfs, "httpfs"), (duckdb_extension_delta, "delta")):
    file = next(Path(module.__file__).parent.glob(f"extensions/*/{name}.duckdb_extension"))
    duck.load_extension(str(file))
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


def in_order(rows: list[dict]) -> list[list]:
    """The rows by their first column, with the names of columns in lower case, as JSON can have them."""
    listed = [[[key.lower(), value] for key, value in row.items()] for row in rows]
    return json.loads(json.dumps(sorted(listed, key=lambda row: row[0][1]), default=str))


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
