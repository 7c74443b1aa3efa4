"""What the demo costs: as it is, with all of its tables in Parquet, and by an earlier dbt-glue.

Each is built from nothing and again, in turn, so that what else the machine does meets all of them. The jars of
Iceberg are there before the first. DBT_GLUE_BENCH_BEFORE names the Python of an environment with the earlier one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
from glue_endpoint.spark.formats import jars_of
from glue_endpoint.spark.jars import JarCache
from glue_endpoint.spark.jvm import installed_spark_version

from tools.demo.run import PROJECT

pytestmark = pytest.mark.timeout(3600)

ROUNDS = 2
BEFORE = os.environ.get("DBT_GLUE_BENCH_BEFORE")
ICEBERG = re.compile(r"^.*file_format.*iceberg.*\n", re.MULTILINE)


def copied(folder: Path, *, iceberg: bool) -> Path:
    """A copy of the demo's project in a new folder, without what was built in it."""
    left_out = shutil.ignore_patterns(".dbt-glue", ".dbt_glue_cache", "target", "logs", "out")
    shutil.copytree(PROJECT, folder, ignore=left_out)
    if not iceberg:
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".yml"}:
                path.write_text(ICEBERG.sub("", path.read_text()))
        # What is not in Iceberg and earlier versions do not know either.
        shutil.rmtree(folder / "snapshots")
    return folder


def build(python: str, project: Path) -> list[float]:
    """Seconds of a build from nothing, and of the next one."""
    found = []
    bin_folder = Path(python).parent
    try:
        for _ in range(2):
            started = time.perf_counter()
            done = subprocess.run(
                [str(bin_folder / "dbt"), "build"],
                cwd=project, env={**os.environ, "DBT_PROFILES_DIR": str(project)},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout
            found.append(time.perf_counter() - started)
    finally:
        subprocess.run([str(bin_folder / "dbt-glue"), "endpoint", "stop"], cwd=project, check=True)
    return found


def test_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBT_GLUE_ENDPOINT_DIR", raising=False)
    JarCache().paths(jars_of(("iceberg",), "5.1", installed_spark_version()), report=print)
    ways = {"all in Parquet": (sys.executable, False), "as it is": (sys.executable, True)}
    if BEFORE:
        ways = {"all in Parquet, earlier": (BEFORE, False), **ways}
    seconds: dict[str, list[list[float]]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, (python, iceberg) in ways.items():
            project = copied(tmp_path / f"{number} {name}" / "nycflights", iceberg=iceberg)
            seconds[name].append(build(python, project))
    medians = {name: [median(each) for each in zip(*found, strict=True)] for name, found in seconds.items()}  # fmt: skip
    first = next(iter(medians.values()))
    print(
        f"\nthe demo's build, from nothing and again, median of {ROUNDS}, and the ratio to the first line"
    )
    for name, (cold, again) in medians.items():
        print(f"  {name:25} {cold:6.1f} s, {again:6.1f} s   {cold / first[0]:.2f}, {again / first[1]:.2f}")  # fmt: skip
