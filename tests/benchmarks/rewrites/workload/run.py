"""Ten models on realistic tables, as written and as planned, in one run: time, memory, and whether the results are equal.

`python tests/benchmarks/rewrites/workload/run.py` makes the tables once (a minute), runs every model in
fresh driver processes, each way in turn, and prints a table as Markdown. See `--help`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from processes import Watch

HERE = Path(__file__).parent
MODELS = sorted(path.stem for path in (HERE / "models").glob("*.py"))
WAYS = {
    "plain": "the text on plain Spark, a pandas result by createDataFrame(), as dbt's adapters for Spark do",
    "unplanned": "in a session of this project with optimize: false",
    "planned": "in a session of this project, planned",
}
TIMEOUT = 900
MARKS = ("<!-- workload: begin -->", "<!-- workload: end -->")
Run = dict[str, Any]


class Bench:
    """A folder of its own with the results of all runs."""

    def __init__(self, data: Path, folder: Path, heap: str) -> None:
        self._data, self._folder, self._heap = data, folder, heap

    def driver(self, task: str, name: str, **asked: Any) -> Run:
        """One driver process; what it said, and what it needed where it says when. `failed` has the end of its log."""
        place = self._folder / name
        place.mkdir(parents=True)
        asked = {
            "task": task,
            "data": str(self._data),
            "heap": self._heap,
            "warehouse": str(place / "warehouse"),
            "scratch": str(place / "scratch"),
            "answer": str(place / "answer.json"),
            **asked,
        }
        command = [sys.executable, str(HERE / "driver.py"), json.dumps(asked)]
        environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
        with (place / "log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                command,
                cwd=place,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
            with Watch(process.pid) as watch:
                try:
                    process.wait(TIMEOUT)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if process.returncode != 0:
            said = (place / "log").read_text(encoding="utf-8", errors="replace")
            return {"failed": "\n".join(said.splitlines()[-15:])}
        answer: Run = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        if "began" in answer:
            answer["seconds"] = answer["ended"] - answer["began"]
            answer |= watch.between(answer["began"], answer["ended"])
        return answer

    def result(self, model: str, way: str) -> str:
        """Where the first run of a model wrote."""
        return str(self._folder / f"{model}-{way}-0" / "warehouse" / "nyc.db" / f"{model}__result")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=MODELS, help=f"of {', '.join(MODELS)}")
    parser.add_argument(
        "--ways", default="plain,planned", help="; ".join(f"{k}: {v}" for k, v in WAYS.items())
    )
    parser.add_argument("--turns", type=int, default=1, help="how often each; figures are medians")
    parser.add_argument("--years", type=int, default=20, help="of flights and of weather")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--heap", default="3g", help="the JVM's largest heap")
    parser.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "dbt-glue-workload"
    )
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument(
        "--docs", type=Path, help="write the table into this page, between its marks"
    )
    asked = parser.parse_args()
    ways = asked.ways.split(",")
    folder = Path(tempfile.mkdtemp(prefix="dbt-glue-workload-"))
    busy = os.getloadavg()[0]
    bench = Bench(asked.data.resolve(), folder, asked.heap)
    try:
        rows = bench.driver("tables", "tables", years=asked.years, events=asked.events)
        if "failed" in rows:
            raise SystemExit(rows["failed"])
        print(", ".join(f"{name} {count:,}" for name, count in rows.items()), flush=True)
        runs = _all_runs(bench, asked.models, ways, asked.turns)
        results = _results(bench, runs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if asked.json:
        asked.json.write_text(
            json.dumps({"runs": runs, "results": results}, indent=1), encoding="utf-8"
        )
    shown = table(runs, results, asked.models, ways)
    print("\n" + shown)
    if asked.docs:
        loads = f"Load averages of the machine's {os.cpu_count()} cores were {busy:.1f} before the run and {os.getloadavg()[2]:.1f} in its last quarter of an hour."
        _write_between_marks(asked.docs, f"{shown}\n\n{loads}")


def _write_between_marks(page: Path, text: str) -> None:
    before, begin, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not begin or not end:
        raise SystemExit(f"{page} has no {' and '.join(MARKS)}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _all_runs(bench: Bench, models: list[str], ways: list[str], turns: int) -> dict[str, list[Run]]:
    """By "model way"; the ways change places from model to model and from turn to turn."""
    runs: dict[str, list[Run]] = {}
    for turn in range(turns):
        for number, model in enumerate(models):
            order = ways if (number + turn) % 2 == 0 else ways[::-1]
            for way in order:
                run = bench.driver("run", f"{model}-{way}-{turn}", model=model, way=way)
                runs.setdefault(f"{model} {way}", []).append(run)
                print(f"{model:20} {way:10} {_told(run)}", flush=True)
    return runs


def _told(run: Run) -> str:
    if "failed" in run:
        return f"failed\n{run['failed']}"
    done = [
        f"{r['rewrite']}:{r['line']}{'' if r['applied'] else ' not: ' + r['why']}"
        for r in run["rewrites"]
    ]
    return (
        f"{run['seconds']:7.1f} s {run['cpu']:7.1f} s CPU {run['python']:6.0f} MB Python {run['jvm']:6.0f} MB JVM "
        f"{run['tree']:6.0f} MB all  {run['conversion']} {', '.join(done)}"
    )


def _results(bench: Bench, runs: dict[str, list[Run]]) -> dict[str, Any]:
    """By "model way": what the first run wrote."""
    paths = {
        name: bench.result(*name.split(" "))
        for name, made in runs.items()
        if "failed" not in made[0]
    }
    return bench.driver("compare", "compare", results=paths)


def _own(printed: str) -> list[str]:
    """The lines but for those of py4j, which logs where a model asks for everybody's messages."""
    return [line for line in printed.splitlines() if not line.startswith("INFO:py4j.")]


