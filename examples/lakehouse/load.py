"""Puts a day of the shop's data into the lake: Parquet on S3, and its tables in the Data Catalog. Plain boto3, as on AWS.

    eval "$(dbt-glue endpoint env)"   # or the variables of an AWS account, and LAKE_BUCKET
    python load.py 1
"""

from __future__ import annotations

import io
import os
import sys
from datetime import date, datetime, timedelta

import boto3
import pandas as pd

BUCKET = os.environ.get("LAKE_BUCKET", "shop-lake")
DATABASE = "shop_raw"
FIRST = date(2026, 1, 30)
CUSTOMERS = 40
PLANS = ("free", "basic", "pro")
COLUMNS = {
    "orders": [
        ("order_id", "bigint"), ("customer_id", "bigint"), ("ordered_at", "string"), ("amount", "double"),
        ("status", "string"), ("loaded_on", "string"),
    ],
    "customers": [("customer_id", "bigint"), ("name", "string"), ("plan", "string"), ("changed_on", "timestamp")],
}  # fmt: skip
FORMAT = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    },
}


def orders(day: int) -> pd.DataFrame:
    """The orders of a day, and what became of those of the day before."""
    today = FIRST + timedelta(days=day)
    rows = [_order(number, day, "placed", today) for number in range(100)]
    if day > 1:
        rows += [
            _order(number, day - 1, "cancelled" if number % 10 == 0 else "shipped", today)
            for number in range(100)
        ]
    return pd.DataFrame(rows)


def _order(number: int, day: int, status: str, loaded_on: date) -> dict[str, object]:
    at = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    return {
        "order_id": day * 1000 + number,
        "customer_id": number % CUSTOMERS,
        "ordered_at": (at + timedelta(minutes=13 * number)).isoformat(sep=" "),
        "amount": 5 + (number * 37 + day) % 100 + 0.5,
        "status": status,
        "loaded_on": loaded_on.isoformat(),
    }


def customers(day: int) -> pd.DataFrame:
    """All customers as they are on a day: some change their plan, one leaves after the first day."""
    rows = []
    for number in range(CUSTOMERS):
        changes = [d for d in range(day + 1) if d == 0 or (number + d) % 8 == 0]
        rows.append(
            {
                "customer_id": number,
                "name": f"Customer {number}",
                "plan": PLANS[(number + len(changes)) % 3],
                "changed_on": datetime.combine(FIRST, datetime.min.time())
                + timedelta(days=changes[-1]),
            }
        )
    frame = pd.DataFrame(rows[: CUSTOMERS - (day > 1)])
    # Spark reads no nanoseconds.
    return frame.astype({"changed_on": "datetime64[us]"})


def load(day: int) -> None:
    s3, glue = boto3.client("s3"), boto3.client("glue")
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET)
    if DATABASE not in {found["Name"] for found in glue.get_databases()["DatabaseList"]}:
        glue.create_database(DatabaseInput={"Name": DATABASE})
    files = {"orders": f"day-{day}.parquet", "customers": "customers.parquet"}
    for name, frame in (("orders", orders(day)), ("customers", customers(day))):
        body = io.BytesIO()
        frame.to_parquet(body, index=False)
        s3.put_object(Bucket=BUCKET, Key=f"{name}/{files[name]}", Body=body.getvalue())
        if name not in {t["Name"] for t in glue.get_tables(DatabaseName=DATABASE)["TableList"]}:
            described = {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"classification": "parquet", "EXTERNAL": "TRUE"},
                "StorageDescriptor": {
                    "Columns": [{"Name": n, "Type": kind} for n, kind in COLUMNS[name]],
                    "Location": f"s3://{BUCKET}/{name}/",
                    **FORMAT,
                },
            }
            glue.create_table(DatabaseName=DATABASE, TableInput=described)
        print(f"{DATABASE}.{name}: {len(frame)} rows of day {day}")


if __name__ == "__main__":
    load(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
