"""What Spark's analysed plan of a frame tells before a row moves: Python in it, what changes by itself, caches, chosen rows.

Each answer errs to one side, that of "yes": the plan is read as Spark prints it, and a column that is called as a
function is taken for one. One call of the JVM reads a plan; frames of the same plan are read anew.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

_WHOLE = 2_147_483_647
"""As many columns of a node as there are: Spark prints 25 otherwise."""

_OPAQUE = re.compile(
    r"InPandas|InArrow|PythonUDTF|PythonDataSource|ArrowEval|BatchEval|AttachDistributedSequence"
    r"|LogicalRDD|ExternalRDD|ObjectFromRow|MapPartitions|MapElements|FlatMap|SerializeFromObject|TypedFilter"
    r"|ScalaUDF|UDF\b|Hive\w*UD(?:F|TF|AF)|ScriptTransformation|StaticInvoke|reflect\(|java_method\("
)
RDDS = re.compile(r"\b(?:LogicalRDD|ExternalRDD)\b")
"""Rows that were given as a list or a pandas frame, if it is not Python of the model's that makes them."""

_CHANGES = re.compile(
    r"\bcurrent_\w+|\bnow\(|localtimestamp|unix_timestamp\(\)|\binput_file_\w+|spark_partition_id"
    r"|monotonically_increasing_id|\bSample\b|CollectMetrics|\bStreaming",
    re.IGNORECASE,
)
_UNSTEADY = re.compile(
    r"\binput_file_\w+|spark_partition_id|monotonically_increasing_id|\bSample\b|CollectMetrics|\bStreaming",
    re.IGNORECASE,
)
_CHOOSES = re.compile(
    r"Deduplicate|Limit\b|RowFrame, (?!unboundedpreceding\$\(\), unboundedfollowing)|\bOffset\b|\bTail\b|\b(?:first|last|any_value|collect_list|collect_set|array_agg|listagg|string_agg"
    r"|row_number|ntile|max_by|min_by|mode|lag|lead|nth_value|monotonically_increasing_id|first_value|last_value|percentile_approx|approx_percentile"
    r"|histogram_numeric)\(",
    re.IGNORECASE,
)


def _told(plan: Any) -> str:
    """A plan as Spark prints it, with all columns of its nodes."""
    try:
        return str(plan.treeString(True, False, _WHOLE, False))
    except Exception as error:  # Spark 4.1 has one parameter more, of which py4j has no default.
        if "does not exist" not in str(error):
            raise
        return str(plan.treeString(True, False, _WHOLE, False, False))


class PlanOf:
    """The analysed plan of one Spark frame, or, `optimized`, what of it is computed for its columns."""

    def __init__(self, frame: Any, *, optimized: bool = False) -> None:
        self._frame = frame
        execution = frame._jdf.queryExecution()
        self._plan = execution.optimizedPlan() if optimized else execution.analyzed()

    @cached_property
    def text(self) -> str:
        """The plan as Spark prints it, whole."""
        return _told(self._plan)

    @cached_property
    def python(self) -> bool:
        """Whether computing the frame may run code of the model's, or code that Spark does not look into."""
        return self.runs_code()

    def runs_code(self, *, but_for: re.Pattern[str] | None = None) -> bool:
        """`python`, with some nodes of the plan, by their names, taken for harmless."""
        jvm = self._frame.sparkSession._jvm
        pattern = jvm.org.apache.spark.sql.catalyst.trees.TreePattern.PYTHON_UDF()
        text = self.text if but_for is None else but_for.sub("", self.text)
        return bool(self._plan.containsPattern(pattern)) or _OPAQUE.search(text) is not None

    @cached_property
    def steady(self) -> bool:
        """Whether every evaluation gives the same rows at one moment: a clock may go on, nothing is drawn or observed."""
        return bool(self._plan.deterministic()) and _UNSTEADY.search(self.text) is None

    @cached_property
    def changes(self) -> bool:
        """Whether two evaluations of the frame may differ although no table changed, or one is observed."""
        return not self._plan.deterministic() or _CHANGES.search(self.text) is not None

    @cached_property
    def observed(self) -> bool:
        """Whether metrics are taken of the rows while they are computed."""
        return "CollectMetrics" in self.text

    @cached_property
    def chooses(self) -> bool:
        """Whether rows or values may be picked in an order that Spark does not define.

        An optimised plan picks less: of `distinct` nothing is left but the groups, of `dropDuplicates(["a"])`
        whose `a` alone is used neither. Of texts that a collation takes for equal, one is picked.
        """
        return (
            _CHOOSES.search(self.text) is not None
            or "collate" in str(self._plan.schema().sql()).lower()
        )

    @cached_property
    def cached(self) -> bool:
        """Whether a part of the frame is kept by Spark's cache, or the frame is asked to be."""
        held = self._frame._jdf.queryExecution().withCachedData()
        return "InMemoryRelation" in _told(held)
