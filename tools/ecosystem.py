"""What another build of the check says of public projects: the findings that came and went, for a reviewer to read.

python tools/incidence.py fetch FOLDER                          the texts, at their pinned commits, once
python tools/ecosystem.py FOLDER --before BUILD [--after BUILD]  the difference, in Markdown
python tools/ecosystem.py FOLDER --before BUILD --severity error the errors alone

A BUILD is a checkout (its .venv is used), a folder of a virtual environment, a `dbt-glue`, or a JSON file that
`dbt-glue check --output-format json` wrote; without --after it is this checkout. The projects are those of
tools/incidence_models.tsv, by address, commit and hash; their texts are never committed. It exits with 1 where an
error was added: each of them has to be read in its source.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools.incidence import addresses  # noqa: E402 - after its place is known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEVERITIES = ("error", "warning", "information", "hint")


@dataclass(frozen=True, order=True)
class Found:
    """A finding of a build."""

    code: str
    severity: str
    path: str
    line: int
    column: int
    message: str

    @property
    def place(self) -> tuple[str, str, int, int]:
        """What makes it the same finding in another build, whose words or severity may be others."""
        return (self.code, self.path, self.line, self.column)


@dataclass(frozen=True)
class Difference:
    """The findings of one build alone, and those that both have with other words or another severity."""

    added: tuple[Found, ...]
    removed: tuple[Found, ...]
    changed: tuple[tuple[Found, Found], ...]
    totals: dict[str, tuple[int, int]]

    @property
    def new_errors(self) -> list[Found]:
        """What has to be read: errors that were none before."""
        risen = [now for before, now in self.changed if before.severity != now.severity]
        return [one for one in (*self.added, *risen) if one.severity == "error"]


def command_of(build: Path) -> list[str]:
    """The `dbt-glue` of a checkout or an environment. Raises FileNotFoundError where there is none."""
    for place in (build / ".venv" / "bin" / "dbt-glue", build / "bin" / "dbt-glue", build):
        if place.is_file():
            return [str(place)]
    raise FileNotFoundError(
        f"{build}: neither a checkout with a .venv, an environment nor dbt-glue"
    )


def findings(build: Path, folder: Path) -> list[Found]:
    """What a build says of all texts of a folder; of a JSON file, what it holds."""
    if build.suffix == ".json":
        data = json.loads(build.read_text("utf-8"))
    else:
        options = ("check", "--no-cache", "--output-format", "json", str(folder))
        done = subprocess.run([*command_of(build), *options], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{build}: {done.stderr.strip() or done.returncode}")
        data = json.loads(done.stdout)
    return sorted(_found(item, folder) for item in data)


def _found(item: dict[str, Any], folder: Path) -> Found:
    path = Path(item["path"])
    shown = path.relative_to(folder.resolve()) if path.is_relative_to(folder.resolve()) else path
    place = item["location"]
    return Found(
        item["code"],
        item["severity"],
        shown.as_posix(),
        place["line"],
        place["column"],
        item["message"],
    )


def compared(before: Iterable[Found], after: Iterable[Found]) -> Difference:
    """What two builds say differently. Of several findings of one rule at one place each counts."""
    before, after = list(before), list(after)
    left, right = Counter(before), Counter(after)
    gone, come = sorted((left - right).elements()), sorted((right - left).elements())
    changed = []
    for one in list(gone):
        other = next((item for item in come if item.place == one.place), None)
        if other is not None:
            gone.remove(one)
            come.remove(other)
            changed.append((one, other))
    codes = sorted({one.code for one in (*before, *after)})
    counts = [Counter(one.code for one in side) for side in (before, after)]
    totals = {code: (counts[0][code], counts[1][code]) for code in codes}
    return Difference(tuple(come), tuple(gone), tuple(changed), totals)


def lines(difference: Difference, folder: Path, models: int) -> Iterator[str]:
    """The difference as Markdown: totals of the rules that differ, then each finding with its line of source."""
    both = [sum(counts[side] for counts in difference.totals.values()) for side in (0, 1)]
    yield f"{both[0]} findings before, {both[1]} after, on {models} models."
    different = {
        code: counts for code, counts in difference.totals.items() if counts[0] != counts[1]
    }
    if different:
        yield "\n| rule | before | after |\n|---|---:|---:|"
        yield from (f"| {code} | {one} | {other} |" for code, (one, other) in different.items())
    for title, items in (("Added", difference.added), ("Removed", difference.removed)):
        yield f"\n## {title}: {len(items)}"
        for severity in SEVERITIES:
            yield from (_shown(one, folder) for one in items if one.severity == severity)
    yield f"\n## Said otherwise: {len(difference.changed)}"
    for one, other in difference.changed:
        yield _shown(other, folder)
        yield f"    before: {one.severity}: {one.message}"


def _shown(one: Found, folder: Path) -> str:
    text = _texts(folder / one.path)
    line = text[one.line - 1].strip() if 0 < one.line <= len(text) else ""
    return f"- {one.severity} {one.code} {one.path}:{one.line}:{one.column}: {one.message}\n    `{line}`"


@cache
def _texts(file: Path) -> list[str]:
    return file.read_text("utf-8", errors="replace").splitlines() if file.exists() else []


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", type=Path, required=True, metavar="BUILD")
    parser.add_argument("--after", type=Path, default=ROOT, metavar="BUILD")
    parser.add_argument("--severity", choices=SEVERITIES, action="append")
    asked = parser.parse_args(arguments)
    folder = asked.folder.resolve()
    pinned = addresses()
    for address in pinned:
        address.text(folder)  # raises where a text is missing or another than was pinned
    wanted = asked.severity or SEVERITIES
    before, after = (
        [one for one in findings(build, folder) if one.severity in wanted]
        for build in (asked.before, asked.after)
    )
    difference = compared(before, after)
    print("\n".join(lines(difference, folder, len(pinned))))
    return 1 if difference.new_errors else 0


if __name__ == "__main__":
    sys.exit(main())
