"""Runs one Python model inside the Glue session: its source in a namespace of its own, its result into a table.

Shipped to the session as text, with the other `model_*` modules, and bound to `__dbt_glue__` there.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import inspect
import io
import json
import linecache
import time
import zlib
from typing import TYPE_CHECKING, Any

from glue_session.column_types import target_types
from glue_session.contract import kept
from glue_session.dbt_object import Dbt
from glue_session.errors import ModelError, error_report
from glue_session.frames import spark_frame
from glue_session.leftovers import leftovers_removed
from glue_session.output import captured
from glue_session.reports import Reports
from glue_session.rewrites import namespace as rewritten_calls
from glue_session.sql import _use_database as use_database
from glue_session.sql import print_frame
from glue_session.write import write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["run_model", "run_packed"]

_SESSION_GLOBALS = ("spark", "sc", "sqlContext", "glueContext")


def run_model(session_globals: dict[str, Any], *, source: str, request: str, nonce: str) -> None:
    """Runs a model and prints one framed line: the result, or the error in the author's terms.

    `request` is the JSON that `glue_compiler.program.emit` wrote. An interruption (KeyboardInterrupt) passes through.
    """
    asked = json.loads(request)
    filename = asked["file"]
    notes: list[str] = []
    outcome: dict[str, Any] = {"ok": False}
    phase = ["load"]
    with captured(filename, notes) as output:
        try:
            outcome.update(_run(session_globals, source, asked, phase, notes))
            outcome["ok"] = True
        except (Exception, SystemExit) as error:  # noqa: BLE001 - every failure is reported, and raised by the adapter
            outcome["error"] = error_report(error, filename, phase[-1])
    outcome["output"] = output.text()
    outcome["notes"] = notes
    print_frame(nonce, outcome)


def run_packed(session_globals: dict[str, Any], packed: str) -> None:
    """Runs a program that was too long for a statement and came compressed (with sql_parts: in parts)."""
    runner = {**session_globals, "__dbt_glue__": _Calls()}
    exec(compile(unpacked(packed), "<dbt-glue program>", "exec"), runner)  # noqa: S102 - the adapter's own program


def unpacked(packed: str) -> str:
    """The text of a compressed program."""
    return zlib.decompress(base64.b64decode(packed)).decode("ascii")


class _Calls:
    """What a program calls on `__dbt_glue__`, wherever the session keeps the runtime."""

    run_model = staticmethod(run_model)


def _run(
    session_globals: dict[str, Any],
    source: str,
    asked: dict[str, Any],
    phase: list[str],
    notes: list[str],
) -> dict[str, Any]:
    spark = session_globals["spark"]
    with _settings_restored(spark, asked["database"]), leftovers_removed(spark):
        started = time.monotonic()
        rewrites: list[dict[str, Any]] = []
        reports = Reports(waits=True)
        calls = rewritten_calls(rewrites, reports)
        model = _loaded(
            session_globals, source, asked["file"], asked.get("shown_lines") or {}, calls
        )
        phase.append("model")
        returned = model(Dbt(spark, asked), spark)
        modelled = time.monotonic()
        phase.append("result")
        target = asked["write"]
        existing = target_types(spark, target["existing"], target.get("declared") or {}, notes)
        result = spark_frame(returned, spark, existing, asked.get("expected_kind"))
        notes.extend(result.notes)
        kept(result.frame, asked.get("contract"), spark, notes)
        phase.append("write")
        rows = write_table(result.frame, target)
        phase.append("report")
        reports.tell(returned, rows)
        return {
            "rows": rows,
            "kind": result.kind,
            "conversion": result.conversion,
            "rewrites": rewrites,
            "columns": [[f.name, f.dataType.simpleString()] for f in result.frame.schema.fields],
            "seconds": {
                "model": round(modelled - started, 3),
                "write": round(time.monotonic() - modelled, 3),
            },
        }


def _loaded(
    session_globals: dict[str, Any],
    source: str,
    filename: str,
    shown_lines: dict[str, str],
    calls: Mapping[str, Any] | None = None,
) -> Callable[..., Any]:
    """The model function of `source`, executed in a fresh namespace that knows the session and nothing else.

    The namespace is called `__main__` and is no entry of sys.modules: this is what makes PySpark
    pickle the model's functions and classes by value, so that its UDFs run on workers without the file.
    `shown_lines` are lines as the user wrote them, for tracebacks, where a rewrite changed them;
    `calls` is what a rewrite put there calls, by name.
    """
    lines = list(io.StringIO(source, newline=None))
    for line, text in shown_lines.items():
        lines[int(line) - 1] = text + "\n"
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace: dict[str, Any] = {
        "__name__": "__main__",
        "__file__": filename,
        "__builtins__": builtins,
        **(rewritten_calls([]) if calls is None else calls),
    }
    namespace.update(
        {name: session_globals[name] for name in _SESSION_GLOBALS if name in session_globals}
    )
    tree = _without_main_block(ast.parse(source, filename))
    exec(compile(tree, filename, "exec", dont_inherit=True), namespace)  # noqa: S102 - the user's model is code
    model = namespace.get("model")
    if not callable(model):
        raise ModelError("the file defines no function model(dbt, session)")
    if inspect.iscoroutinefunction(model):
        raise ModelError(
            "model is `async def`; dbt calls it as an ordinary function: write `def model`"
        )
    return model  # type: ignore[no-any-return]


def _without_main_block(tree: ast.Module) -> ast.Module:
    """The tree with `__name__ == "__main__"` false at its top level: a block for trying the file by hand is no part of a run."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in (
            "__name__ == '__main__'",
            "'__main__' == __name__",
        ):
            node.test = ast.copy_location(ast.Constant(False), node.test)
    return tree


def _types_of(spark: Any, relation: str | None) -> dict[str, Any]:
    if relation is None:
        return {}
    return {field.name.lower(): field.dataType for field in spark.table(relation).schema.fields}


@contextlib.contextmanager
def _settings_restored(spark: Any, database: str | None) -> Iterator[None]:
    """Runs the block in `database`; undoes what it sets with spark.conf.set and USE.

    The session is shared: the next model and the next SQL statement start as this one did.
    """
    use_database(database)
    catalog = spark._jsparkSession.catalog()
    current = catalog.currentDatabase()
    settings = spark._jsparkSession.sessionState().conf().settings()
    before = spark._jvm.java.util.HashMap(settings)
    try:
        yield
    finally:
        if not before.equals(settings):
            settings.clear()
            settings.putAll(before)
        if catalog.currentDatabase() != current:
            catalog.setCurrentDatabase(current)
