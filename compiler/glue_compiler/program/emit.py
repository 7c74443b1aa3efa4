"""The emitter: turns a Python model and what dbt resolved for it into the program that a Glue session runs.

The program is readable Python of a fixed shape: the user's source as a sequence of string literals,
one per line, the resolved refs, sources, configs and the write as JSON, and one call into the
session runtime (`glue_session.model`). Nothing of the model or of its configs is ever spliced into
the program as code, so no text can break it or escape from it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.program.request import ModelRequest
from glue_compiler.program.transport import MAX_CODE, compress, payload_statements

if TYPE_CHECKING:
    from collections.abc import Mapping

_CALL = re.compile(r'nonce="([0-9a-f]{1,64})",\n\)\s*\Z')


@dataclass(frozen=True)
class WriteTarget:
    """Where the result goes: mostly a table of its own, which the adapter then switches or merges in.

    `statement` is the SQL that makes a table of an open format from the rows of the temporary view
    `view`; with `overwrites` the table is there, and its rows are replaced at `location`; with `holds` nothing is
    written, and the rows wait under the name of the view for a statement to come. `existing` names the table whose column types a pandas result must keep (an incremental run's
    target), or None; `declared` are the types that YAML gives to columns. `location` is a URI, or
    None to leave it to the database's default.
    """

    relation: str
    location: str | None = None
    file_format: str = "parquet"
    partition_by: tuple[str, ...] = ()
    bucket_by: tuple[str, ...] = ()
    buckets: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    table_properties: Mapping[str, str] = field(default_factory=dict)
    existing: str | None = None
    declared: Mapping[str, str] = field(default_factory=dict)
    statement: str | None = None
    view: str | None = None
    holds: bool = False
    overwrites: bool = False


@dataclass(frozen=True, kw_only=True)
class ProgramRequest(ModelRequest):
    """Everything that one run of one model needs in the session.

    `shown_lines` are the user's lines (1-based) where `source` was rewritten: errors show these. On `timed_lines` the
    session notes the seconds of actions.
    `expected_kind` is the kind of frame that the model is known to return. `contract` holds the
    `mode` (warn or enforce) and the `columns` (name, type) to which the result is held.
    """

    unique_id: str
    target: WriteTarget
    shown_lines: Mapping[int, str] = field(default_factory=dict)
    timed_lines: tuple[int, ...] = ()
    expected_kind: str | None = None
    contract: Mapping[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        return {
            "unique_id": self.unique_id,
            **super().payload(),
            "shown_lines": {str(line): text for line, text in self.shown_lines.items()},
            "timed_lines": list(self.timed_lines),
            "expected_kind": self.expected_kind,
            "contract": None if self.contract is None else dict(self.contract),
            "write": {
                **asdict(self.target),
                "options": dict(self.target.options),
                "table_properties": dict(self.target.table_properties),
                "declared": dict(self.target.declared),
            },
        }


@dataclass(frozen=True)
class Program:
    """The program as people read it, and the statements that carry it to the session, in order."""

    text: str
    statements: tuple[str, ...]
    nonce: str


def emit(request: ProgramRequest) -> Program:
    """The program for `request`. Raises ValueError for a nonce that is not lower-case hexadecimal."""
    if not re.fullmatch(r"[0-9a-f]{1,64}", request.nonce):
        raise ValueError("a nonce is 1 to 64 lower-case hexadecimal digits")
    header = json.dumps(f"{request.unique_id} ({request.filename})")[1:-1]
    text = (
        f"# {header}\n"
        f"# The program that ran in the Glue session: the model's source, {_changes(request)}, and what dbt resolved for it.\n"
        "__dbt_glue__.run_model(\n"
        "    globals(),\n"
        f"    source={_literal(request.source)},\n"
        f"    request={_literal(json.dumps(request.payload(), indent=2, default=str))},\n"
        f'    nonce="{request.nonce}",\n'
        ")\n"
    )
    return Program(text, statements_of(text), request.nonce)


def nonce_of(program_text: str) -> str:
    """The nonce in the text of a program that `emit` made; ValueError for any other text."""
    match = _CALL.search(program_text)
    if match is None:
        raise ValueError("this text is not a program that was emitted for a Python model")
    return match.group(1)


def statements_of(program_text: str) -> tuple[str, ...]:
    """The statements that run a program's text: itself, or, over Glue's limit, compressed and if need be in parts."""
    if len(program_text) <= MAX_CODE:
        return (program_text,)
    packed = compress(program_text)
    return payload_statements("run_packed", ("globals()",), packed, nonce_of(program_text))


def _changes(request: ProgramRequest) -> str:
    count = len(request.shown_lines)
    return f"rewritten on {count} line{'' if count == 1 else 's'}" if count else "unchanged"


def _literal(text: str) -> str:
    """Python source of a string, one ASCII literal per line of it, so that any transport keeps every character."""
    lines = text.split("\n")
    pieces = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    if not pieces:
        return '""'
    return "(\n" + "".join(f"        {piece!a}\n" for piece in pieces) + "    )"
