"""Tables that dbt wrote, read by others than Spark: pyiceberg, DuckDB, pandas, awswrangler. Arguments: a database, its tables."""

import json
import os
import sys

import awswrangler
import duckdb_extension_avro
import duckdb_extension_httpfs
import duckdb_extension_iceberg
from pyiceberg.catalog import load_catalog
from readers import duckdb_with, in_order

database, *names = sys.argv[1:]
catalog = load_catalog(
    "glue",
    **{
        "type": "glue",
        "s3.endpoint": os.environ["AWS_ENDPOINT_URL"],
        "s3.region": os.environ["AWS_REGION"],
    },
)
duck = duckdb_with(duckdb_extension_httpfs, duckdb_extension_avro, duckdb_extension_iceberg)
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
