"""Tables that dbt wrote, read by others than Spark: pyiceberg, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import awswrangler
import duckdb
import duckdb_extension_avro
import duckdb_extension_httpfs
import duckdb_extension_iceberg
from pyiceberg.catalog import load_catalog

database, *names = sys.argv[1:]
endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
catalog = load_catalog(
    "glue",
    **{
        "type": "glue",
        "s3.endpoint": os.environ["AWS_ENDPOINT_URL"],
        "s3.region": os.environ["AWS_REGION"],
    },
)
duck = duckdb.connect()
for module, name in (
    (duckdb_extension_httpfs, "httpfs"),
    (duckdb_extension_avro, "avro"),
    (duckdb_extension_iceberg, "iceberg"),
):
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
    table = catalog.load_table(f"{database}.{name}")
    through_pandas = table.scan().to_pandas()
    place = table.metadata_location.replace("'", "''")
    found[name] = {
        "pyiceberg": in_order(table.scan().to_arrow().to_pylist()),
        "duckdb": in_order(
            duck.execute(f"select * from iceberg_scan('{place}')").fetch_arrow_table().to_pylist()
        ),
        "pandas": [len(through_pandas), sorted(map(str, through_pandas.columns))],
        "awswrangler": awswrangler.catalog.get_table_types(database, name),
        "snapshots": [snapshot.summary.operation.value for snapshot in table.snapshots()],
        "partitions": [[str(field.transform), field.name] for field in table.spec().fields],
    }
print(json.dumps(found))
