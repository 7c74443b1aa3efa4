"""Keeps a model that is only validated from running Spark jobs unseen, and from writing at all.

While a guard is on, the methods of PySpark that make Spark compute (actions) report to it, reads of
tables are cut to a number of rows once the model has forced an action, and everything that writes
through Spark is refused. What Python does by itself (boto3, requests, a file of its own) is not seen.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

from glue_session.errors import ModelError
from glue_session.state import reaches_jvm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FRAME_ACTIONS = (
    "approxQuantile", "checkpoint", "collect", "corr", "count", "cov", "crosstab", "describe",
    "first", "foreach", "foreachPartition", "freqItems", "head", "isEmpty", "localCheckpoint",
    "show", "summary", "tail", "take", "toLocalIterator", "toPandas",
)  # fmt: skip
_RDD_ACTIONS = (
    "aggregate", "collect", "collectAsMap", "count", "countByKey", "countByValue", "first", "fold",
    "foreach", "foreachPartition", "isEmpty", "max", "min", "reduce", "sum", "take", "takeOrdered",
    "takeSample", "toLocalIterator", "top",
)  # fmt: skip
_RDD_WRITES = (
    "saveAsHadoopDataset", "saveAsHadoopFile", "saveAsNewAPIHadoopDataset",
    "saveAsNewAPIHadoopFile", "saveAsPickleFile", "saveAsSequenceFile", "saveAsTextFile",
)  # fmt: skip
_WRITER = ("csv", "insertInto", "jdbc", "json", "orc", "parquet", "save", "saveAsTable", "text")
_WRITER_V2 = ("append", "create", "createOrReplace", "overwrite", "overwritePartitions", "replace")
_READER = ("csv", "jdbc", "json", "load", "orc", "parquet", "table", "text")
_CATALOG = ("createExternalTable", "createTable", "recoverPartitions", "setCurrentCatalog")
_PANDAS = (
    "to_csv", "to_excel", "to_feather", "to_gbq", "to_hdf", "to_json", "to_orc", "to_parquet",
    "to_pickle", "to_sql", "to_stata", "to_xml",
)  # fmt: skip
_GLUE = (
    "getSink", "purge_s3_path", "purge_table", "transition_s3_path", "transition_table",
    "write_data_frame", "write_data_frame_from_catalog", "write_data_frame_from_options",
    "write_dynamic_frame_from_catalog", "write_dynamic_frame_from_jdbc_conf",
    "write_dynamic_frame_from_options", "write_from_jdbc_conf", "write_from_options",
)  # fmt: skip
_DELTA = ("delete", "update", "vacuum", "upgradeTableProtocol", "restoreToVersion", "execute")

# Commands of Spark SQL that read, or change only this session, by the class of their plan
# (org.apache.spark.sql.catalyst.plans.logical and sql.execution.command). All others are refused.
_HARMLESS = (
    "Describe", "Show", "Explain", "SetCommand", "SetCatalogAndNamespace", "SetNamespaceCommand",
    "ResetCommand", "UncacheTable", "ClearCache", "RefreshTable", "ListFiles", "ListJars",
    "ListArchives",
)  # fmt: skip


_READS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:(?:select|values|table|show|desc|describe|explain|set|use|reset|list)\b"
    r"|(?:with|from)\b(?!.*\binsert\b)|refresh\s+table\b|create\s+(?:or\s+replace\s+)?temp)",
    re.IGNORECASE | re.DOTALL,
)
"""How a statement begins that changes nothing, where Python does not reach Spark's parser."""
_INTERRUPTS = frozenset({signal.SIGINT, signal.SIGUSR1})
"""What cancels a statement: SIGINT in Livy, on which Glue's sessions are built, SIGUSR1 on the embedded endpoint."""


class ForcedAction(BaseException):
    """The model needs rows before it returns. No Exception, so that no `except Exception` of a model hides it."""


class WriteRefused(ModelError):
    """The model writes by itself, which a validation does not let it do."""


