"""Runs the readable program of a model, and says what it gave: what `sessions.outcome` is for the program that a session gets."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import plan
from glue_compiler.plan.readable import Reading, readable
from glue_compiler.program.emit import ProgramRequest, WriteTarget
from glue_compiler.program.request import Reference, This
from sessions import Outcome, plain_value

if TYPE_CHECKING:
    from glue_compiler.plan.planner import RunContext


def reading(source: str, tables: dict[str, str], context: RunContext) -> str:
    """The readable program of a source whose refs are tables or views."""
    facts = analyze(source)
    request = ProgramRequest(
        unique_id="model.test.m",
        filename="models/m.py",
        source="",
        this=This(None, context.this.get("schema", "s"), context.this.get("identifier", "m"), context.this.get("relation", "`s`.`m`")),
        target=WriteTarget("`s`.`m`"),
        nonce="0",
        refs=tuple(Reference(name, relation) for name, relation in tables.items()),
        config=context.config,
        meta=context.meta,
        is_incremental=context.is_incremental,
    )  # fmt: skip
    made = plan(facts, source, context)
    return readable(
        Reading(facts, made, request, "`default`.`m__standalone`", "5.1", "3.5", lambda _: None)
    )


def read_outcome(spark: Any, text: str) -> Outcome:
    """What a readable program gives up to its write, and what it reports after that of the rows."""
    at = text.rindex("result.write.mode(")
    body, after = text[:at], text[at:].splitlines()[1:-1]
    namespace: dict[str, Any] = {"spark": spark, "__name__": "__main__"}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(body, "<pasted>", "exec"), namespace)
            frame = namespace["result"]
            rows = [tuple(map(plain_value, row)) for row in frame.collect()]
            namespace["spark"] = _Written(frame)
            exec(compile("\n".join(after), "<pasted>", "exec"), namespace)
    except Exception as error:  # noqa: BLE001 - compared with what the other program raised
        return Outcome([], [], f"{type(error).__name__}: {error}", printed.getvalue())
    schema = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
    return Outcome(schema, rows, "", printed.getvalue())


@dataclass(frozen=True)
class _Written:
    """Stands for Spark after the write, which these tests leave out: every table is what was written."""

    frame: Any

    def table(self, _name: str) -> Any:
        return self.frame
