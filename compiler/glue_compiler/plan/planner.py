"""The planner: from a model's facts and what this run knows to the rewritten source, and an account of every choice.

`plan` is pure and never changes what a model means: a place whose premises are not proved stays
as it is. Edits never move a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.rewrites import REWRITES
from glue_compiler.rewrites.conversion import expected_kind
from glue_compiler.rewrites.decision import Decision
from glue_compiler.rewrites.model import ROWS_OF, TO_PANDAS, Model
from glue_compiler.rewrites.remedies import remedy
from glue_compiler.rewrites.shared_prefix import THE_WRITE
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Mapping

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Edit
    from glue_compiler.plan.gains import Gain

PLAN_VERSION = 1


@dataclass(frozen=True, slots=True)
class Optimize:
    """What the config `optimize` asks for: all rewrites (`enabled`), but for those in `disabled`.

    `strict` keeps errors as they are: a model that fails as written fails as rewritten. Else only a model that
    succeeds has to give the same. `pure_udfs` is the author's word that Python functions in a frame's plan do
    nothing but make values of their arguments.
    """

    enabled: bool = True
    disabled: frozenset[str] = frozenset()
    strict: bool = False
    pure_udfs: bool = False

    @staticmethod
    def of(value: object) -> Optimize:
        """The value of a config or a variable: a boolean, "strict", or {"disable": [names], "strict": bool, "pure_udfs": bool}.

        Raises ValueError for anything else, and for a name that no rewrite has.
        """
        if value is None:
            return Optimize()
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return Optimize(enabled=value.strip().lower() == "true")
        if value == "strict":
            return Optimize(strict=True)
        if isinstance(value, bool):
            return Optimize(enabled=value)
        if isinstance(value, dict) and set(value) <= {"disable", "strict", "pure_udfs"}:
            switches = {key: value.get(key, False) for key in ("strict", "pure_udfs")}
            for key, said in switches.items():
                if not isinstance(said, bool):
                    raise ValueError(f"optimize: {key} is true or false, not {said!r}")
            names = value.get("disable") or []
            names = [names] if isinstance(names, str) else list(names)
            unknown = sorted(set(map(str, names)) - set(REWRITES) - {"conversion"})
            if not unknown:
                return Optimize(True, frozenset(map(str, names)), **switches)
            known = ", ".join(sorted({*REWRITES, "conversion"}))
            raise ValueError(
                f"optimize: no rewrite is called {', '.join(unknown)}; there are {known}"
            )
        raise ValueError(
            "optimize is true, false, strict, or {disable: [names of rewrites], strict: true, pure_udfs: true}"
        )

    def without(self, other: Optimize) -> Optimize:
        """What is left when both must allow it; the author's word about functions counts wherever it is given."""
        return Optimize(
            self.enabled and other.enabled,
            self.disabled | other.disabled,
            self.strict or other.strict,
            self.pure_udfs or other.pure_udfs,
        )


