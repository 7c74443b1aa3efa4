"""What a rule is: its text, its cases and its check over facts; the cases are its tests and its documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from glue_compiler.facts.screens import kept_by
from glue_compiler.findings.diagnostics import Diagnostic, Fix, Related, Severity, Tag
from glue_compiler.program.outcome import Expectation, Outcome
from glue_compiler.schemas.resolver import FrameSchemas, RelationLookup, no_upstream
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from glue_compiler.facts.model import Argument, DbtUse, ModelFacts
    from glue_compiler.facts.screens import Screen
    from glue_compiler.project.context import Node, ProjectContext
    from glue_compiler.project.settings import Settings
    from glue_compiler.schemas.resolver import Upstream
    from glue_compiler.text.source import SourceText

OPEN, CLOSE = "⟦", "⟧"
Minimum = Literal["none", "surface", "full", "session"]
_NO_OUTCOME = Outcome(ok=True)
_NOTHING_EXPECTED = Expectation()


@dataclass(frozen=True)
class Context:
    """All that a rule may look at; `path` is relative to the project, with forward slashes.

    `outcome` is what a session said of the text, `expected` what it is compared with; in a check of
    the text alone there is nothing in them.
    """

    facts: ModelFacts
    source: SourceText
    settings: Settings
    project: ProjectContext | None = None
    path: str | None = None
    upstream: Upstream = no_upstream
    outcome: Outcome = _NO_OUTCOME
    expected: Expectation = _NOTHING_EXPECTED

    @cached_property
    def schemas(self) -> FrameSchemas:
        """The schemas of the frames, resolved once for all rules, by what is certain."""
        return FrameSchemas(self.facts, RelationLookup(self.project, self.upstream), "certain")

    @cached_property
    def node(self) -> Node | None:
        """The project's node for this file, if it is a model of a known project."""
        if self.project is None or self.path is None:
            return None
        return self.project.node_at(self.path)

    @cached_property
    def config(self) -> dict[str, Argument]:
        """The keyword arguments of all `dbt.config(...)` calls that dbt sees, the last one winning."""
        found: dict[str, Argument] = {}
        for use in self.config_calls:
            for argument in use.args:
                if argument.name is not None:
                    found[argument.name] = argument
        return found

    @cached_property
    def config_calls(self) -> tuple[DbtUse, ...]:
        """The calls of `dbt.config(...)`, in the order of the text."""
        return tuple(use for use in self.facts.uses("config") if use.called)

    def resolved(self, api: str) -> tuple[DbtUse, ...]:
        """The uses of `ref` or `source` whose names dbt looks up; it parses a disabled model, and looks up nothing."""
        return () if self.config_value("enabled") is False else self.facts.uses(api)

    def kept_by(self, screen: Screen) -> tuple[Any, ...]:
        """The facts that a rule's screen keeps, in the order of the text."""
        return kept_by(screen, self.facts.flow, self.settings.options)

    def text(self, span: Span) -> str:
        """The text of a span."""
        return self.source.slice(span)

    def config_value(self, key: str) -> Any:
        """The value of a config from the file, else from the project; None when not known."""
        argument = self.config.get(key)
        if argument is not None:
            return argument.value
        return None if self.node is None else self.node.config.get(key)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule's check yields; the engine adds code, name and severity.

    `severity` is only set where a finding is milder than its rule.
    """

    span: Span
    message: str
    help: str | None = None
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    tags: tuple[Tag, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A model file as an example and test of a rule.

    In an invalid case `⟦` and `⟧` surround each place that must be reported, in any order;
    they may nest. `fixed` is the text after the fixes (`unsafe` ones too when set). `files` are
    other files of the project by path, `settings` the keys of a [tool.dbt-glue] table. The cases of
    a session's rule have the answer of the session, and what it is compared with.
    """

    text: str
    fixed: str | None = None
    unsafe: bool = False
    message: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    path: str = "models/orders_enriched.py"
    outcome: Outcome | None = None
    expected: Expectation = _NOTHING_EXPECTED

    @property
    def source(self) -> str:
        """The text of the file, without markers."""
        return self.text.replace(OPEN, "").replace(CLOSE, "")

    @property
    def spans(self) -> tuple[Span, ...]:
        """The marked ranges, in order."""
        found: list[Span] = []
        stack: list[int] = []
        offset = 0
        for char in self.text:
            if char == OPEN:
                stack.append(offset)
            elif char == CLOSE:
                found.append(Span(stack.pop(), offset))
            else:
                offset += 1
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. `why`, `fix` are markdown for people; `minimum` is the analysis that it needs.

    `minimum` is `none` for rules over the text alone, `surface` for those that need the
    syntax tree, `full` for those to which the absence of a fact means something. `session` rules
    judge what a session answered: they run when a model is validated, never on a text alone.

    Where one statement tells which facts can be findings, `statement` is the screen that keeps them: the rule
    finds nothing but among them, and among those of the screens in `more`, though they may be judged by more. A rule
    without looks at the text as a whole.

    `folds`: its findings that say the same of several places of a file are one. `once`: those that say the same of
    several models of a project are told once where the whole project is checked, unless they are errors.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    fix: str
    check: Callable[[Context], Iterable[Finding]]
    valid: tuple[Case, ...]
    invalid: tuple[Case, ...]
    minimum: Minimum = "surface"
    statement: Screen | None = None
    more: tuple[Screen, ...] = ()
    folds: bool = False
    once: bool = False

    @property
    def scope(self) -> Literal["statement", "text"]:
        """What tells which facts can be findings: the statement that they are of, or the text as a whole."""
        return "text" if self.statement is None else "statement"

    def diagnostics(self, context: Context, severity: Severity) -> Iterator[Diagnostic]:
        """The findings of the rule as diagnostics."""
        for finding in self.check(context):
            milder = finding.severity
            yield Diagnostic(
                code=self.code,
                name=self.name,
                message=finding.message,
                span=finding.span,
                severity=milder if milder is not None and milder.rank > severity.rank else severity,
                fixes=finding.fixes,
                related=finding.related,
                tags=finding.tags,
                help=finding.help,
            )

    def to_dict(self) -> dict[str, Any]:
        """The rule's documentation as JSON data."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "summary": self.summary,
            "scope": self.scope,
            "why": self.why.strip(),
            "fix": self.fix.strip(),
            "valid": [case.source for case in self.valid],
            "invalid": [
                {"source": case.source, "spans": [list(span) for span in case.spans]}
                for case in self.invalid
            ],
        }


def model(body: str, head: str = "", parameters: str = "dbt, session") -> str:
    """The text of a model with this body (dedented lines), for cases."""
    lines = [f"    {line}" if line.strip() else line for line in body.strip("\n").split("\n")]
    return f"{head}def model({parameters}):\n" + "\n".join(lines) + "\n"
