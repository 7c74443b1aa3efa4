"""The table by class of mistake, as text and as a page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from glue_compiler.rules import rule

from tools.mutation import measure
from tools.mutation.operators import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tools.mutation.measure import Judged

_HEAD = (
    "| class | operators | raise | found | share | change the result | found | share |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)
_PAGE = """\
# Planted mistakes

How many of the mistakes that people make `dbt-glue check` finds. `python -m tools.mutation --page` writes this page.

The mistakes are planted in {models} models that run, over tables of a shop whose columns the project knows
(`tests/data/shop`): each of {operators} operators does one thing wrong wherever in a model it fits, at most {most}
times in each. Each mutant runs on Spark {spark} and pandas as the product runs it, with small inputs, and its result
is written as Parquet; an incremental model runs twice. What raises, or gives another result than the model did, is
confirmed; what gives the same is dropped. A mistake is found where the check has an error or a warning on the statement
that was changed, or on one that the run failed in (of a result that is refused when it is written: on the `return`).
The operators know nothing of the rules.

Not all that changes a result can be told from an intention: these shares say what the check sees, not what it should.

{table}

## By rule

The rules that find at least one in twenty of what is found of a class, with their cases: texts that a rule must leave
alone, and texts that it must find something in, which are its tests and stand on its page.

{rules_table}

## By operator

{operators_table}
"""


def lines(counts: dict[str, dict[str, int]]) -> Iterator[str]:
    """The table, a line each."""
    yield _HEAD
    for kind, count in counts.items():
        yield _row(CLASSES[kind], count)
    total = {
        key: sum(count[key] for count in counts.values()) for key in next(iter(counts.values()))
    }
    yield _row("**all**", total)


def _row(title: str, count: dict[str, int]) -> str:
    cells = [
        title,
        *(str(count[key]) for key in ("operators", "raising", "raising found")),
        share(count["raising found"], count["raising"]),
        *(str(count[key]) for key in ("changing", "changing found")),
        share(count["changing found"], count["changing"]),
    ]
    return f"| {' | '.join(cells)} |"


def share(part: int, whole: int) -> str:
    """A share in percent, rounded down."""
    return f"{part * 100 // whole}%" if whole else "–"


def missed(found: Iterable[Judged], kind: str) -> Iterator[str]:
    """The mutants of a class (of all: ALL) that the check does not find, with what they raise."""
    last = ""
    for one in found:
        own = one.mutant.operator.kind
        if one.found or kind not in (own, "ALL"):
            continue
        title = f"## {own}: {one.mutant.operator.name}"
        if title != last:
            yield f"\n{title}"
            last = title
        elsewhere = "; ".join(f"{said.code} on line {said.first}" for said in one.said)
        yield (
            f"- [{one.error or 'another result'}] {one.mutant.title}"
            + (f"\n    {one.message}" if one.message else "")
            + (f"\n    (elsewhere: {elsewhere})" if elsewhere else "")
        )


def rules_of(found: Sequence[Judged]) -> Iterator[str]:
    """Which rules find the mistakes of each class, and how many cases they have, a line each."""
    yield "| class | rules | cases VALID | cases INVALID |"
    yield "|---|---|---:|---:|"
    for kind, title in CLASSES.items():
        own = [one for one in found if one.found and one.mutant.operator.kind == kind]
        codes = Counter(code for one in own for code in {said.code for said in one.said})
        rules = [rule(code) for code, count in codes.most_common() if count * 20 >= len(own)]
        names = ", ".join(f"[{each.code}](rules/{each.code}.md)" for each in rules)
        valid, invalid = (
            sum(len(getattr(each, key)) for each in rules) for key in ("valid", "invalid")
        )
        yield f"| {title} | {names} | {valid} | {invalid} |"


def write_page(file: Path, found: Sequence[Judged]) -> None:
    """Writes the page."""
    operators: dict[tuple[str, str], list[Judged]] = {}
    for one in found:
        operators.setdefault((one.mutant.operator.kind, one.mutant.operator.name), []).append(one)
    rows = [
        "| operator | class | raise | found | change the result | found |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for (kind, name), own in operators.items():
        cells = [name, kind]
        for verdict in (measure.RAISES, measure.CHANGES):
            some = [one for one in own if one.verdict == verdict]
            cells += [str(len(some)), str(sum(one.found for one in some))]
        rows.append(f"| {' | '.join(cells)} |")
    text = _PAGE.format(
        models=len(measure.bases()),
        operators=len(operators),
        most=measure.MOST,
        spark="3.5",
        table="\n".join(lines(measure.counted(found))),
        rules_table="\n".join(rules_of(found)),
        operators_table="\n".join(rows),
    )
    file.write_text(text, "utf-8")
