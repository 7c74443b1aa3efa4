"""A shop's tables, small and with everything that real ones have, and a dbt project that knows their columns.

What reads them are the models beside this file and the idioms of `tests/data/idioms`: on Spark as temporary
views, in a check as seeds and, where columns hold columns, as models with a contract.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELS = Path(__file__).parent / "models"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@dataclass(frozen=True)
class Table:
    """The columns with their Spark types, and the rows."""

    columns: dict[str, str]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def schema(self) -> str:
        """The columns as Spark reads them."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self.columns.items())

    @property
    def flat(self) -> bool:
        """Whether a CSV can hold it."""
        return not any("<" in kind for kind in self.columns.values())


TABLES = {
    "orders": Table(
        {
            "order_id": "int",
            "customer_id": "int",
            "store_id": "int",
            "status": "string",
            "amount": "double",
            "quantity": "int",
            "coupon": "string",
            "ordered_at": "timestamp",
            "day": "date",
        },
        (
            (1, 10, 1, "paid", 20.0, 2, "NEW", _at("2024-01-05 10:00:00"), _day("2024-01-05")),
            (2, 10, 1, "paid", 35.5, 3, None, _at("2024-01-09 11:30:00"), _day("2024-01-09")),
            (3, 11, 2, "open", 12.0, 1, None, _at("2024-02-01 09:15:00"), _day("2024-02-01")),
            (4, 12, 2, "cancelled", 99.0, 9, "VIP", _at("2024-02-02 18:45:00"), _day("2024-02-02")),
            (5, 13, 1, "paid", None, 1, None, _at("2024-02-14 08:00:00"), _day("2024-02-14")),
            (6, 11, 3, "paid", 150.0, 4, "VIP", _at("2024-03-03 23:59:59"), _day("2024-03-03")),
            (7, None, 3, "open", 7.25, 1, None, _at("2024-12-30 12:00:00"), _day("2024-12-30")),
            (8, 12, 1, "paid", 20.0, 2, None, _at("2024-12-31 12:00:00"), _day("2024-12-31")),
        ),
    ),
    "customers": Table(
        {
            "customer_id": "int",
            "name": "string",
            "email": "string",
            "country": "string",
            "segment": "string",
            "signup_day": "date",
        },
        (
            (10, "Ada Lovelace", "ada@example.org", "uk", "gold", _day("2023-11-01")),
            (11, "Linus T", "LINUS@example.org", "fi", "silver", _day("2023-12-24")),
            (12, "Grace Hopper", None, "us", "gold", _day("2024-01-15")),
            (13, "Edsger D", "ed@example.org", "nl", None, _day("2024-02-01")),
            (14, "Nobody", "no@example.org", None, "silver", _day("2024-02-20")),
        ),
    ),
    "items": Table(
        {"order_id": "int", "product_id": "int", "quantity": "int", "price": "double"},
        (
            (1, 100, 1, 10.0),
            (1, 101, 1, 10.0),
            (2, 100, 2, 10.25),
            (2, 102, 1, 15.0),
            (3, 101, 1, 12.0),
            (4, 103, 9, 11.0),
            (6, 102, 4, 37.5),
            (8, 100, 2, 10.0),
        ),
    ),
    "products": Table(
        {
            "product_id": "int",
            "title": "string",
            "category": "string",
            "list_price": "double",
            "active": "boolean",
        },
        (
            (100, "Book", "media", 10.0, True),
            (101, "Film", "media", 12.0, True),
            (102, "Chair", "home", 40.0, True),
            (103, "Lamp", "home", 11.0, False),
            (104, "Unsold", None, 5.0, None),
        ),
    ),
    "payments": Table(
        {
            "payment_id": "string",
            "order_id": "int",
            "method": "string",
            "amount": "double",
            "paid_at": "timestamp",
        },
        (
            ("p1", 1, "card", 20.0, _at("2024-01-05 10:05:00")),
            ("p2", 2, "card", 30.0, _at("2024-01-09 11:35:00")),
            ("p3", 2, "voucher", 5.5, _at("2024-01-09 11:36:00")),
            ("p4", 6, "transfer", 150.0, _at("2024-03-05 09:00:00")),
            ("p5", 8, "card", 20.0, _at("2024-12-31 12:01:00")),
        ),
    ),
    "stores": Table(
        {"store_id": "int", "city": "string", "region": "string"},
        ((1, "Bonn", "north"), (2, "Wien", "south"), (3, "Bern", "south")),
    ),
    "rates": Table(
        {"country": "string", "currency": "string", "rate": "double"},
        (("uk", "GBP", 1.17), ("fi", "EUR", 1.0), ("us", "USD", 0.92), ("nl", "EUR", 1.0)),
    ),
    "targets": Table(
        {"store_id": "int", "month": "string", "target": "double"},
        ((1, "2024-01", 50.0), (2, "2024-02", 100.0), (3, "2024-03", 120.0)),
    ),
    "events": Table(
        {
            "event_id": "string",
            "customer_id": "int",
            "kind": "string",
            "happened_at": "timestamp",
            "tags": "array<string>",
            "scores": "array<int>",
            "props": "map<string,string>",
            "device": "struct<os:string,version:int>",
            "payload": "string",
        },
        (
            ("e1", 10, "click", _at("2024-01-05 09:58:00"), ["a", "b"], [1, 2], {"page": "home"}, ("ios", 17), '{"x": 1}'),
            ("e2", 10, "buy", _at("2024-01-05 10:00:00"), ["b"], [3], {"page": "cart", "ref": "ad"}, ("ios", 17), '{"x": 2}'),
            ("e3", 11, "click", _at("2024-02-01 09:10:00"), [], [], {}, ("android", 14), None),
            ("e4", 11, "buy", _at("2024-03-03 23:59:00"), None, None, None, None, '{"x": 4}'),
            ("e5", 12, "view", _at("2024-12-31 11:00:00"), ["c"], [5, 0], {"page": "home"}, ("web", 1), "broken"),
            ("e6", None, "view", _at("2024-12-31 11:30:00"), ["a"], [7], {"ref": "mail"}, ("web", 2), '{"x": 6}'),
        ),
    ),
}  # fmt: skip


def views(spark: Any) -> dict[str, str]:
    """Makes a temporary view of each table; their names by the tables'. The rows are in the plan: no job reads them."""
    from pyspark.sql import DataFrame

    for name, table in TABLES.items():
        made = spark.createDataFrame([list(row) for row in table.rows], table.schema)._jdf
        held = spark._jsparkSession.createDataFrame(made.collectAsList(), made.schema())
        DataFrame(held, spark).createOrReplaceTempView(f"shop_{name}")
    return {name: f"shop_{name}" for name in TABLES}


def project(folder: Path) -> None:
    """Writes the dbt project: seeds with their types, and models with a contract."""
    for part in ("models", "seeds"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    seeds, models = [], []
    for name, table in TABLES.items():
        if table.flat:
            with (folder / "seeds" / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([list(table.columns), *table.rows])
            seeds.append({"name": name, "config": {"column_types": table.columns}})
        else:
            (folder / "models" / f"{name}.sql").write_text("select 1")
            columns = [{"name": one, "data_type": kind} for one, kind in table.columns.items()]
            contract = {"contract": {"enforced": True}}
            models.append({"name": name, "config": contract, "columns": columns})
    # JSON is YAML.
    (folder / "seeds" / "seeds.yml").write_text(json.dumps({"seeds": seeds}, indent=1))
    (folder / "models" / "models.yml").write_text(json.dumps({"models": models}, indent=1))
