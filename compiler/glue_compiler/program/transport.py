"""What travels to a session and back: the bootstrap, calls of the session's functions, their framed answers.

This module runs on dbt's side. The modules of `glue_session` run in the session: they are
shipped as text, live in `__dbt_glue__` and need nothing there but pyspark and the standard library.
`glue_session.transport` is the other end.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import secrets
import tokenize
import zlib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "FRAME",
    "MAX_CODE",
    "PAGE_BYTES",
    "bootstrap_code",
    "call_statements",
    "compress",
    "function_sources",
    "functions_statements",
    "new_nonce",
    "page_statement",
    "parse_output",
    "payload_statements",
    "session_sources",
    "sql_request",
    "unpack_rows",
]

MAX_CODE = 68_000
"""Characters that RunStatement accepts as Code (botocore: OrchestrationStatementCodeString)."""

PAGE_BYTES = 400_000
"""Characters of one page of a result as printed; larger results take several statements."""

FRAME = "<<dbt-glue:{nonce}>>"

_PIECE = MAX_CODE - 1_000
"""Characters of a payload that one statement carries: room stays for the call around it."""
_PACKAGE = "glue_session"
_LATER = "functions"
_ENTRY = f"{_PACKAGE}.calls"

# Runs once per session. The loader gives each module its own namespace and resolves imports between
# them, without touching sys.modules: a package of the same name in the session stays what it is.
_LOADER = """\
def _load(entry, sources, digest):
    import builtins, linecache, types
    modules = {}
    def importer(name, globals=None, locals=None, fromlist=(), level=0):
        if name in sources:
            return modules.get(name) or load(name)
        return builtins.__import__(name, globals, locals, fromlist, level)
    scope = dict(vars(builtins), __import__=importer)
    def load(name):
        module = types.ModuleType(name)
        file = "<dbt-glue " + name + ">"
        module.__dict__.update(__builtins__=scope, __file__=file)
        linecache.cache[file] = (len(sources[name]), None, sources[name].splitlines(True), file)
        modules[name] = module
        exec(compile(sources[name], file, "exec", dont_inherit=True), module.__dict__)
        return module
    load("glue_session.state").sources = sources
    calls = load(entry)
    calls.digest = digest
    return calls
"""


@lru_cache(maxsize=1)
def session_sources() -> dict[str, str]:
    """The text of every module of the session's side that each session gets, by its full name."""
    return _sources(_PACKAGE)


@lru_cache(maxsize=1)
def function_sources() -> dict[str, str]:
    """The text of the modules that a session gets with the first of the project's functions, by full name."""
    return _sources(f"{_PACKAGE}.{_LATER}")


def _sources(package: str) -> dict[str, str]:
    folder = resources.files(package)
    return {
        f"{package}.{entry.name[:-3]}": _shipped(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".py") and entry.name != "__init__.py"
    }


def _shipped(text: str) -> str:
    """A module as it travels: the same statements on the same lines, without docstrings and comments.

    They are a fifth of what a session would get, and one statement has to hold it all.
    """
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = node.body[0] if node.body else None
        said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if said and isinstance(first.value.value, str):  # type: ignore[union-attr]
            assert first is not None  # noqa: S101 - it is an Expr
            start, end = first.lineno - 1, first.end_lineno or first.lineno
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            kept = lines[start][: first.col_offset] + "pass" if alone else ""
            lines[start:end] = [kept, *[""] * (end - start - 1)]
    bare = "\n".join(lines)
    comments = [
        token.start
        for token in tokenize.generate_tokens(io.StringIO(bare).readline)
        if token.type == tokenize.COMMENT
    ]
    lines = bare.split("\n")
    for row, column in comments:
        lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)


