"""Whether the analysis of a text that is edited equals a fresh one of each version, facts and findings."""

from __future__ import annotations

import logging
import random
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.facts.screens import kept_by
from glue_compiler.incremental.live import LiveAnalysis
from glue_compiler.project.load import load_project
from glue_compiler.project.settings import settings_from
from glue_compiler.rules import all_screens, rule_names
from glue_compiler.text.source import SourceText

from tests.unit.compiler.base_models import all_bases, larger_bases, odd_bases, woven_model
from tests.unit.compiler.edits import random_edits, versions_of


class _Raise(logging.Handler):
    """Raises the error that an analysis only tells of before it starts anew."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None and record.exc_info[1] is not None:
            raise record.exc_info[1]


logging.getLogger("glue_compiler.incremental.live").addHandler(_Raise())

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import ProjectContext

    from tests.unit.compiler.edited_text import Edit

OPTIONS = (
    *(AnalysisOptions(), AnalysisOptions(), AnalysisOptions(), AnalysisOptions.for_glue("4.0")),
    *(AnalysisOptions(max_depth=11), AnalysisOptions(max_size=900)),
)
PATH = "models/live.py"
SETTINGS = settings_from({"packages": ["numpy==1.26"]}, "live", rule_names())
_FILES = {
    "dbt_project.yml": "name: shop\nprofile: shop\nmodel-paths: [models]\nseed-paths: [seeds]\n"
    "models:\n  shop:\n    +materialized: incremental\n",
    "models/stg_orders.sql": "select 1 as id, 2 as amount",
    "models/orders.sql": "select 1 as id",
    "models/customers.py": "def model(dbt, session):\n    return session.table('c')\n",
    PATH: "def model(dbt, session):\n    return dbt.ref('orders')\n",
    "models/schema.yml": """
models:
  - name: live
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: bigint}, {name: amount, data_type: string}]
  - name: orders
    columns: [{name: id}, {name: amount}, {name: day}, {name: customer_id}, {name: region}]
  - name: stg_orders
    columns: [{name: id}, {name: amount}]
sources:
  - name: raw
    tables: [{name: orders, columns: [{name: id}, {name: day}]}, {name: items}]
