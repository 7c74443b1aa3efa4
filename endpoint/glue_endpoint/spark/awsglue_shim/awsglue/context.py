"""GlueContext as far as it makes sense without AWS: Spark itself, under Glue's names."""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import SparkSession, SQLContext


class GlueContext(SQLContext):  # type: ignore[misc]
    """Wraps the session's Spark; DynamicFrames and connections exist on AWS only."""

    def __init__(self, sparkContext: Any, **_options: Any) -> None:  # noqa: N803
        session = SparkSession.builder.getOrCreate()
        super().__init__(sparkContext, session)
        self._spark_session = session

    @property
    def spark_session(self) -> Any:
        """The session's SparkSession."""
        return self._spark_session

    @classmethod
    def getOrCreate(cls, sc: Any = None) -> GlueContext:  # noqa: N802
        """A GlueContext on the session's Spark."""
        return cls(sc or SparkSession.builder.getOrCreate().sparkContext)

    def get_logger(self) -> logging.Logger:
        """A logger named GlueLogger."""
        return logging.getLogger("GlueLogger")

    def setConf(self, key: str, value: str) -> None:  # noqa: N802
        """Set a Spark SQL setting."""
        self._spark_session.conf.set(key, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"GlueContext.{name} exists on AWS Glue only; the embedded endpoint offers Spark "
            "itself: use glueContext.spark_session"
        )
