"""The page that tells how often the planner acts: see tools/incidence.py."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from glue_compiler.rewrites.decision import REASONS

from tools.incidence_sites import COUNTED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.incidence_sites import Judged

__all__ = ["page"]

APPLIED, ASKED = "applied", "applied where the session agrees"
"""Places of which all is proved, and places where the session decides before the first row moves."""

BEGIN, END = "<!-- counts: begin -->", "<!-- counts: end -->"
_RUNS = ("before", "after")
_FORMS = {
    "conversion": "`toPandas()`, `collect()`",
    "count": "`count()`",
    "loop": "loops that add columns",
}
_AIMS = (
    ("conversions with unused columns", "conversion", ("unused",), "25%"),
    ("emptiness tests", "count", ("test", "fills"), "60%"),
    ("… of a frame that is not being cached", "count", ("test",), ""),
    ("column loops", "loop", ("columns",), "60%"),
)


def page(
    text: str,
    kept: Mapping[str, Any],
    judged: Sequence[Judged],
    repositories: Mapping[str, int],
) -> str:
    """The page with the counts between its marks."""
    before, rest = text.split(BEGIN)
    told = "\n".join(_told(kept, judged, repositories))
    return f"{before}{BEGIN}\n{told}\n{END}{rest.split(END)[1]}"


def _told(
    kept: Mapping[str, Any], judged: Sequence[Judged], repositories: Mapping[str, int]
) -> Iterator[str]:
    yield "## The aims\n"
    yield "| | places | before | after | of these asked in the session | aim |\n|---|--:|--:|--:|--:|--:|"
    for title, what, verdicts, aim in _AIMS:
        rows = [_of(kept.get(run, {}), what, verdicts) for run in _RUNS]
        shares = [_share(sum(map(_acts, found)), len(found)) for found in rows]
        asked = rows[-1].count(ASKED)
        yield f"| {title} | {len(rows[-1])} | {shares[0]} | {shares[1]} | {asked} | {aim} |"
    known = [_known(kept.get(run, {})) for run in _RUNS]
    readable = sum(kept.get("after", {}).get("kinds", {}).values())
    yield f"| models whose result's kind is known | {readable} | {known[0]} | {known[1]} | | 95% |\n"
    yield "What stands in the way of the others, after:\n"
    yield "| | why | places |\n|---|---|--:|"
    for title, what, verdicts, aim in _AIMS:
        reasons = Counter(one for one in _of(kept.get("after", {}), what, verdicts))
        for reason, number in reasons.most_common() if aim else ():
            if not _acts(reason):
                yield f"| {title} | {_meant(reason)} | {number} |"
    yield "\n## Each rewrite\n"
    yield "Models with at least one place where it is applied, and places by what became of them.\n"
    yield "| rewrite | | before | after |\n|---|---|--:|--:|"
    yield from _rewrites([kept.get(run, {}) for run in _RUNS])
    yield "\n## The results\n"
    yield "| kind | before | after |\n|---|--:|--:|"
    kinds = [kept.get(run, {}).get("kinds", {}) for run in _RUNS]
    for kind in sorted({*kinds[0], *kinds[1]}):
        yield f"| {kind} | {kinds[0].get(kind, 0)} | {kinds[1].get(kind, 0)} |"
    yield "\n## What was judged\n"
    yield "| form | verdict | | lines |\n|---|---|---|--:|"
    numbers = Counter((one.what, one.verdict) for one in judged)
    for what, verdicts_of in VERDICTS.items():
        for verdict, meaning in verdicts_of.items():
            shown = f"**{verdict}**" if verdict in COUNTED[what] else verdict
            yield f"| {_FORMS[what]} | {shown} | {meaning} | {numbers[what, verdict]} |"
    yield "\n## Where the models are\n"
    yield "| repository | models |\n|---|--:|"
    for name, number in sorted(repositories.items(), key=lambda row: (-row[1], row[0])):
        yield f"| [{name}](https://github.com/{name}) | {number} |"


def _of(run: Mapping[str, Any], what: str, verdicts: tuple[str, ...]) -> list[str]:
    """The outcomes of an aim's places."""
    begins = tuple(f"{what} {verdict} " for verdict in verdicts)
    return [found for place, found in run.get("sites", {}).items() if place.startswith(begins)]


def _acts(outcome: str) -> bool:
    return outcome in (APPLIED, ASKED)


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f}%)" if whole else "0"


def _known(run: Mapping[str, Any]) -> str:
    kinds = run.get("kinds", {})
    return _share(sum(kinds.values()) - kinds.get("unknown", 0), sum(kinds.values()))


def _meant(reason: str) -> str:
    return f"`{reason}`: {REASONS[reason]}" if reason in REASONS else reason


def _rewrites(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found = [run.get("rewrites", {}) for run in runs]
    acting = [run.get("acting", {}) for run in runs]
    for name in sorted({*found[0], *found[1]}):
        outcomes = [run.get(name, {}) for run in found]
        models = [run.get(name, 0) for run in acting]
        yield f"| `{name}` | **models** | **{models[0]}** | **{models[1]}** |"
        reasons = sorted(
            {*outcomes[0], *outcomes[1]},
            key=lambda reason: (not _acts(reason), -outcomes[1].get(reason, 0), reason),
        )
        for reason in reasons:
            shown = reason if _acts(reason) else f"`{reason}`"
            yield f"| | {shown} | {outcomes[0].get(reason, 0)} | {outcomes[1].get(reason, 0)} |"