@lru_cache(maxsize=1)
def bootstrap_code() -> str:
    """One statement that gives a session `__dbt_glue__`; it does nothing where the same one is there."""
    sources = session_sources()
    everything = [_LOADER, _ENTRY, sources, function_sources()]
    digest = hashlib.sha256(json.dumps(everything).encode()).hexdigest()[:16]
    # In base 85, which takes a sixteenth less than base 64: one statement has to hold it all.
    text = json.dumps({"loader": _LOADER, "sources": sources}, separators=(",", ":"))
    packed = base64.b85encode(zlib.compress(text.encode(), 9)).decode("ascii")
    code = (
        f"if getattr(globals().get('__dbt_glue__'), 'digest', None) != {digest!r}:\n"
        "    import base64 as _b, json as _j, zlib as _z\n"
        f"    _d = _j.loads(_z.decompress(_b.b85decode({packed!r})))\n"
        "    _n = {}\n"
        "    exec(_d['loader'], _n)\n"
        f"    __dbt_glue__ = _n['_load']({_ENTRY!r}, _d['sources'], {digest!r})\n"
        "    del _b, _j, _z, _d, _n\n"
        "__dbt_glue__.attach(globals())\n"
    )
    if len(code) > MAX_CODE:
        raise ValueError(f"the session runtime has grown over {MAX_CODE} characters: {len(code)}")
    return code


def new_nonce() -> str:
    """A word that no other output contains: the mark of one statement's answer."""
    return secrets.token_hex(8)


def sql_request(
    sql: str, *, fetch: bool = True, limit: int | None = None, page_bytes: int = PAGE_BYTES
) -> dict[str, Any]:
    """What the session's `sql` needs to know to run a statement once.

    `fetch` brings the rows back (a first page of them); without it a query is run for its effect.
    """
    return {"sql": sql, "fetch": fetch, "limit": limit, "page_bytes": page_bytes}


def page_statement(nonce: str, token: int, page_nonce: str, page_bytes: int = 0) -> str:
    """The statement that prints one more page of the result of the statement `nonce`.

    With `page_bytes` the page is cut into pages of that many characters first, as Glue did not let it pass whole.
    """
    smaller = f", {int(page_bytes)}" if page_bytes else ""
    return f"__dbt_glue__.sql_page({nonce!r}, {int(token)}, {page_nonce!r}{smaller})"


def call_statements(function: str, request: Mapping[str, Any], nonce: str) -> tuple[str, ...]:
    """The statements that call one of the session's functions with `request`; the last one answers under `nonce`."""
    return payload_statements(function, (), _pack({**request, "nonce": nonce}), nonce)


def functions_statements(definitions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The statements that make functions of the project in a session, before a program that calls them; none for none."""
    if not definitions:
        return ()
    request = {"functions": list(definitions), "function_sources": function_sources()}
    return call_statements("use_functions", request, new_nonce())


def payload_statements(
    function: str, arguments: Sequence[str], payload: str, key: str
) -> tuple[str, ...]:
    """The statements that call one of the session's functions: with `arguments` (code), then `payload` (a text).

    It is one, unless the payload is longer than Glue takes; then pieces of it go ahead, under `key`.
    """
    *ahead, last = [payload[at : at + _PIECE] for at in range(0, len(payload), _PIECE)] or [""]
    whole = f"__dbt_glue__.whole_payload({key!r}, {len(ahead)}, {last!r})" if ahead else repr(last)
    return (
        *(f"__dbt_glue__.keep_piece({key!r}, {n}, {piece!r})\n" for n, piece in enumerate(ahead)),
        f"__dbt_glue__.{function}({', '.join([*arguments, whole])})\n",
    )


def parse_output(text: str | None, nonce: str) -> tuple[Any | None, str]:
    """(the framed JSON of `nonce` or None, everything else that was printed).

    Raises ValueError where the frame is there but cut short.
    """
    mark = FRAME.format(nonce=nonce)
    framed: Any | None = None
    rest: list[str] = []
    for line in (text or "").splitlines(keepends=True):
        before, found, document = line.partition(mark)
        rest.append(before)
        if found:
            framed = json.loads(document)
    return framed, "".join(rest)


def unpack_rows(result: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of a result, which travel compressed when they are many."""
    packed = result.get("packed")
    if packed is None:
        return list(result.get("rows") or [])
    rows: list[list[Any]] = json.loads(zlib.decompress(base64.b64decode(packed)))
    return rows


def compress(text: str) -> str:
    """A text as it travels: as small as can be, in characters that need no escape."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def _pack(document: Mapping[str, Any]) -> str:
    return compress(json.dumps(document, separators=(",", ":"), default=str))
