"""Rewrite the table of preinstalled distributions from lists of NAME==VERSION lines.

Usage: python tools/knowledge/glue_packages.py 4.0=LIST.txt 5.0=LIST.txt ...

The lists are those of the section "Python modules already provided in AWS Glue" of the page
"Using Python libraries with AWS Glue" (AWS Glue developer guide).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

RUNTIMES = {
    "4.0": {"spark": "3.3.0", "python": "3.10", "scala": "2.12", "java": "8", "glibc": "2.26"},
    "5.0": {"spark": "3.5.4", "python": "3.11", "scala": "2.12", "java": "17", "glibc": "2.34"},
    "5.1": {"spark": "3.5.6", "python": "3.11", "scala": "2.12", "java": "17", "glibc": "2.34"},
    "6.0": {"spark": "4.1.1", "python": "3.13", "scala": "2.13", "java": "17", "glibc": "2.34"},
}
"""AWS Glue release notes and the environment table of the page above."""

DATA = Path(__file__).parents[2] / "compiler/glue_compiler/knowledge/data/glue.json"


def main(arguments: list[str]) -> None:
    table = {}
    for argument in arguments:
        version, _, path = argument.partition("=")
        lines = Path(path).read_text(encoding="utf-8").split()
        distributions = dict(line.split("==") for line in lines)
        table[version] = {**RUNTIMES[version], "distributions": distributions}
    DATA.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
