"""How often the planner acts on models of other people: 156 dbt Python models of public repositories for Spark.

python tools/incidence.py fetch FOLDER                 the texts, with git, at their pinned commits
python tools/incidence.py fetch FOLDER --from PATTERN  the same, from git folders named like '/mirror/{owner}+{name}/repo'
python tools/incidence.py count FOLDER --as after      plans them with this checkout, into tools/incidence.json and the page
python tools/incidence.py count FOLDER --print         the same, without keeping it
python tools/incidence.py refusals FOLDER              each refusal with its address and its line of source
python tools/incidence.py sites FOLDER                 the places that the aims speak of which nobody has judged
python tools/incidence.py --page                       docs/incidence.md again, from what is kept

Kept are addresses, judgements and counts, never texts: tools/incidence_models.tsv (which models, at which
commit, with the hash of the text), tools/incidence_sites.tsv (each conversion, count and loop that adds
columns, as a person judged it) and tools/incidence.json (the counts). A text whose hash differs is refused.

To count with another commit, put its compiler in front: PYTHONPATH=OTHER/compiler python tools/incidence.py ...
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from glue_compiler.analysis import analyze  # noqa: E402 - after its place is known
from glue_compiler.plan.planner import Plan, RunContext, plan  # noqa: E402
from glue_compiler.text.source import SourceText  # noqa: E402

from tools import incidence_page  # noqa: E402
from tools.incidence_sites import Site, judged_sites, sites_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from glue_compiler.rewrites.decision import Decision

    from tools.incidence_sites import Judged

MODELS = ROOT / "tools" / "incidence_models.tsv"
JUDGED = ROOT / "tools" / "incidence_sites.tsv"
COUNTS = ROOT / "tools" / "incidence.json"
PAGE = ROOT / "docs" / "incidence.md"
SPARK = (3, 5)

NOT_LOOKED_AT = "no rewrite looks at it"
APPLIED, ASKED = incidence_page.APPLIED, incidence_page.ASKED
_OF_SESSION = "__dbt_glue_"
"""How the names of the session's functions begin, which a rewritten source calls."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is public: a repository of GitHub (owner/name), a path in it, a commit that has it, the text's hash."""

    repository: str
    path: str
    commit: str
    sha256: str

    def file(self, folder: Path) -> Path:
        """Where its text is kept in a folder of texts."""
        return folder / self.repository.replace("/", "+") / self.path

    def text(self, folder: Path) -> str:
        """Its text. Raises ValueError where it is another than was pinned."""
        data = self.file(folder).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ValueError(f"{self.repository} {self.path}: another text than was pinned")
        return data.decode()

    def __str__(self) -> str:
        return f"{self.repository} {self.path}"


@dataclass(slots=True)
class Counted:
    """What was found in all models.

    `rewrites` counts each rewrite's outcomes, `acting` the models in which it is applied at least once; `kinds` the
    results; `sites` has an outcome for every place of an aim.
    """

    models: int = 0
    unreadable: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    rewrites: dict[str, Counter[str]] = field(default_factory=dict)
    acting: Counter[str] = field(default_factory=Counter)
    sites: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """As JSON data, in a fixed order."""
        return {
            "models": self.models,
            "unreadable": self.unreadable,
            "kinds": dict(sorted(self.kinds.items())),
            "acting": dict(sorted(self.acting.items())),
            "rewrites": {
                name: dict(sorted(found.items())) for name, found in sorted(self.rewrites.items())
            },
            "sites": dict(sorted(self.sites.items())),
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """A model as planned for a full run and, where it asks for the difference, for an incremental one."""

    address: Address
    source: SourceText
    plans: tuple[Plan, ...]
    readable: bool

    @property
    def kind(self) -> str:
        """The kind of its result, "unknown" where a run does not know it."""
        kinds = {made.kind for made in self.plans}
        known = kinds.pop() if len(kinds) == 1 else None
        return known or "unknown"

    @property
    def places(self) -> dict[tuple[str, int, int], Decision]:
        """The decision of every place by rewrite and span; a refusal in one of the runs counts before what another applied."""
        found: dict[tuple[str, int, int], Decision] = {}
        for made in self.plans:
            for decision in made.decisions:
                place = (decision.rewrite, *decision.span)
                if place not in found or found[place].applied:
                    found[place] = decision
        return found


def addresses(file: Path = MODELS) -> list[Address]:
    """The models, as pinned."""
    with file.open(encoding="utf-8") as lines:
        return [Address(**row) for row in csv.DictReader(lines, delimiter="\t")]


def planned(address: Address, text: str) -> Planned:
    """A model's plans. A file that is no Python has none that rewrites."""
    source = SourceText(text)
    facts = analyze(source)
    runs = (False, True) if "is_incremental" in text else (False,)
    plans = tuple(
        plan(facts, source, RunContext(is_incremental=run, spark=SPARK, config_complete=False))
        for run in runs
    )
    return Planned(address, source, plans, readable=not facts.syntax_errors)


