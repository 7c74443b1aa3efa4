"""What the analysis is asked to assume: target versions and limits."""

from __future__ import annotations

from dataclasses import dataclass

from glue_compiler.knowledge.glue_versions import (
    DEFAULT_GLUE_VERSION,
    PANDAS_OF_GLUE,
    SPARK_OF_GLUE,
)


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The target of a model and the limits of its analysis.

    `spark` and `pandas` pick the API tables. `max_depth` is the deepest nesting of expressions
    and blocks that is analysed in full (libcst's parser is quadratic in it), `max_size` the
    largest text in code points.
    """

    spark: str = SPARK_OF_GLUE[DEFAULT_GLUE_VERSION]
    pandas: str = PANDAS_OF_GLUE[DEFAULT_GLUE_VERSION]
    max_depth: int = 240
    max_size: int = 200_000

    @staticmethod
    def for_glue(glue_version: str) -> AnalysisOptions:
        """The options for a Glue version ("5.0"); an unknown version is read as the default."""
        known = glue_version if glue_version in SPARK_OF_GLUE else DEFAULT_GLUE_VERSION
        return AnalysisOptions(spark=SPARK_OF_GLUE[known], pandas=PANDAS_OF_GLUE[known])

    @property
    def versions(self) -> dict[str, str]:
        """The version of each library that has API tables."""
        return {"spark": self.spark, "pandas": self.pandas, "pandas_on_spark": self.spark}
