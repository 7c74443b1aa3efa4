"""Rewrite the API tables of glue_compiler.knowledge from freshly built environments, one per Spark version.

Usage: python tools/knowledge/regenerate.py --environments DIR [--python 3.10=/path/to/python ...] [--functions]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ENVIRONMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "spark-3.3": (
        "3.10",
        ("pyspark==3.3.0", "pandas==1.5.1", "numpy==1.23.5", "pyarrow==10.0.0", "setuptools<81"),
    ),
    "spark-3.5": (
        "3.11",
        ("pyspark==3.5.6", "pandas==2.2.3", "numpy==1.26.4", "pyarrow==17.0.0", "setuptools<81"),
    ),
    "spark-4.1": (
        "3.13",
        ("pyspark[connect]==4.1.1", "pandas==2.3.3", "numpy==2.4.4", "pyarrow==23.0.1"),
    ),
}
"""The libraries of Glue 4.0, 5.x and 6.0; what Glue 5.0 (pandas 2.2.2) adds to no name is left out."""

MODULE_ENVIRONMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "glue-5.1": ("3.11", ("pandas==2.3.3", "numpy==2.3.4")),
}
"""What else there is of modules: Glue 5.1's numpy and pandas beside the Spark of 5.0."""

DATA = Path(__file__).parents[2] / "compiler/glue_compiler/knowledge/data"
COLLECT = Path(__file__).parent / "collect.py"
COLLECT_MODULES = Path(__file__).parent / "collect_modules.py"
MEASURE = Path(__file__).parent / "measure_functions.py"
MEASURE_SQL = Path(__file__).parent / "measure_sql_functions.py"


def collected(folder: Path, pythons: dict[str, str]) -> list[dict[str, Any]]:
    """What every environment holds, oldest Spark first."""
    return [answer_of(python) for python in built(folder, pythons, ENVIRONMENTS)]


def collected_modules(folder: Path, pythons: dict[str, str]) -> list[dict[str, Any]]:
    """The names of the modules of every environment."""
    environments = {**ENVIRONMENTS, **MODULE_ENVIRONMENTS}
    return [answer_of(python, COLLECT_MODULES) for python in built(folder, pythons, environments)]


def built(
    folder: Path, pythons: dict[str, str], environments: dict[str, tuple[str, tuple[str, ...]]]
) -> list[Path]:
    """The interpreters of the environments; those that exist are used as they are."""
    uv = shutil.which("uv") or sys.exit("uv is needed to build the environments")
    interpreters = []
    for name, (version, packages) in environments.items():
        interpreter = folder / name / "bin" / "python"
        if not interpreter.exists():
            python = pythons.get(version, version)
            subprocess.run([uv, "venv", "-q", "-p", python, str(folder / name)], check=True)
            subprocess.run(
                [uv, "pip", "install", "-q", "-p", str(interpreter), *packages], check=True
            )
        interpreters.append(interpreter)
    return interpreters


def answer_of(interpreter: Path, script: Path = COLLECT) -> dict[str, Any]:
    """What the environment of an interpreter holds, as a script tells."""
    run = [str(interpreter), "-W", "ignore", str(script)]
    answer: dict[str, Any] = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    return answer


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def written_rows(value: dict[str, Any]) -> str:
    """JSON with one member per line, so that a change of the API reads as a change of lines."""
    lines = ["{"]
    scalars = {key: part for key, part in value.items() if key != "owners"}
    lines += [f" {json.dumps(key)}: {json.dumps(part)}," for key, part in scalars.items()]
    lines.append(' "owners": {')
    owners = []
    for owner, content in value["owners"].items():
        parts = []
        for section, rows in content.items():
            if isinstance(rows, dict):
                body = ",\n".join(
                    f"    {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}"
                    for name, row in rows.items()
                )
                parts.append(f"   {json.dumps(section)}: {{\n{body}\n   }}")
            else:
                parts.append(f"   {json.dumps(section)}: {json.dumps(rows, ensure_ascii=False)}")
        owners.append(f"  {json.dumps(owner)}: {{\n" + ",\n".join(parts) + "\n  }")
    lines.append(",\n".join(owners))
    return "\n".join(lines) + "\n }\n}\n"