def difference(
    runs: dict[str, list[Run]], results: dict[str, Any], model: str, ways: tuple[str, str]
) -> str:
    """What differs between two ways: nothing (`same`), or one of a failure, types, rows, the text that was printed."""
    names = [f"{model} {way}" for way in ways]
    if any(name not in results for name in names):
        return "failed"
    left, right = (results[name] for name in names)
    if left["types"] != right["types"]:
        pairs = zip(left["types"], right["types"], strict=False)
        unlike = [f"`{one[0]}` {one[1]}, {other[1]}" for one, other in pairs if one != other]
        return f"types differ: {'; '.join(unlike)}"
    for key, title in (("rows", "rows"), ("sum", "values")):
        if left[key] != right[key]:
            return f"{title} differ"
    one, other = (_own(runs[name][0]["printed"]) for name in names)
    return "same" if one == other else "prints differ"


def table(
    runs: dict[str, list[Run]], results: dict[str, Any], models: list[str], ways: list[str]
) -> str:
    """The figures as Markdown: the last way against the first; each row a model, the last one all of them."""
    first, last = ways[0], ways[-1]

    def figure(model: str, way: str, key: str) -> float:
        found = [run[key] for run in runs[f"{model} {way}"] if "failed" not in run]
        return statistics.median(found) if found else float("nan")

    def pair(key: str, values: list[tuple[float, float]], combine: Any, unit: str = ".1f") -> str:
        before, after = (combine(side) for side in zip(*values, strict=True))
        ratio = f" ({before / after:.1f})" if after > 0 else ""
        return f"{before:,{unit}}, {after:,{unit}}{ratio}"

    def cells(group: list[str], combine: Any) -> list[str]:
        values = {key: [(figure(m, first, key), figure(m, last, key)) for m in group] for key in
                  ("seconds", "cpu", "python", "jvm", "tree")}  # fmt: skip
        return [
            pair("seconds", values["seconds"], sum),
            pair("cpu", values["cpu"], sum),
            *(pair(key, values[key], combine, ".0f") for key in ("python", "jvm", "tree")),
        ]

    titles = [
        "",
        "seconds",
        "processor seconds",
        "Python, MB",
        "JVM, MB",
        "all, MB",
        "rows",
        *(f"as {way}" for way in ways[:-1]),
    ]
    lines = [titles, ["---"] * len(titles)]
    for model in models:
        equal = [difference(runs, results, model, (way, last)) for way in ways[:-1]]
        rows = results.get(f"{model} {last}", {}).get("rows", 0)
        lines.append([f"`{model}`", *cells([model], sum), f"{rows:,}", *equal])
    whole = [model for model in models if all(f"{model} {way}" in results for way in (first, last))]
    if whole:
        title = f"all {len(whole)}; the most memory"
        lines.append([title, *cells(whole, max), "", *[""] * (len(ways) - 1)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
