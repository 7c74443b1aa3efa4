"""awswrangler writes a dataset that is a table, mode by mode, and Spark reads it each time."""

import json

import awswrangler as wr
import pandas as pd
from spark_session import SparkSession

PATH = "s3://clients/awswrangler/dataset/"
DATABASE = "wrangler_datasets"


def write(mode, *rows):
    """Writes rows of (name, number, day) to the table."""
    wr.s3.to_parquet(
        pd.DataFrame(rows, columns=["name", "number", "day"]),
        PATH,
        dataset=True,
        database=DATABASE,
        table="numbers",
        partition_cols=["day"],
        mode=mode,
    )


wr.catalog.create_database(DATABASE)
found = {}
with SparkSession("awswrangler") as spark:

    def rows():
        """What Spark finds now."""
        return spark.rows(f"select name, number, day from {DATABASE}.numbers order by number")

    write("overwrite", ("a", 1, "2026-01-01"), ("b", 2, "2026-01-02"))
    found["written"] = rows()
    write("append", ("c", 3, "2026-01-02"))
    found["appended"] = rows()
    write("overwrite_partitions", ("d", 4, "2026-01-02"))
    found["overwritten partitions"] = rows()
    write("overwrite", ("e", 5, "2026-01-03"))
    found["overwritten"] = rows()

read = wr.s3.read_parquet_table(table="numbers", database=DATABASE).astype({"day": str})
types = wr.catalog.get_table_types(DATABASE, "numbers")
partitions = list(wr.catalog.get_partitions(DATABASE, "numbers").values())
wr.catalog.delete_database(DATABASE)
print(
    json.dumps(
        {
            "spark": found,
            "pandas": read.values.tolist(),
            "types": types,
            "partitions": partitions,
        }
    )
)
