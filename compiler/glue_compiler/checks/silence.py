"""The edit that silences a rule on a line: a new comment at its end, or its code added to the comment there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix
from glue_compiler.findings.fixes import apply_edits
from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import SourceText, Span
from glue_compiler.tree.file_facts import scan

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

_LISTED = re.compile(r"#\s*dbt-glue:\s*ignore\[(?P<codes>[^\]]*)\]", re.IGNORECASE)


def silence(source: SourceText, facts: ModelFacts, code: str, span: Span) -> Fix | None:
    """The fix that silences a rule for the finding at `span`; None where no comment can stand.

    A comment covers findings that start or end on its line: a finding whose first line ends inside
    of a string gets it on its last line.
    """
    title = f"Silence {code} on this line"
    first = source.line_of(span.start)
    last = source.line_of(max(span.start, span.end - 1))
    for line in dict.fromkeys((first, last)):
        where = source.line_span(line)
        for comment in facts.comments:
            match = _LISTED.search(source.slice(comment.span))
            if match is not None and where.covers(comment.span) and not comment.own_line:
                end = comment.span.start + match.end("codes")
                separator = ", " if match["codes"].strip() else ""
                return Fix(title, (Edit(Span(end, end), f"{separator}{code}"),))
        text = source.slice(where)
        end = where.start + len(text.rstrip())
        comment_text = f"  # dbt-glue: ignore[{code}]"
        edit = Edit(Span(end, where.end), comment_text)
        if _is_comment(source, edit, end + 2):
            return Fix(title, (edit,))
    return None


def _is_comment(source: SourceText, edit: Edit, offset: int) -> bool:
    """Whether what the edit inserts is read as a comment: not in a string, not after a backslash."""
    changed = SourceText(apply_edits(source.text, (edit,)))
    if not is_python(changed.text):
        return False
    _, comments = scan(changed)
    return any(comment.span.start <= offset < comment.span.end for comment in comments)
