"""Every function of awswrangler's catalog module, by what each answers."""

import json
import warnings

import awswrangler as wr
import boto3
import pandas as pd

warnings.simplefilter("ignore")
PATH = "s3://clients/awswrangler/catalog"
DATABASE = "wrangler_catalog"
TABLE = {"database": DATABASE, "table": "events"}
called = {}


def call(name, *arguments, **keywords):
    """What a function of the module answers; iterators as lists."""
    answer = getattr(wr.catalog, name)(*arguments, **keywords)
    if hasattr(answer, "__next__"):
        answer = list(answer)
    called.setdefault(name, answer)
    return answer


call("create_database", DATABASE, description="of a test")
call("create_database", DATABASE, description="of the tests", exist_ok=True)
called["create_database"] = boto3.client("glue").get_database(Name=DATABASE)["Database"][
    "Description"
]
columns = {"id": "bigint", "name": "string"}
day = {"partitions_types": {"day": "date"}}
for form in ("csv", "json", "orc", "parquet"):
    call(
        f"create_{form}_table",
        DATABASE,
        f"from_{form}",
        f"{PATH}/{form}/",
        columns,
        partitions_types={"day": "date"},
    )
    call(
        f"add_{form}_partitions",
        DATABASE,
        f"from_{form}",
        {f"{PATH}/{form}/day=2026-01-0{number}/": [f"2026-01-0{number}"] for number in (1, 2)},
    )
call("get_csv_partitions", DATABASE, "from_csv", expression="day > '2026-01-01'")
call("get_parquet_partitions", DATABASE, "from_parquet")
call("get_partitions", DATABASE, "from_json", expression="day = '2026-01-01'")
call("delete_partitions", "from_json", DATABASE, [["2026-01-01"]])
called["delete_partitions"] = call("get_partitions", DATABASE, "from_json")
call("delete_all_partitions", "from_csv", DATABASE)

call(
    "create_parquet_table",
    **TABLE,
    path=f"{PATH}/events/",
    columns_types=columns,
    description="what happened",
    parameters={"owner": "tests"},
    columns_comments={"id": "the number"},
    columns_parameters={"id": {"unit": "1"}},
)
call("does_table_exist", **TABLE)
call("get_table_types", **TABLE)
call("get_columns_comments", **TABLE)
call("get_columns_parameters", **TABLE)
call("get_table_description", **TABLE)
call("get_table_location", **TABLE)
call("upsert_table_parameters", {"level": "gold"}, **TABLE, catalog_versioning=True)
call("overwrite_table_parameters", {"only": "this"}, **TABLE, catalog_versioning=True)
call("get_table_parameters", **TABLE)
call("add_column", **TABLE, column_name="price", column_type="double", column_comment="in euros")
call("delete_column", **TABLE, column_name="name")
call("get_table_number_of_versions", **TABLE)
called["get_table_versions"] = [
    [version["VersionId"], [c["Name"] for c in version["Table"]["StorageDescriptor"]["Columns"]]]
    for version in call("get_table_versions", **TABLE)
]
called["table"] = call("table", **TABLE).values.tolist()
called["tables"] = call("tables", database=DATABASE, name_prefix="ev").values.tolist()
called["get_tables"] = [
    table["Name"] for table in call("get_tables", database=DATABASE, name_contains="om_")
]
called["search_tables"] = [table["Name"] for table in call("search_tables", text="what happened")]
called["databases"] = [
    row for row in call("databases", limit=10_000).values.tolist() if row[0] == DATABASE
]
called["get_databases"] = [
    found["Description"] for found in call("get_databases") if found["Name"] == DATABASE
]

boto3.client("glue").create_connection(
    ConnectionInput={
        "Name": "wrangler-connection",
        "ConnectionType": "JDBC",
        "ConnectionProperties": {
            "JDBC_CONNECTION_URL": "jdbc:postgresql://db:5432/shop",
            "USERNAME": "reader",
            "PASSWORD": "a secret",
        },
    }
)
connection = call("get_connection", "wrangler-connection")
called["get_connection"] = connection["ConnectionProperties"]
boto3.client("glue").delete_connection(ConnectionName="wrangler-connection")

frame = pd.DataFrame([[1, 2, 3]], columns=["Né me", "née", "Né me"])
called["sanitize_dataframe_columns_names"] = list(
    call("sanitize_dataframe_columns_names", frame.copy())
)
called["rename_duplicated_columns"] = list(call("rename_duplicated_columns", frame.copy()))
called["drop_duplicated_columns"] = list(call("drop_duplicated_columns", frame.copy()))
call("sanitize_column_name", "My Column")
call("sanitize_table_name", "MyTable!")
call("extract_athena_types", pd.DataFrame({"id": [1], "day": ["a"]}), partition_cols=["day"])

call("delete_table_if_exists", **TABLE)
call("delete_database", DATABASE)
functions = {
    name
    for name in dir(wr.catalog)
    if not name.startswith("_") and callable(getattr(wr.catalog, name))
}
print(json.dumps({"called": called, "not called": sorted(functions - set(called))}, default=str))
