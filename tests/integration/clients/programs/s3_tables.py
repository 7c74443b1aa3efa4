"""pyiceberg's GlueCatalog on a table bucket: a table that Spark made, and one of its own. Argument: the catalog's id."""

import json
import os
import sys

import pyarrow as pa
from botocore.exceptions import ClientError
from pyiceberg.catalog import load_catalog
from pyiceberg.types import DoubleType

ARROW = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"], "s3.region": os.environ["AWS_REGION"]}
catalog = load_catalog("bucket", type="glue", **{"glue.id": sys.argv[1]}, **ARROW)
NAMESPACE = "shop"
found = {"tables": sorted(catalog.list_tables(NAMESPACE))}


def rows(table):
    """All rows, in the order of their ids."""
    return sorted(table.scan().to_arrow().to_pylist(), key=lambda row: row["id"])


orders = catalog.load_table(f"{NAMESPACE}.orders")
found["orders"] = rows(orders)
orders.append(pa.table({"id": pa.array([100], pa.int64()), "name": ["ours"]}))

given = pa.table({"id": pa.array([1, 2], pa.int64()), "label": ["one", "two"]})
own = catalog.create_table(f"{NAMESPACE}.own", given.schema)
own.append(given)
with own.update_schema() as update:
    update.add_column("price", DoubleType())
own.overwrite(given.slice(0, 1).append_column("price", pa.array([9.5])))
found["own"] = rows(own)
found["location"] = own.location()
try:
    catalog.create_table(f"{NAMESPACE}.mine", given.schema, location="s3://clients/mine")
except ValueError as error:
    found["refused"] = str(error)
try:
    catalog.rename_table(f"{NAMESPACE}.own", f"{NAMESPACE}.other")
except ClientError as error:
    found["rename"] = str(error)
catalog.create_table(f"{NAMESPACE}.short", given.schema).append(given)
catalog.drop_table(f"{NAMESPACE}.short")
found["left"] = sorted(catalog.list_tables(NAMESPACE))
print(json.dumps(found))
