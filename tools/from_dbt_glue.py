"""The page "From dbt-glue in an hour": runs its commands in a project of dbt-glue's, and writes what they said into it.

python tools/from_dbt_glue.py     runs all, and writes docs/from-dbt-glue.md again

The project is in tests/data/from_dbt_glue: `before` is as a user of dbt-glue has it, `after` holds the files that the
page changes. Between marks of the page, `<!-- output: NAME -->` and `<!-- end -->`, stands a step with its output, or at
`<!-- change: FILE -->` what is changed in a file. A step that the page has no mark for is not run.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "from-dbt-glue.md"
PROJECT = ROOT / "tests" / "data" / "from_dbt_glue"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Step:
    """A command of the page, its exit code, and whether it runs in the project as it is after all changes."""

    name: str
    command: str
    code: int = 0
    changed: bool = True


STEPS = (
    Step("doctor", "dbt-glue doctor --offline", code=1, changed=False),
    Step("check", "dbt-glue check", code=1, changed=False),
    Step("checked", "dbt-glue check"),
    Step("build", "dbt build --target local"),
    Step("again", "dbt build --target local --select orders+"),
    Step(
        "rows",
        "dbt show --target local --inline \"select * from {{ ref('orders') }} order by order_id\"",
    ),
    Step("stop", "dbt-glue endpoint stop"),
)

_BLOCK = re.compile(r"<!-- (output|change): (\S+) -->\n.*?<!-- end -->", re.DOTALL)
_TIME = re.compile(r"^\d\d:\d\d:\d\d(  )?", re.MULTILINE)
_LEFT_OUT = re.compile(
    r"^(Running with|Registered adapter|Unable to do partial|Performance info|Found |Glue adapter: )"
)
_VARIES = (
    (re.compile(r"\d+\.\d+ ?s(econds)?\b"), "N s"),
    (re.compile(r"\d+ (hours|minutes)"), r"N \1"),
)
_DOTS = re.compile(r"\.{3,}")


def shown(output: str) -> str:
    """What a command said, without the times, dbt's first lines, and what its sessions did."""
    lines = [line.rstrip() for line in _TIME.sub("", output).splitlines()]
    kept = [line for line in lines if not _LEFT_OUT.match(line)]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(kept)).strip("\n")


def unvaried(text: str) -> str:
    """A page without what is different each time: seconds."""
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return _DOTS.sub("...", text)


def run(names: set[str], folder: Path) -> dict[str, str]:
    """What the steps of these names said, in a copy of the project. Raises SystemExit where one ended otherwise."""
    shutil.copytree(PROJECT / "before", folder)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    environment = {**inherited, "DBT_PROFILES_DIR": ".", "NO_COLOR": "1", "DBT_USE_COLORS": "false"}
    environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
    said, changed = {}, False
    for step in STEPS:
        if step.name not in names:
            continue
        if step.changed and not changed:
            shutil.copytree(PROJECT / "after", folder, dirs_exist_ok=True)
            changed = True
        done = subprocess.run(
            ["bash", "-c", step.command],  # noqa: S607 - of the user's PATH, as the commands
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != step.code:
            raise SystemExit(f"{step.command}: exit code {done.returncode}\n{done.stdout}")
        said[step.name] = shown(done.stdout)
    return said


def change_of(name: str) -> str:
    """What the page changes in a file of the project, as a diff; a file that is new as it is."""
    before, after = PROJECT / "before" / name, PROJECT / "after" / name
    old = before.read_text(encoding="utf-8").splitlines()
    new = after.read_text(encoding="utf-8").splitlines()
    return "\n".join(difflib.unified_diff(old, new, name, name, lineterm="", n=1))


def names_of(text: str) -> set[str]:
    """The steps that a page has marks for."""
    return {name for kind, name in _BLOCK.findall(text) if kind == "output"}


def page(text: str, said: Callable[[str], str]) -> str:
    """The page with its blocks written again, of what the steps said."""
    commands = {step.name: step.command for step in STEPS}

    def block(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "change":
            body = f"```diff\n{change_of(name)}\n```"
        else:
            body = f"```console\n$ {commands[name]}\n{said(name)}\n```"
        return f"<!-- {kind}: {name} -->\n{body}\n<!-- end -->"

    return _BLOCK.sub(block, text)


def regenerated(text: str) -> str:
    """The page, after a run of its steps."""
    with tempfile.TemporaryDirectory(prefix="from-dbt-glue-") as scratch:
        folder = Path(scratch) / "shop"
        said = run(names_of(text), folder)
    return page(text, said.__getitem__)


def main() -> int:
    """Run, and write."""
    PAGE.write_text(regenerated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
