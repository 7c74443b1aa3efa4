"""What the SQL and Jinja of a project of dbt-glue's says that means something else here: texts, not trees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbt.adapters.glue.incumbent_methods import ALIASES, NOT_HERE
from dbt.adapters.glue.migration.findings import CHANGE, ERROR, NOTE, WARNING, Finding, Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["method_findings", "sql_findings"]

_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_METHOD = re.compile(r"\badapter\s*\.\s*(\w+)\s*\(")
_CATALOG = re.compile(r"\b(\w*glue_catalog)\s*\.\s*\{\{")
_DOUBLED = re.compile(r"\\\\+")
_CODE = re.compile(r"\bcustom_glue_code_for_dbt_adapter\b")


def sql_findings(path: str, text: str, *, own: bool = True) -> Iterator[Finding]:
    """Findings in a file of SQL or macros; comments of Jinja do not count. `own`: the file is the project's to edit."""
    shown = _JINJA_COMMENT.sub(_blank, text)
    yield from method_findings(path, text, own=own)
    for found in _CODE.finditer(shown):
        yield Finding(
            ERROR, path, "custom_glue_code_for_dbt_adapter",
            "dbt-glue takes such a statement for Python; here it would be sent as SQL",
            "run the code by adapter.execute_python, or make it a Python model",
            line=_line(shown, found.start()),
        )  # fmt: skip
    catalogs = list(_CATALOG.finditer(shown))
    if catalogs:
        said = f"`{catalogs[0][1]}.` before what Jinja renders, {_times(len(catalogs))}: works, and a ref has its catalog"
        yield Finding(
            NOTE, path, "glue_catalog", said, "may go", line=_line(shown, catalogs[0].start())
        )
    bare = _JINJA.sub(_blank, shown)
    doubled = [_line(bare, found.start()) for found in _DOUBLED.finditer(bare)]
    if doubled:
        lines = ", ".join(map(str, dict.fromkeys(doubled)))
        yield Finding(
            CHANGE, path, "backslashes",
            f"{_times(len(doubled))} (lines {lines}): on the way to dbt-glue's session Python took half of them, here they "
            "arrive as written",
            "write half as many where they were doubled for dbt-glue",
            line=doubled[0],
        )  # fmt: skip


def method_findings(path: str, text: str, *, own: bool = True) -> Iterator[Finding]:
    """Calls of methods that are dbt-glue's own, or have another name here: in SQL, and in the hooks of YAML."""
    shown = _JINJA_COMMENT.sub(_blank, text)
    for found in _METHOD.finditer(shown):
        name, line = found[1], _line(shown, found.start())
        if name in NOT_HERE:
            said = "is dbt-glue's own, and not here"
            yield Finding(ERROR, path, f"adapter.{name}", said, NOT_HERE[name], line=line)
        elif name in ALIASES:
            edit = (found.start(1), found.end(1), ALIASES[name])
            yield Finding(
                WARNING, path, f"adapter.{name}", f"works as adapter.{ALIASES[name]}",
                f"write adapter.{ALIASES[name]}", line=line,
                fix=Fix(f"adapter.{name} -> adapter.{ALIASES[name]}", path, (edit,)) if own else None,
            )  # fmt: skip


def _blank(found: re.Match[str]) -> str:
    """Spaces in place of what was found, so that places and lines stay."""
    return re.sub(r"[^\n]", " ", found[0])


def _line(text: str, index: int) -> int:
    return text.count("\n", 0, index) + 1


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