""",
    "seeds/countries.csv": "code,name\nde,Germany\n",
}


@cache
def shop() -> ProjectContext:
    """A project that knows some of the relations that the generated texts name."""
    with TemporaryDirectory() as folder:
        for name, text in _FILES.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_project(Path(folder), cache=False)


@dataclass(frozen=True, slots=True)
class Editing:
    """A text, its edits, and for what it is analysed; findings are looked at in a project or without."""

    name: str
    text: str
    edits: tuple[Edit, ...]
    options: AnalysisOptions = OPTIONS[0]
    in_project: bool = False

    @property
    def versions(self) -> list[str]:
        """All versions of the text."""
        return versions_of(self.text, self.edits)


def editing(seed: int) -> Editing:
    """The editing of a seed, always the same."""
    chance = random.Random(seed)
    kind = chance.choices((all_bases, odd_bases, larger_bases, None), (25, 30, 10, 35))[0]
    base = woven_model(chance) if kind is None else chance.choice(kind())
    edits = random_edits(chance)
    if chance.random() < 0.02:
        # A long session: what an analysis keeps must not only be right, but also go away again.
        edits += [
            edit for _ in range(15) for edit in random_edits(chance) if edit.kind != "replace"
        ]
    return Editing(
        f"{base.name}, seed {seed}", base.text, tuple(edits), chance.choice(OPTIONS), seed % 2 == 1
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """The first version whose facts or findings are not those of a fresh analysis: what differs, and where in the JSON."""

    version: int
    path: str
    live: str
    fresh: str


def screening(options: AnalysisOptions) -> LiveAnalysis:
    """An analysis as the language server has it, which screens facts for the rules."""
    return LiveAnalysis(options, all_screens())


@dataclass(slots=True)
class Comparison:
    """Analyses all versions of a text one after another, and some of them afresh.

    `most` is how many of them at most are also analysed afresh; the last one always is.
    """

    options: AnalysisOptions = OPTIONS[0]
    in_project: bool = False
    most: int = 12
    make: Callable[[AnalysisOptions], LiveAnalysis] = screening
    _fresh: dict[str, tuple[ModelFacts, str, Any]] = field(default_factory=dict)

    def difference(self, versions: Sequence[str]) -> Difference | None:
        """The first difference, None when there is none."""
        live = self.make(self.options)
        given: list[tuple[ModelFacts, str]] = []
        step = max(-(-len(versions) // self.most), 1)
        for number, text in enumerate(versions):
            try:
                facts = live.facts(SourceText(text))
                written = repr(facts)
                given.append((facts, written))
                if (len(versions) - 1 - number) % step:
                    continue
                findings = self._findings(facts, text)
            except Exception:  # noqa: BLE001 - whatever it is, it is the difference
                return Difference(number, "raised", traceback.format_exc(limit=-6), "nothing")
            fresh, fresh_written, fresh_findings = self._analysed(text)
            if written != fresh_written:
                return _first(number, facts.to_dict(), fresh.to_dict(), written, fresh_written)
            if findings != fresh_findings:
                return _first(number, {"findings": findings}, {"findings": fresh_findings}, "", "")
            kept, fresh_kept = self._kept(facts), self._kept(fresh)
            if kept != fresh_kept:
                return _first(number, {"kept": kept}, {"kept": fresh_kept}, "", "")
        for number, (facts, written) in enumerate(given):
            now = repr(facts)
            if now != written:
                found = _first(len(versions) - 1, now, written, now, written)
                return Difference(
                    found.version, f"version {number}, later", found.live, found.fresh
                )
        return None

    def _analysed(self, text: str) -> tuple[ModelFacts, str, Any]:
        known = self._fresh.get(text)
        if known is None:
            facts = analyze(SourceText(text), self.options)
            known = self._fresh[text] = facts, repr(facts), self._findings(facts, text)
        return known

    def _kept(self, facts: ModelFacts) -> dict[str, str]:
        return {
            f"{screen.group} {number}": repr(kept_by(screen, facts.flow, self.options))
            for number, screen in enumerate(all_screens())
        }

    def _findings(self, facts: ModelFacts, text: str) -> list[dict[str, Any]]:
        project = shop() if self.in_project else None
        path = PATH if self.in_project else None
        return [
            item.to_dict() for item in check(facts, SourceText(text), project, SETTINGS, path=path)
        ]


def _first(number: int, live: Any, fresh: Any, live_text: str, fresh_text: str) -> Difference:
    for path, one, other in _differences("$", live, fresh):
        return Difference(number, path, _short(one), _short(other))
    # Equal as JSON, and yet not as values: `1` for `True`, a tuple for a Span.
    at = next((i for i, (a, b) in enumerate(zip(live_text, fresh_text, strict=False)) if a != b), 0)
    around = slice(max(at - 200, 0), at + 200)
    return Difference(number, "equal as JSON, not as values", live_text[around], fresh_text[around])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 1500 else f"{text[:1500]}…"


def _differences(path: str, live: Any, fresh: Any) -> Iterator[tuple[str, Any, Any]]:
    if type(live) is dict and type(fresh) is dict:
        for key in [*fresh, *(key for key in live if key not in fresh)]:
            yield from _differences(f"{path}.{key}", live.get(key, ...), fresh.get(key, ...))
    elif type(live) is list and type(fresh) is list:
        for index in range(max(len(live), len(fresh))):
            one = live[index] if index < len(live) else ...
            other = fresh[index] if index < len(fresh) else ...
            yield from _differences(f"{path}[{index}]", one, other)
    elif repr(live) != repr(fresh):
        yield path, live, fresh
