"""What a check has to say: a diagnostic, where it points, and the edits that repair it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.text.source import Span

Safety = Literal["safe", "unsafe"]
Tag = Literal["unnecessary", "deprecated"]


class Severity(str, Enum):
    """How much a diagnostic matters: an error fails `dbt compile`, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for an error, 3 for a hint."""
        return _RANKS[self]

    def __str__(self) -> str:
        return self.value


_RANKS = {
    Severity.ERROR: 0,
    Severity.WARNING: 1,
    Severity.INFORMATION: 2,
    Severity.HINT: 3,
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `span` (half-open, in code points of the original text) by `new_text`."""

    span: Span
    new_text: str

    def to_dict(self) -> dict[str, Any]:
        """The edit as plain JSON data."""
        return {"span": [self.span.start, self.span.end], "new_text": self.new_text}


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all of them are applied, or none.

    A `safe` fix keeps the meaning of the program; an `unsafe` one may change it and is
    applied on request only.
    """

    title: str
    edits: tuple[Edit, ...]
    safety: Safety = "safe"

    def to_dict(self) -> dict[str, Any]:
        """The fix as plain JSON data."""
        return {
            "title": self.title,
            "safety": self.safety,
            "edits": [edit.to_dict() for edit in self.edits],
        }


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a diagnostic.

    `path` is None when it is in the same file. A place in this file is a `span`; a place in
    another file is a 1-based `line`, because the text of that file is not at hand.
    """

    path: str | None
    span: Span | None
    message: str
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The place as plain JSON data."""
        return {
            "path": self.path,
            "span": None if self.span is None else [self.span.start, self.span.end],
            "line": self.line,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: `code` is `GLU###`, `span` is in code points of the checked text."""

    code: str
    name: str
    message: str
    span: Span
    severity: Severity
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    tags: tuple[Tag, ...] = ()
    help: str | None = None

    @property
    def safe_fix(self) -> Fix | None:
        """The first fix that keeps the meaning of the program, if there is one."""
        return next((fix for fix in self.fixes if fix.safety == "safe"), None)

    def to_dict(self) -> dict[str, Any]:
        """The diagnostic as plain JSON data."""
        return {
            "code": self.code,
            "name": self.name,
            "message": self.message,
            "span": [self.span.start, self.span.end],
            "severity": self.severity.value,
            "fixes": [fix.to_dict() for fix in self.fixes],
            "related": [place.to_dict() for place in self.related],
            "tags": list(self.tags),
            "help": self.help,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Diagnostic:
        """The diagnostic that `to_dict` wrote."""
        from glue_compiler.text.source import Span

        def span(pair: list[int]) -> Span:
            return Span(pair[0], pair[1])

        return Diagnostic(
            code=data["code"],
            name=data["name"],
            message=data["message"],
            span=span(data["span"]),
            severity=Severity(data["severity"]),
            fixes=tuple(
                Fix(
                    fix["title"],
                    tuple(Edit(span(edit["span"]), edit["new_text"]) for edit in fix["edits"]),
                    fix["safety"],
                )
                for fix in data["fixes"]
            ),
            related=tuple(
                Related(
                    place["path"],
                    None if place["span"] is None else span(place["span"]),
                    place["message"],
                    place["line"],
                )
                for place in data["related"]
            ),
            tags=tuple(data["tags"]),
            help=data["help"],
        )
