"""Comments that silence findings: `# noqa: GLU201` and `# dbt-glue: ignore[GLU201] reason`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Diagnostic, Edit, Fix, Severity
from glue_compiler.rules import rule_names
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_compiler.facts.model import Comment, ModelFacts
    from glue_compiler.text.source import SourceText

UNUSED = "GLU009"
_NAME = "unused-suppression"
_NOQA = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*))?", re.IGNORECASE)
_IGNORE = re.compile(
    r"#\s*dbt-glue:\s*(?P<scope>ignore-file|ignore)(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE
)
_CODE = re.compile(r"[\w-]+")


@dataclass(slots=True)
class _Suppression:
    """One comment. `lines` are those it covers (None: the file); `codes` None means every rule."""

    span: Span
    lines: frozenset[int] | None
    codes: dict[str, Span] | None
    own: bool
    used: set[str]

    def covers(self, diagnostic: Diagnostic, first: int, last: int) -> bool:
        if self.lines is not None and first not in self.lines and last not in self.lines:
            return False
        if self.codes is None:
            self.used.add("")
            return True
        for selector in self.codes:
            if selector in (diagnostic.code, diagnostic.name):
                self.used.add(selector)
                return True
        return False


def apply_suppressions(
    diagnostics: Sequence[Diagnostic],
    facts: ModelFacts,
    source: SourceText,
    active: Iterable[str],
    unused_severity: Severity | None,
    *,
    bare: bool = True,
) -> tuple[Diagnostic, ...]:
    """The diagnostics that no comment silences, and those of comments that silence nothing.

    A comment covers the findings that start or end on its line; `# dbt-glue: ignore[...]` on a
    line of its own covers the next line of code, `ignore-file[...]` the file. Only codes of rules
    that ran (`active`) can be unused. `unused_severity` None switches that report off. `bare` tells
    whether comments that name no code count.
    """
    suppressions = [
        found
        for comment in facts.comments
        if (found := _suppression(comment, source)) is not None
        if bare or found.codes is not None
    ]
    if not suppressions:
        return tuple(diagnostics)
    kept = []
    for diagnostic in diagnostics:
        first = source.line_of(diagnostic.span.start)
        last = source.line_of(max(diagnostic.span.start, diagnostic.span.end - 1))
        covered = [item.covers(diagnostic, first, last) for item in suppressions]
        if not any(covered):
            kept.append(diagnostic)
    if unused_severity is not None:
        names = rule_names()
        running = set(active) | {names[code] for code in active}
        for item in suppressions:
            kept.extend(_unused_findings(item, source, running, unused_severity))
        kept.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return tuple(kept)


def _suppression(comment: Comment, source: SourceText) -> _Suppression | None:
    text = source.slice(comment.span)
    line = source.line_of(comment.span.start)
    match = _IGNORE.search(text)
    if match is not None:
        lines: frozenset[int] | None = frozenset((line,))
        if match["scope"].lower() == "ignore-file":
            lines = None
        elif comment.own_line:
            lines = frozenset((_next_code_line(source, line),))
        return _Suppression(
            _part(comment, match), lines, _codes(comment, match), own=True, used=set()
        )
    match = _NOQA.search(text)
    if match is None or comment.own_line:
        return None
    codes = _codes(comment, match)
    if codes is not None:
        codes = {code: span for code, span in codes.items() if code.startswith("GLU")}
        if not codes:
            return None
    return _Suppression(_part(comment, match), frozenset((line,)), codes, own=False, used=set())


def _part(comment: Comment, match: re.Match[str]) -> Span:
    return Span(comment.span.start + match.start(), comment.span.start + match.end())


def _codes(comment: Comment, match: re.Match[str]) -> dict[str, Span] | None:
    """The selectors of a comment with their places, None when it has no list."""
    if match["codes"] is None:
        return None
    base = comment.span.start + match.start("codes")
    found = {}
    for code in _CODE.finditer(match["codes"]):
        text = code[0].upper() if code[0][:3].upper() == "GLU" else code[0]
        found[text] = Span(base + code.start(), base + code.end())
    return found


def _next_code_line(source: SourceText, line: int) -> int:
    following = line + 1
    while following <= source.line_count:
        text = source.line_text(following).strip()
        if text and not text.startswith("#"):
            return following
        following += 1
    return line


def _unused_findings(
    item: _Suppression, source: SourceText, running: set[str], severity: Severity
) -> list[Diagnostic]:
    if item.codes is None:
        if item.own and not item.used:
            message = "this comment silences nothing: no rule reports anything here"
            return [_diagnostic(item.span, message, severity, _removal(item, source, None))]
        return []
    known = {*rule_names(), *rule_names().values()}
    found = []
    for code, span in item.codes.items():
        if code in item.used:
            continue
        if code not in known:
            guess = closest(code, known)
            hint = f"; did you mean `{guess}`?" if guess else ""
            message = f"no rule is called `{code}`{hint}"
        elif code in running:
            message = f"this comment silences nothing: {code} does not report anything here"
        else:
            continue
        found.append(_diagnostic(span, message, severity, _removal(item, source, code)))
    return found


def _diagnostic(span: Span, message: str, severity: Severity, fix: Fix) -> Diagnostic:
    return Diagnostic(
        UNUSED,
        _NAME,
        message,
        span,
        severity,
        fixes=(fix,),
        tags=("unnecessary",),
        help="Remove it, so that it cannot hide a finding of tomorrow.",
    )


def _removal(item: _Suppression, source: SourceText, code: str | None) -> Fix:
    """Remove one code of the list, or the whole comment when nothing else is in it."""
    codes = item.codes or {}
    if code is not None and len(codes) > 1:
        spans = list(codes.values())
        index = list(codes).index(code)
        if index + 1 < len(spans):
            span = Span(spans[index].start, spans[index + 1].start)
        else:
            span = Span(spans[index - 1].end, spans[index].end)
        return Fix(f"Remove {code}", (Edit(span, ""),))
    line = source.line_span(source.line_of(item.span.start))
    start, end = item.span
    text = source.text
    rest = text[end : line.end]
    if "#" not in rest or item.own:
        end = line.end
    before = text[line.start : start]
    if not before.strip() and end == line.end:
        after = text[end : end + 2]
        end += 2 if after == "\r\n" else 1 if after[:1] in ("\r", "\n") and after else 0
        return Fix("Remove the comment", (Edit(Span(line.start, end), ""),))
    start -= len(before) - len(before.rstrip())
    return Fix("Remove the comment", (Edit(Span(start, end), ""),))
