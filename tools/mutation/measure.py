"""Plants, runs and checks all mistakes; keeps what Spark said; makes the table."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.data.shop import tables
from tools.mutation.judging import Judge, Said, return_lines, statement_lines
from tools.mutation.operators import CLASSES, OPERATORS
from tools.mutation.running import QUICK, Given, Runner, key_of
from tools.mutation.tree import Mutant, Tree, mutants

if TYPE_CHECKING:
    from collections.abc import Iterable

VERDICTS = Path(__file__).parent / "verdicts.json"
MOST, OF_ALL = 2, 24
"""How many places of one model, and of all, an operator changes: many like each other would hide the rest."""
RAISES, CHANGES, SAME = "raises", "changes", "same"

Verdicts = dict[str, Any]
"""By the hash of base and mutant: "same", "changes", or the error, the lines of the model in it, and its first line."""


@dataclass(frozen=True)
class Judged:
    """A mutant with what running it gave, and what the check says of it."""

    mutant: Mutant
    verdict: str
    error: str
    message: str
    said: tuple[Said, ...]
    found: bool


def bases() -> dict[str, str]:
    """The models that mistakes are planted in."""
    return {path.stem: path.read_text("utf-8") for path in sorted(tables.MODELS.glob("*.py"))}


@cache
def planted(only: str | None = None) -> list[Mutant]:
    """All mutants; `only` names a class, an operator or a model."""
    trees = {name: Tree(text, tables.TABLES) for name, text in bases().items()}
    found = []
    for operator in OPERATORS:
        own = [one for name, tree in trees.items() for one in mutants(operator, name, tree, MOST)]
        if len(own) > OF_ALL:
            own = [own[index * len(own) // OF_ALL] for index in range(OF_ALL)]
        found += [one for one in own if only in (None, operator.kind, operator.name, one.model)]
    return found


def load(file: Path = VERDICTS) -> Verdicts:
    """What was kept of earlier runs."""
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def save(verdicts: Verdicts, used: Iterable[str], file: Path = VERDICTS) -> None:
    """Keeps the verdicts of these keys."""
    keys = sorted(set(used) & verdicts.keys())
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(verdicts[key])}" for key in keys)
    file.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def verdict_key(mutant: Mutant) -> str:
    """The hash of what a verdict is about."""
    return key_of(_TABLES, mutant.base, mutant.text)


_TABLES = repr(tables.TABLES)


def run_missing(wanted: list[Mutant], verdicts: Verdicts, file: Path = VERDICTS) -> int:
    """Runs the mutants that no verdict is known of, and keeps what they gave now and then; how many these were."""
    missing = {verdict_key(mutant): mutant for mutant in wanted}
    missing = {key: missing[key] for key in sorted(missing) if key not in verdicts}
    if not missing:
        return 0
    from glue_session.state import attach

    from tests.integration.rewrites.local_spark import local_spark

    with tempfile.TemporaryDirectory() as folder, local_spark(Path(folder) / "w") as spark:
        attach({"spark": spark})
        for name, value in QUICK.items():
            spark.conf.set(name, value)
        runner = Runner(spark, tables.views(spark), Path(folder) / "runs")
        before: dict[str, tuple[Given, Given]] = {}
        for count, (key, mutant) in enumerate(missing.items(), 1):
            if mutant.base not in before:
                first = runner.run(mutant.base)
                if first.error:
                    raise ValueError(f"{mutant.model}: {first}")
                again = runner.run(mutant.base) if _varies(mutant.base) else first
                before[mutant.base] = (first, again)
            verdicts[key] = _verdict(runner.run(mutant.text), *before[mutant.base])
            if count % 50 == 0:
                print(f"{count} of {len(missing)} run", file=sys.stderr, flush=True)
                save(verdicts, verdicts, file)
    return len(missing)


def _varies(text: str) -> bool:
    return any(word in text for word in ("uuid", "rand", "now(", "current_"))


def _verdict(given: Given, base: Given, again: Given) -> Any:
    if given.error:
        return [given.error, list(given.lines), given.message]
    varying = [
        place
        for place in range(len(base.columns))
        if sorted(repr(row[place]) for row in base.rows)
        != sorted(repr(row[place]) for row in again.rows)
    ]
    same = _without(given, varying).like(_without(base, varying)) and all(
        _different(given, place) == _different(base, place) for place in varying
    )
    return SAME if same else CHANGES


def _without(given: Given, places: list[int]) -> Given:
    rows = tuple(
        tuple(value for place, value in enumerate(row) if place not in places) for row in given.rows
    )
    return Given(given.columns, rows)


def _different(given: Given, place: int) -> int:
    return len({repr(row[place]) for row in given.rows if place < len(row)})


def judged(wanted: list[Mutant], verdicts: Verdicts) -> list[Judged]:
    """What the check says of the mutants that Spark or pandas confirm."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(Path(folder))
        for name, text in bases().items():
            false = judge.said(text)
            if false:
                print(f"FALSE {name}: {false}", file=sys.stderr)
        seen: set[str] = set()
        for mutant in wanted:
            key = verdict_key(mutant)
            verdict = verdicts.get(key, SAME)
            kind = verdict if isinstance(verdict, str) else RAISES
            twice = mutant.text in seen
            seen.add(mutant.text)
            if kind == SAME or twice or (kind == CHANGES and not mutant.operator.silent):
                continue
            error, lines, message = ("", [], "") if kind == CHANGES else verdict
            said = judge.said(mutant.text)
            right = statement_lines(mutant.text, {*mutant.lines, *lines})
            if kind == RAISES and not lines:
                # What no line of the model raises is refused where it ends.
                right |= return_lines(mutant.text)
            hit = any(one.touches(right) for one in said)
            found.append(Judged(mutant, kind, error, message, tuple(said), hit))
    return found


def counted(items: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """By class: operators that have a confirmed mutant, confirmed and found mutants that raise and that change the result."""
    items = list(items)
    table = {}
    for kind in CLASSES:
        own = [one for one in items if one.mutant.operator.kind == kind]
        counts = Counter((one.verdict, one.found) for one in own)
        table[kind] = {
            "operators": len({one.mutant.operator.name for one in own}),
            "raising": counts[RAISES, True] + counts[RAISES, False],
            "raising found": counts[RAISES, True],
            "changing": counts[CHANGES, True] + counts[CHANGES, False],
            "changing found": counts[CHANGES, True],
        }
    return table