def write_tables(answers: list[dict[str, Any]]) -> None:
    docs: dict[str, dict[str, dict[str, str]]] = {}
    stdlib: dict[str, list[str]] = {}
    for answer in answers:
        stdlib.update(answer["stdlib"])
        for library, table in answer["libraries"].items():
            owners: dict[str, Any] = {}
            for owner, content in table["owners"].items():
                described = docs.setdefault(library, {}).setdefault(owner, {})
                described.update(
                    {name: row[3] for name, row in content["members"].items() if row[3]}
                )
                members = {name: row[:3] for name, row in content["members"].items()}
                owners[owner] = {"members": members, "also": content["also"]}
            target = DATA / f"{library}-{minor(table['version'])}.json"
            target.write_text(
                written_rows({"version": table["version"], "owners": owners}), encoding="utf-8"
            )
    for library, owners in docs.items():
        content = {
            owner: {"summaries": dict(sorted(rows.items()))} for owner, rows in owners.items()
        }
        (DATA / f"{library}-docs.json").write_text(
            written_rows({"owners": content}), encoding="utf-8"
        )
    (DATA / "stdlib.json").write_text(json.dumps(stdlib, indent=0) + "\n", encoding="utf-8")


def write_modules(answers: list[dict[str, Any]]) -> None:
    """One table of all modules: the names of each, by the versions of the library that have them."""
    found: dict[str, dict[str, Any]] = {}
    for answer in answers:
        for library, part in answer.items():
            table = found.setdefault(library, {"versions": {}})
            table["versions"][part["version"]] = {
                section: part[section] for section in ("modules", "classes", "stars")
            }
    content: dict[str, Any] = {}
    for library, table in found.items():
        versions = dict(sorted(table["versions"].items(), key=lambda item: numbers(item[0])))
        content[library] = {"versions": list(versions)}
        for section in ("modules", "classes", "stars"):
            names = sorted({name for part in versions.values() for name in part[section]})
            content[library][section] = {
                name: by_versions(versions, section, name) for name in names
            }
    text = json.dumps(content, indent=1)
    (DATA / "modules.json").write_text(text + "\n", encoding="utf-8")


def write_sql_functions(answers: list[dict[str, Any]]) -> None:
    """What each Spark calls in SQL: names by the versions that have them."""
    content: dict[str, Any] = {"versions": [answer["version"] for answer in answers]}
    for section in ("functions", "words"):
        parts = {answer["version"]: {section: {"": answer[section]}} for answer in answers}
        content[section] = by_versions(parts, section, "")
    text = json.dumps(content, indent=1)
    (DATA / "sql-functions.json").write_text(text + "\n", encoding="utf-8")


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def by_versions(versions: dict[str, Any], section: str, name: str) -> dict[str, str]:
    """{versions: names that exactly these have}; those that all have first, under "*"."""
    having: dict[str, list[str]] = {}
    known = {version: set(part[section].get(name, ())) for version, part in versions.items()}
    for attribute in sorted(set().union(*known.values())):
        has = [version for version, names in known.items() if attribute in names]
        having.setdefault("*" if len(has) == len(known) else " ".join(has), []).append(attribute)
    return {key: " ".join(having[key]) for key in sorted(having)}


def write_functions(folder: Path) -> None:
    """Measures pyspark.sql.functions in every environment, one after the other; needs Java."""
    for name in ENVIRONMENTS:
        run = [str(folder / name / "bin" / "python"), "-W", "ignore", str(MEASURE)]
        text = subprocess.run(run, check=True, capture_output=True, text=True).stdout
        target = DATA / f"spark-functions-{name.removeprefix('spark-')}.json"
        target.write_text(text, encoding="utf-8")
    pythons = [folder / name / "bin" / "python" for name in ENVIRONMENTS]
    write_sql_functions([answer_of(python, MEASURE_SQL) for python in pythons])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--python", action="append", default=[], metavar="VERSION=PATH")
    parser.add_argument("--functions", action="store_true", help="also measure the functions")
    arguments = parser.parse_args()
    pythons = dict(entry.split("=", 1) for entry in arguments.python)
    DATA.mkdir(parents=True, exist_ok=True)
    write_tables(collected(arguments.environments, pythons))
    write_modules(collected_modules(arguments.environments, pythons))
    if arguments.functions:
        write_functions(arguments.environments)


if __name__ == "__main__":
    main()