@dataclass(frozen=True, slots=True)
class RunContext:
    """What is known of a run before it: the values that dbt resolved, and the session's Spark (3, 5).

    `config_complete` is False outside of dbt, where a key that is not in `config` may still be set.
    `ansi` tells that the session may run in ANSI mode, in which casts and arithmetic can fail (the default of Spark 4).
    `columns_of` gives all columns of a frame by its index in the facts, where the project tells them: they are only shown.
    `this` maps database, schema and identifier to the parts of the model's relation.
    """

    is_incremental: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    this: Mapping[str, Any] = field(default_factory=dict)
    spark: tuple[int, int] = (3, 5)
    optimize: Optimize = field(default_factory=Optimize)
    optimize_actions: bool = False
    config_complete: bool = True
    ansi: bool = False
    columns_of: Callable[[int], tuple[str, ...] | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Plan:
    """The rewritten `source`, the decisions that led to it, and the kind of frame that it returns, when known.

    `original` is the text that the user wrote; both have the same lines. `gains` are those of conversions to pandas
    whose columns the project knows, by their place.
    """

    original: str
    source: str
    decisions: tuple[Decision, ...] = ()
    kind: str | None = None
    why_not: str = ""
    gains: Mapping[Span, Gain] = field(default_factory=dict)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits, in the order of the text."""
        every = [edit for decision in self.decisions for edit in decision.edits]
        return tuple(sorted(every, key=lambda edit: edit.span))

    @property
    def changed_lines(self) -> dict[int, str]:
        """The user's text of the lines that the rewritten source has otherwise, by their 1-based numbers."""
        if self.source == self.original:
            return {}
        before, after = SourceText(self.original), SourceText(self.source)
        return {
            line: before.line_text(line)
            for line in range(1, before.line_count + 1)
            if before.line_text(line) != after.line_text(line)
        }

    @property
    def timed_lines(self) -> tuple[int, ...]:
        """The lines of actions whose seconds a run notes."""
        lines = {line for decision in self.decisions for line in decision.lines}
        return tuple(sorted(lines - {THE_WRITE}))

    def summary(self) -> str:
        """One line for a log: what was applied, how often something was refused and why."""
        if self.why_not:
            return f"source unchanged: {self.why_not}"
        applied: dict[str, int] = {}
        refused: dict[str, int] = {}
        for decision in self.decisions:
            group = applied if decision.applied else refused
            key = decision.rewrite if decision.applied else f"{decision.rewrite}: {decision.reason}"
            group[key] = group.get(key, 0) + 1
        said = [
            ", ".join(f"{key} x{n}" if n > 1 else key for key, n in group.items())
            for group in (applied, refused)
        ]
        return f"applied {said[0] or 'nothing'}; refused {said[1] or 'nothing'}; returns {self.kind or 'a frame of unknown kind'}"

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON data."""
        source = SourceText(self.original)
        return {
            "version": PLAN_VERSION,
            "kind": self.kind,
            "why_not": self.why_not,
            "decisions": [
                {**d.to_dict(source.line_of(d.span.start)), **self._worth(d)}
                for d in self.decisions
            ],
        }

    def gain_of(self, decision: Decision) -> Gain | None:
        """What a projection saves, or could, where the project knows the columns; None for every other rewrite."""
        return self.gains.get(decision.span) if decision.rewrite == "projection" else None

    def _worth(self, decision: Decision) -> dict[str, Any]:
        """What to change to make a refused decision apply, and what a conversion moves."""
        gain = self.gain_of(decision)
        return {
            "remedy": "" if decision.applied else remedy(decision),
            "gain": None if gain is None else gain.to_dict(),
        }

    def to_json(self) -> str:
        """The plan as JSON text."""
        return json.dumps(self.to_dict(), indent=2)


def plan(facts: ModelFacts, source: str | SourceText, context: RunContext) -> Plan:
    """The plan of a run. `facts` are `analyze`'s of the same text.

    Raises ValueError where the rewritten text would not be Python of the same lines, which is a
    defect of a rewrite: the caller then runs the original.
    """
    text = source if isinstance(source, SourceText) else SourceText(source)
    if not context.optimize.enabled:
        return Plan(text.text, text.text, why_not="optimize is false")
    why_not = _unready(facts, text)
    if why_not:
        return Plan(text.text, text.text, why_not=why_not)
    try:
        model = Model(
            facts,
            text,
            incremental=context.is_incremental,
            config=context.config,
            meta=context.meta,
            this=context.this,
            spark=context.spark,
            optimize_actions=context.optimize_actions,
            strict=context.optimize.strict,
            pure_udfs=context.optimize.pure_udfs,
            config_complete=context.config_complete,
            ansi=context.ansi,
            columns_of=context.columns_of,
        )
    except (ValueError, SyntaxError, RecursionError) as error:
        return Plan(text.text, text.text, why_not=str(error))
    disabled = context.optimize.disabled
    decisions: list[Decision] = []
    for name, rewrite in REWRITES.items():
        for decision in rewrite(model):
            if name in disabled:
                decisions.append(Decision(name, decision.span, "disabled"))
            else:
                decisions.append(_without_overlap(decision, decisions))
    edits = [edit for decision in decisions for edit in decision.edits]
    kind = None if "conversion" in disabled else expected_kind(model)
    rewritten = applied(text.text, edits)
    _check(model.module, text, rewritten)
    decisions.sort(key=lambda decision: decision.span)
    return Plan(text.text, rewritten, tuple(decisions), kind)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap.

    Of insertions at one place the openings (`f(`) keep their order, and the closings (`, x)`) turn
    it round, so that calls put around the same expression nest. The opening of the conversion to
    pandas comes first of all: its call holds those that are put around the converted frame.
    """
    pieces: list[str] = []
    position = 0

    def place(numbered: tuple[int, Edit]) -> tuple[Span, int]:
        number, edit = numbered
        if edit.new_text in (f"{TO_PANDAS}(", f"{ROWS_OF}("):
            return edit.span, 0
        return edit.span, -1 - number if edit.new_text.startswith(",") else 1 + number

    for _, edit in sorted(enumerate(edits), key=place):
        pieces += [text[position : edit.span.start], edit.new_text]
        position = edit.span.end
    return "".join([*pieces, text[position:]])


def _unready(facts: ModelFacts, text: SourceText) -> str:
    if facts.source_hash != text.hash:
        raise ValueError("the facts are of another text")
    if facts.syntax_errors or facts.analysed != "full" or not facts.flow.complete:
        return "the analysis did not read the whole file"
    if text.text.startswith("\ufeff"):
        return "the file starts with a byte order mark"
    return ""


def _without_overlap(decision: Decision, earlier: list[Decision]) -> Decision:
    taken = [edit.span for other in earlier for edit in other.edits]
    if any(_clash(edit.span, span) for edit in decision.edits for span in taken):
        return Decision(decision.rewrite, decision.span, "overlaps")
    return decision


def _clash(left: Span, right: Span) -> bool:
    if left == right:
        return left.start != left.end
    return left.start < right.end and right.start < left.end


def _check(written: ast.Module, before: SourceText, after: str) -> None:
    """Raises ValueError unless the texts have as many lines, and the same statements on them at module level.

    `written` is the tree of the text before.
    """
    if before.text == after:
        return
    try:
        new = parse_ast(after)
    except SyntaxError as error:
        raise ValueError(f"the rewritten source is not Python: {error}") from error
    if before.line_count != SourceText(after).line_count:
        raise ValueError("the rewritten source has another number of lines")
    if [node.lineno for node in written.body] != [node.lineno for node in new.body]:
        raise ValueError("the rewritten source has statements on other lines")