class Guard:
    """What a model did while it was watched.

    `rows` is None as long as no action may run; then a forced action ends the model with
    ForcedAction. With a number, tables are read up to so many rows and actions run on those.
    """

    def __init__(self, filename: str, rows: int | None) -> None:
        self.rows = rows
        self.forced: list[dict[str, Any]] = []
        self._filename = filename
        self._depth = 0

    def line(self) -> int | None:
        """The line of the model that is being run."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self._filename:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return None

    def watch_action(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """`original`, noted as a forced action when the model calls it."""

        @functools.wraps(original)
        def watched(*arguments: Any, **options: Any) -> Any:
            if self._depth:
                return original(*arguments, **options)
            entry = {"what": name, "line": self.line()}
            if entry not in self.forced:
                self.forced.append(entry)
            if self.rows is None:
                raise ForcedAction(name)
            self._depth += 1
            try:
                return original(*arguments, **options)
            finally:
                self._depth -= 1

        return watched

    def refuse_write(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """In place of `original`: an error that says why nothing is written."""

        @functools.wraps(original)
        def refusing(*_arguments: Any, **_options: Any) -> Any:
            raise WriteRefused(_refusal(name))

        return refusing

    def limit_rows(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`original`, whose frame has no more rows than are allowed."""

        @functools.wraps(original)
        def reading(*arguments: Any, **options: Any) -> Any:
            frame = original(*arguments, **options)
            return frame if self.rows is None or self._depth else frame.limit(self.rows)

        return reading

    def check_sql(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """spark.sql for queries and for commands that change nothing."""

        @functools.wraps(original)
        def asking(session: Any, sqlQuery: str, *arguments: Any, **options: Any) -> Any:  # noqa: N803 - PySpark's name
            command = self._command(session, sqlQuery, options)
            if command is not None:
                raise WriteRefused(_refusal(f"session.sql({command}...)"))
            frame = original(session, sqlQuery, *arguments, **options)
            return frame if self.rows is None or self._depth else frame.limit(self.rows)

        return asking

    def _command(self, session: Any, text: str, options: dict[str, Any]) -> str | None:
        """The first words of a statement that would change something; None for all others."""
        frames = {key: value for key, value in options.items() if key != "args"}
        if frames:
            from pyspark.sql.sql_formatter import SQLStringFormatter

            formatter = SQLStringFormatter(session)
            try:
                text = formatter.format(text, **frames)
            finally:
                formatter.clear()
        if not reaches_jvm():
            return None if _READS.match(text) else " ".join(text.split()[:3])
        try:
            plan = session._jsparkSession.sessionState().sqlParser().parsePlan(text)
        except Exception:  # noqa: BLE001 - Spark says what is wrong with the text when it runs it
            return None
        name = str(plan.getClass().getSimpleName())
        command = session._jvm.org.apache.spark.sql.catalyst.plans.logical.Command
        # An insert is no Command of Spark's, and may stand below a WITH or beside other inserts.
        inserts = "InsertIntoStatement" in str(plan.treeString())
        if not inserts and not _is_instance(session, plan, command):
            return None
        if not inserts and (name.startswith(_HARMLESS) or _is_temporary_view(plan, name)):
            return None
        return " ".join(text.split()[:3])


def _is_instance(session: Any, plan: Any, kind: Any) -> bool:
    from py4j.java_gateway import is_instance_of

    return bool(is_instance_of(session._sc._gateway, plan, kind))


def _is_temporary_view(plan: Any, name: str) -> bool:
    if name == "CreateViewCommand":
        return "LocalTempView" in str(plan.viewType())
    return name == "CreateTempViewUsing" and not plan.isGlobal()


def _refusal(name: str) -> str:
    return (
        f"{name} writes, and a validation writes nothing: what comes after this call is not validated. "
        "dbt writes what the model returns; leave the write to it, or validate by a run"
    )


def hold_interrupts(*, held: bool) -> None:
    """Keep the signals that a cancel sends to this thread waiting, or let them come again."""
    signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, _INTERRUPTS)


