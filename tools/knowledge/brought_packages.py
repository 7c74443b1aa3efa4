"""Rewrite the table of what packages bring along when they are installed, all the way down.

Usage: python tools/knowledge/brought_packages.py [PACKAGE ...]

Asks the package index, by uv, for the newest versions on the Python of the Glue versions in use. Without packages,
those of the table are asked for again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "compiler/glue_compiler/knowledge/data/brought.json"
PYTHON = "3.11"


def main(packages: list[str]) -> None:
    table = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for package in packages or list(table):
        table[package] = brought_by(package)
    DATA.write_text(json.dumps(dict(sorted(table.items())), indent=1) + "\n", encoding="utf-8")


def brought_by(package: str) -> list[str]:
    """The canonical names of what is installed with a package."""
    command = ["uv", "pip", "compile", "-q", "--python-version", PYTHON, "--no-annotate"]
    command += ["--python-platform", "x86_64-unknown-linux-gnu", "--no-header", "-"]
    run = subprocess.run(command, input=package, check=True, capture_output=True, text=True)
    names = [line.partition("==")[0] for line in run.stdout.split("\n") if "==" in line]
    return [name for name in names if name != package]


if __name__ == "__main__":
    main(sys.argv[1:])
