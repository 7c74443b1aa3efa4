"""pyiceberg's GlueCatalog: tables from their creation to their end, with data in S3."""

import json
import os

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.types import DoubleType

WAREHOUSE = os.environ["WAREHOUSE"]
catalog = load_catalog("glue", type="glue", warehouse=WAREHOUSE)
catalog.create_namespace("pyiceberg_tables", {"owner": "tests"})
rows = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["one", "two"]})

table = catalog.create_table("pyiceberg_tables.first", rows.schema)
table.append(rows)
stale = catalog.load_table("pyiceberg_tables.first")
table.append(rows.slice(0, 1))

try:
    stale.append(rows)
    conflict = ""
except CommitFailedException as error:
    conflict = str(error)

with table.update_schema() as update:
    update.add_column("price", DoubleType(), doc="in euros")
    update.rename_column("name", "label")
renamed = catalog.rename_table("pyiceberg_tables.first", "pyiceberg_tables.second")
found = renamed.scan(row_filter="id < 2").to_arrow().to_pylist()
listed = catalog.list_tables("pyiceberg_tables")
parameters = catalog.glue.get_table(DatabaseName="pyiceberg_tables", Name="second")["Table"]
properties = catalog.load_namespace_properties("pyiceberg_tables")
catalog.drop_table("pyiceberg_tables.second")
gone = catalog.list_tables("pyiceberg_tables")
catalog.drop_namespace("pyiceberg_tables")
print(
    json.dumps(
        {
            "conflict": conflict,
            "rows": found,
            "listed": listed,
            "columns": parameters["StorageDescriptor"]["Columns"],
            "properties": properties,
            "gone": gone,
            "namespaces": catalog.list_namespaces(),
        }
    )
)