def count(models: Iterable[Planned], judged: Sequence[Judged]) -> Counted:
    """The counts over all models; the places of the aims are those that are judged to be one."""
    counted = Counted()
    for model in models:
        counted.models += 1
        if not model.readable:
            counted.unreadable += 1
            continue
        counted.kinds[model.kind] += 1
        places = model.places.values()
        for decision in places:
            counted.rewrites.setdefault(decision.rewrite, Counter())[verdict_of(decision)] += 1
        counted.acting.update({decision.rewrite for decision in places if decision.applied})
        own = {
            (one.what, one.line): one.verdict
            for one in judged
            if one.of(model.address) and one.counts
        }
        for site in sites_of(model.source):
            verdict = own.get((site.what, site.line))
            if verdict:
                place = (
                    f"{model.address}:{site.line}:{model.source.line_column(site.span.start)[1]}"
                )
                counted.sites[f"{site.what} {verdict} {place}"] = outcome(site, places)
    return counted


def outcome(site: Site, decisions: Iterable[Decision]) -> str:
    """What became of a place that an aim speaks of: applied by one of the rewrites for it, or the first refusal."""
    about = [one for one in decisions if one.rewrite in site.rewrites and site.touches(one.span)]
    if not about:
        return NOT_LOOKED_AT
    return verdict_of(next((one for one in about if one.applied), about[0]))


def verdict_of(decision: Decision) -> str:
    """The reason of a refusal; of what is applied, whether it is proved or asks the session in every run."""
    asks = any(_OF_SESSION in edit.new_text for edit in decision.edits)
    return ASKED if decision.applied and asks else decision.reason


def refusals(models: Iterable[Planned]) -> Iterator[str]:
    """A list of every refusal by rewrite and reason, with its address and its line of source, and of unknown kinds."""
    found: dict[str, list[str]] = {}
    for model in models:
        if model.kind == "unknown":
            why = next((made.why_not for made in model.plans if made.why_not), "")
            found.setdefault("(result) kind_unknown", []).append(f"{model.address}  {why}".rstrip())
        for (rewrite, start, _), one in model.places.items():
            line = model.source.line_of(start)
            shown = f"{model.address}:{line}  {model.source.line_text(line).strip()}"
            note = f"  [{one.detail}]" if one.detail else ""
            found.setdefault(f"{rewrite} {one.reason}", []).append(shown + note)
    for title, lines in sorted(found.items()):
        yield f"== {title} ({len(lines)})"
        yield from (f"  {line}" for line in lines)


def unjudged(models: Iterable[Planned], judged: Sequence[Judged]) -> Iterator[tuple[Planned, Site]]:
    """Places that an aim may speak of and nobody has judged."""
    for model in models:
        own = {(one.what, one.line) for one in judged if one.of(model.address)}
        for site in sites_of(model.source):
            if (site.what, site.line) not in own:
                yield model, site


def fetch(folder: Path, pattern: str | None) -> None:
    """Puts every text into the folder: each repository is cloned without its files, which git then fetches one by one."""
    for repository in sorted({address.repository for address in addresses()}):
        own = [address for address in addresses() if address.repository == repository]
        owner, name = repository.split("/")
        with tempfile.TemporaryDirectory() as cloned:
            where = pattern.format(owner=owner, name=name) if pattern else cloned
            if not pattern:
                url = f"https://github.com/{repository}.git"
                _git("clone", "--quiet", "--filter=blob:none", "--no-checkout", url, cloned)
            for address in own:
                data = _git("-C", where, "show", f"{address.commit}:{address.path}")
                address.file(folder).parent.mkdir(parents=True, exist_ok=True)
                address.file(folder).write_bytes(data)
                address.text(folder)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout  # noqa: S607


def _all(folder: Path) -> list[Planned]:
    return [planned(address, address.text(folder)) for address in addresses()]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("fetch", "count", "refusals", "sites"))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--from", dest="pattern")
    parser.add_argument("--as", dest="run", choices=("before", "after"))
    parser.add_argument("--print", dest="shown", action="store_true")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.page:
        _write_page()
        return 0
    if asked.what is None or asked.folder is None:
        parser.error("what to do, and the folder of the texts")
    if asked.what == "fetch":
        fetch(asked.folder, asked.pattern)
    elif asked.what == "refusals":
        print("\n".join(refusals(_all(asked.folder))))
    elif asked.what == "sites":
        for model, site in unjudged(_all(asked.folder), judged_sites(JUDGED)):
            line = model.source.line_text(site.line).strip()
            print(f"{model.address}:{site.line}\t{site.what}\t{line}")
    elif asked.shown or asked.run is None:
        counted = count(_all(asked.folder), judged_sites(JUDGED))
        print(json.dumps(counted.to_dict(), indent=1))
    else:
        kept = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
        kept[asked.run] = count(_all(asked.folder), judged_sites(JUDGED)).to_dict()
        COUNTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        _write_page()
    return 0


def _write_page() -> None:
    kept = json.loads(COUNTS.read_text())
    text = PAGE.read_text()
    models = addresses()
    judged = judged_sites(JUDGED)
    repositories = Counter(address.repository for address in models)
    PAGE.write_text(incidence_page.page(text, kept, judged, repositories))


if __name__ == "__main__":
    sys.exit(main())
