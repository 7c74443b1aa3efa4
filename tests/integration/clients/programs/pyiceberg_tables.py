"""pyiceberg's GlueCatalog: a table from its creation to its end, with its data in S3."""

import json
import os

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.types import DoubleType

ARROW = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"], "s3.region": os.environ["AWS_REGION"]}
GLUE = {"type": "glue", "warehouse": "s3://clients/pyiceberg"}
# Arrow's own S3 client does not read these variables, and would ask AWS for the bucket's region; s3fs does.
through_s3fs = load_catalog("s3fs", **GLUE, **{"py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO"})
through_arrow = load_catalog("arrow", **GLUE, **ARROW)

NAMESPACE = "pyiceberg_tables"
through_s3fs.create_namespace(NAMESPACE, {"owner": "tests"})
rows = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["one", "two"]})

table = through_s3fs.create_table(f"{NAMESPACE}.first", rows.schema)
table.append(rows)
behind = through_arrow.load_table(f"{NAMESPACE}.first")
table.append(rows.slice(0, 1))
behind.append(pa.table({"id": pa.array([3], pa.int64()), "name": ["three"]}))  # commits on top

table.refresh()
with table.update_schema() as update:
    update.add_column("price", DoubleType(), doc="in euros")
    update.rename_column("name", "label")
renamed = through_s3fs.rename_table(f"{NAMESPACE}.first", f"{NAMESPACE}.second")
scans = {
    "s3fs": renamed.scan(row_filter="id > 1").to_arrow(),
    "arrow": through_arrow.load_table(f"{NAMESPACE}.second").scan().to_arrow(),
}
listed = through_s3fs.list_tables(NAMESPACE)
in_glue = through_s3fs.glue.get_table(DatabaseName=NAMESPACE, Name="second")["Table"]
properties = through_s3fs.load_namespace_properties(NAMESPACE)
through_s3fs.drop_table(f"{NAMESPACE}.second")
left = through_s3fs.list_tables(NAMESPACE)
through_s3fs.drop_namespace(NAMESPACE)
print(
    json.dumps(
        {
            "scans": {
                name: sorted(rows.to_pylist(), key=lambda row: row["id"])
                for name, rows in scans.items()
            },
            "listed": listed,
            "columns": in_glue["StorageDescriptor"]["Columns"],
            "type": [in_glue["TableType"], in_glue["Parameters"]["table_type"]],
            "properties": properties,
            "left": left,
            "namespaces": through_s3fs.list_namespaces(),
        }
    )
)
