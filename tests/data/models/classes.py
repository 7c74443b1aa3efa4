"""A small pipeline class around the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import ujson as json
except ImportError:
    import json

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Pipeline:
    def __init__(self, dbt, session: SparkSession) -> None:
        self.dbt = dbt
        self.session = session

    def read(self) -> DataFrame:
        return self.dbt.ref("raw_pages").filter("status = 200")

    def run(self) -> DataFrame:
        pages = self.read()
        threshold = json.loads(self.dbt.config.get("limits"))["pages"]
        return pages.where(pages.size > threshold)


def model(dbt, session):
    return Pipeline(dbt, session).run()
