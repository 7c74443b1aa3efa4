"""A model's result that is written when its rows are first wanted: what else asks for them reads what was written.

It goes to the table that a run stages for it, which nobody else knows. If the model returns another frame, or
fails, the table goes again.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from glue_session.cleanup import is_version, remove_folders
from glue_session.contract import check_contract
from glue_session.emptiness import CLASSIC
from glue_session.frames import spark_frame
from glue_session.plans import PlanOf
from glue_session.state import reaches_jvm
from glue_session.texts import quote_name
from glue_session.write import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STAGED = "dbt_glue.staged_for"
"""The table property by which the adapter knows what it stages."""

WORK = re.compile(
    r"\b(?:Aggregate|Join|Window|Generate|Distinct|Deduplicate|Sort|Intersect|Except|Expand|Repartition\w*)\b|\w+(?:InPandas|InArrow)"
)
"""What of a plan costs more than reading, filtering and projecting: asked of code in `glue_compiler.rewrites.frame_work`."""
_STREAMS = re.compile(r"\b(?:CollectMetrics|Streaming\w*)\b")
# As text in the path of a partition these come back as they were; "" comes back as NULL.
_PARTITIONS = ("tinyint", "smallint", "int", "bigint", "date")


class Early:
    """The result of one run that was written before the model returned it."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._asked = asked
        self._target = asked["write"]
        self._frame: Any = None
        self._written: Any = None
        self._rows = 0
        self._begun = False
        self._why = ""

    def read(self, frame: Any, pure: bool) -> tuple[Any, str]:
        """What an action on `frame` reads: the written rows; or the frame itself, and why.

        `pure` says that Python functions in the plan do nothing but make values of their arguments. Whatever goes
        wrong, the action runs as written: of what fails again, the model sees the error where it would.
        """
        if self._frame is None:
            self._frame = frame
            self._why = self._why_not(frame, pure) or self._write(frame)
        elif frame is not self._frame:
            return frame, "another frame was written"
        return (frame, self._why) if self._why else (self._written, "")

    def rows_of(self, returned: Any) -> int | None:
        """The number of rows, where `returned` was written; otherwise what was written goes, and None."""
        if self._written is not None and returned is self._frame:
            return self._rows
        self._discard()
        return None

    @contextlib.contextmanager
    def removed_on_failure(self) -> Iterator[None]:
        """Runs the block; if it fails, what was written goes, whole or in part."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(Exception):  # the block's own error is the one to tell
                self._discard()
            raise

    def _discard(self) -> None:
        if self._begun:
            self._begun, self._written = False, None
            self._remove(self._frame.sparkSession)

    def _why_not(self, frame: Any, pure: bool) -> str:
        target = self._target
        kind = type(frame)
        if kind.__name__ != "DataFrame" or kind.__module__ not in CLASSIC or not reaches_jvm():
            return "it is no Spark frame"
        if target["holds"] or target["overwrites"] or target["statement"]:
            return "the table is not made of the frame alone"
        if target["file_format"] != "parquet" or _STAGED not in target["table_properties"]:
            return f"the table is in the format {target['file_format']}, or not staged"
        location = target["location"]
        if location and not is_version(location.rstrip("/").rpartition("/")[2]):
            return "its location is not of this run only"
        types = {field.name.lower(): field.dataType.simpleString() for field in frame.schema.fields}
        if any(types.get(name.lower()) not in _PARTITIONS for name in target["partition_by"]):
            return "a column of partition_by may be read in another way than it is written"
        if "__CHAR_VARCHAR" in frame.schema.json():
            return "a column is char or varchar"
        plan = PlanOf(frame)
        if _STREAMS.search(plan.text):
            return "the frame is observed"
        if plan.cached:
            return "the frame is cached"
        if plan.python and not pure:
            return "the frame runs Python functions"
        return (
            "" if plan.python or WORK.search(plan.text) else "it is as quick to compute as to read"
        )

    def _write(self, frame: Any) -> str:
        session = frame.sparkSession
        try:
            result = spark_frame(frame, session, {}, "spark")
            check_contract(result.frame, self._asked.get("contract"), session, [])
            if result.frame is not frame:
                return "a column has no type"
            self._begun = True
            self._rows = write_table(frame, self._target)
        except Exception as error:  # noqa: BLE001 - the action, or the write at the end, fails as it would
            self._discard()
            return f"it could not be written ({type(error).__name__})"
        read = session.table(self._target["relation"])
        self._written = read.select(*[quote_name(name) for name in frame.columns])
        same = _shape(self._written) == _shape(frame)
        return "" if same else "the written columns have other types"

    def _remove(self, session: Any) -> None:
        session.sql(f"DROP TABLE IF EXISTS {self._target['relation']}")
        if self._target["location"]:
            root, _, folder = self._target["location"].rstrip("/").rpartition("/")
            remove_folders([{"root": root, "folders": [folder]}])


def _shape(frame: Any) -> list[tuple[str, str]]:
    return [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
