"""Columns by comprehensions over the frame's own columns and types."""

from pyspark.sql import functions as F


def model(dbt, session):
    customers = dbt.ref("customers")
    texts = [name for name, kind in customers.dtypes if kind == "string"]
    trimmed = customers.select(
        *[
            F.trim(F.col(name)).alias(name) if name in texts else F.col(name)
            for name in customers.columns
        ]
    )
    others = [name for name in trimmed.columns if name not in ("email", "segment")]
    prefixed = trimmed.select([F.col(name).alias(f"c_{name}") for name in others])
    return prefixed.withColumns(
        {f"{name}_upper": F.upper(name) for name in prefixed.columns if name != "c_signup_day"}
    )
