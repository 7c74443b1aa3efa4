"""The emitter: turns a Python model and what dbt resolved for it into the program that a Glue session runs.

The program is readable Python of a fixed shape: the user's source as a sequence of string literals,
one per line, the resolved refs, sources, configs and the write as JSON, and one call into the
session runtime (`glue_compiler.program.transport`). Nothing of the model or of its configs is ever spliced into the program
as code, so no text can break it or escape from it.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.program.transport import MAX_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART_CHARS = 64_000
_CALL = re.compile(r'nonce="([0-9a-f]{1,64})",\n\)\s*\Z')


@dataclass(frozen=True)
class Reference:
    """One `dbt.ref` as dbt recorded it, and the relation it resolved to (rendered, quoted for Spark)."""

    name: str
    relation: str
    package: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class SourceReference:
    """One `dbt.source` as dbt recorded it, and the relation it resolved to."""

    source: str
    table: str
    relation: str


@dataclass(frozen=True)
class This:
    """The model's own relation: the parts as dbt shows them, and the rendered name."""

    database: str | None
    schema: str
    identifier: str
    relation: str


@dataclass(frozen=True)
class WriteTarget:
    """Where the result is written: always a table of its own, which the adapter then switches or merges in.

    `existing` names the table whose column types a pandas result must keep (an incremental run's
    target), or None; `declared` are the types that YAML gives to columns. `location` is a URI, or None to leave it to the database's default.
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


@dataclass(frozen=True)
class ProgramRequest:
    """Everything that one run of one model needs in the session. `config` and `meta` hold JSON values.

    `shown_lines` are the user's lines (1-based) where `source` was rewritten: errors show these.
    `expected_kind` is the kind of frame that the model is known to return. `contract` holds the
    `mode` (warn or enforce) and the `columns` (name, type) to which the result is held.
    """

    unique_id: str
    filename: str
    source: str
    this: This
    target: WriteTarget
    nonce: str
    refs: tuple[Reference, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    is_incremental: bool = False
    database: str | None = None
    shown_lines: Mapping[int, str] = field(default_factory=dict)
    expected_kind: str | None = None
    contract: Mapping[str, Any] | None = None


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
        f"    request={_literal(json.dumps(_payload(request), indent=2, default=str))},\n"
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
    packed = base64.b64encode(zlib.compress(program_text.encode("ascii"), 9)).decode("ascii")
    call = f'__dbt_glue__.run_packed(globals(), "{packed}")\n'
    if len(call) <= MAX_CODE:
        return (call,)
    parts = [packed[start : start + _PART_CHARS] for start in range(0, len(packed), _PART_CHARS)]
    nonce = nonce_of(program_text)
    return (
        *(
            f'__dbt_glue__.sql_part("{nonce}", {index}, "{part}")\n'
            for index, part in enumerate(parts)
        ),
        f'__dbt_glue__.run_packed(globals(), __dbt_glue__.sql_parts("{nonce}", {len(parts)}))\n',
    )


def _payload(request: ProgramRequest) -> dict[str, Any]:
    return {
        "unique_id": request.unique_id,
        "file": request.filename,
        "refs": [asdict(reference) for reference in request.refs],
        "sources": [asdict(reference) for reference in request.sources],
        "config": dict(request.config),
        "meta": dict(request.meta),
        "this": asdict(request.this),
        "is_incremental": request.is_incremental,
        "database": request.database,
        "shown_lines": {str(line): text for line, text in request.shown_lines.items()},
        "expected_kind": request.expected_kind,
        "contract": None if request.contract is None else dict(request.contract),
        "write": {
            **asdict(request.target),
            "options": dict(request.target.options),
            "table_properties": dict(request.target.table_properties),
            "declared": dict(request.target.declared),
        },
    }


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
