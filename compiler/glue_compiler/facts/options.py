"""What the analysis is asked to assume: target versions and limits."""

from __future__ import annotations

from dataclasses import dataclass

_OF_GLUE = {
    "4.0": ("3.3", "1.5"),
    "5.0": ("3.5", "2.2"),
    "5.1": ("3.5", "2.3"),
    "6.0": ("4.1", "2.3"),
}


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The target of a model and the limits of its analysis.

    `spark` and `pandas` pick the API tables. `max_depth` is the deepest nesting of expressions
    and blocks that is analysed in full (libcst's parser is quadratic in it), `max_size` the
    largest text in code points.
    """

    spark: str = "3.5"
    pandas: str = "2.2"
    max_depth: int = 240
    max_size: int = 200_000

    @staticmethod
    def for_glue(glue_version: str) -> AnalysisOptions:
        """The options for a Glue version ("5.0"); an unknown version is read as 5.0."""
        spark, pandas = _OF_GLUE.get(glue_version, _OF_GLUE["5.0"])
        return AnalysisOptions(spark=spark, pandas=pandas)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each library that has API tables."""
        return {"spark": self.spark, "pandas": self.pandas, "pandas_on_spark": self.spark}