@contextlib.contextmanager
def under_guard(guard: Guard, spark: Any) -> Iterator[None]:
    """Runs the block under a guard; PySpark is then as it was."""
    before: list[tuple[Any, str, Any]] = []
    try:
        for owner, names, wrap, label in _places(guard, spark):
            for name in names:
                original = getattr(owner, name, None)
                if callable(original):
                    before.append((owner, name, vars(owner).get(name)))
                    watched = wrap(original) if label is None else wrap(f"{label}{name}", original)
                    setattr(owner, name, watched)
        yield
    except KeyboardInterrupt:
        # A cancel may strike again while what it interrupted is tidied up, and leave PySpark guarded
        # for whoever uses the session next.
        hold_interrupts(held=True)
        raise
    finally:
        for owner, name, own in reversed(before):
            # A method that was inherited is inherited again.
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)


def _places(
    guard: Guard, spark: Any
) -> Iterator[tuple[Any, tuple[str, ...], Callable[..., Any], str | None]]:
    """Classes, the names of their methods, what is put around these, and how they are called in messages."""
    import pyspark
    from pyspark.sql import DataFrameReader, DataFrameWriter
    from pyspark.sql.readwriter import DataFrameWriterV2
    from pyspark.sql.streaming import DataStreamWriter

    # The classes of the session's own objects: from Spark 4 on these are subclasses of what pyspark.sql names.
    frame = spark.range(0)
    yield type(frame), _FRAME_ACTIONS, guard.watch_action, "."
    yield pyspark.RDD, _RDD_ACTIONS, guard.watch_action, ".rdd."
    yield pyspark.RDD, _RDD_WRITES, guard.refuse_write, ".rdd."
    yield DataFrameWriter, _WRITER, guard.refuse_write, ".write."
    yield DataFrameWriterV2, _WRITER_V2, guard.refuse_write, ".writeTo()."
    yield DataStreamWriter, ("start", "toTable"), guard.refuse_write, ".writeStream."
    yield type(spark.catalog), _CATALOG, guard.refuse_write, "session.catalog."
    yield DataFrameReader, _READER, guard.limit_rows, None
    yield type(spark), ("table",), guard.limit_rows, None
    yield type(spark), ("sql",), guard.check_sql, None
    yield type(frame.groupBy()), ("pivot",), lambda original: _pivot(guard, original), None
    for name in ("DataFrame", "Series"):
        for kind in _class_if_there("pandas", name):
            yield kind, _PANDAS, functools.partial(_pandas_write, guard), "."
    for kind in _class_if_there("awsglue.context", "GlueContext"):
        yield kind, _GLUE, guard.refuse_write, "glueContext."
    for name in ("DeltaTable", "DeltaMergeBuilder", "DeltaOptimizeBuilder", "DeltaTableBuilder"):
        for kind in _class_if_there("delta.tables", name):
            yield kind, _DELTA, guard.refuse_write, f"{name}."


def _class_if_there(module: str, name: str) -> list[Any]:
    """A class of a library, where the session has it: the model may import it later than now."""
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return []
    return [] if found is None else [found]


def _pivot(guard: Guard, original: Callable[..., Any]) -> Callable[..., Any]:
    """GroupedData.pivot, which looks for the values by a job unless they are given."""
    action = guard.watch_action(".pivot", original)

    @functools.wraps(original)
    def pivot(grouped: Any, pivot_col: str, values: Any = None) -> Any:
        return (action if values is None else original)(grouped, pivot_col, values)

    return pivot


def _pandas_write(guard: Guard, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """A to_... of pandas, which writes when it is given a place and else returns text or bytes."""
    refused = guard.refuse_write(name, original)

    @functools.wraps(original)
    def writing(frame: Any, *arguments: Any, **options: Any) -> Any:
        place = arguments[0] if arguments else options.get("path_or_buf", options.get("path"))
        to_memory = hasattr(place, "write") or place is None
        always = name.endswith(("to_sql", "to_gbq", "to_pickle", "to_hdf"))
        return (original if to_memory and not always else refused)(frame, *arguments, **options)

    return writing
