"""Which tests each job of `tools/verify.py` runs, and what comes before what."""

from __future__ import annotations

API = "tests/integration/endpoint/api"
PYTHON_MODELS = ("tests/functional/adapter/python_model", "tests/functional/test_example.py")
ADAPTER = "tests/functional/adapter"
DISTURBED = tuple(
    f"{ADAPTER}/test_{name}.py"
    for name in (
        *("appends", "appends_beside_merges", "concurrent_batches", "interrupted_switches"),
        *("killed_runs", "last_changes", "lost_answers", "overlapping_runs", "switch_races"),
        *("touched_partitions", "two_sessions"),
    )
)
"""Runs beside others, and runs that end halfway."""
DELTA, HUDI = f"{ADAPTER}/delta", f"{ADAPTER}/hudi"
CONFORMANCE = "tests/functional/conformance"
MATRIX = f"{CONFORMANCE}/test_matrix.py"
ICEBERG = (f"{ADAPTER}/iceberg", "tests/functional/test_lakehouse.py")
SUITES = "tests/functional/dbt_suites"
SPARKS = "tests/functional/test_sparks.py"
TESTS: dict[str, tuple[str, ...]] = {
    # All that is functional talks to an endpoint over HTTP. One would do, but others would wait for one long lane.
    "functional: python models": PYTHON_MODELS,
    "functional: dbt": (
        ADAPTER,
        *(f"--ignore={place}" for place in (ICEBERG[0], DELTA, HUDI, PYTHON_MODELS[0])),
        *(f"--ignore={place}" for place in DISTURBED),
    ),
    "functional: disturbed": DISTURBED,
    "functional: projects": (
        "tests/functional",
        *(f"--ignore={place}" for place in (ADAPTER, CONFORMANCE, SUITES)),
        *(f"--ignore={place}" for place in (PYTHON_MODELS[1], ICEBERG[1], SPARKS)),
    ),
    # The basic ones of dbt's suites run once for each format; what is in an open one has a Spark of its own.
    "functional: formats": (CONFORMANCE, f"--ignore={MATRIX}"),
    "functional: matrix": (MATRIX,),
    "functional: iceberg": ICEBERG,
    "functional: delta": (DELTA,),
    "functional: hudi": (HUDI,),
    "functional: suites": (SUITES,),
    # Kills JVMs, so that its endpoint is its own.
    "functional: reliability": ("tests/reliability",),
    "functional: clients": (
        *("tests/integration/validation", "tests/integration/clients", "tests/replay"),
        API,
    ),
    # One Spark without HTTP before it; some tests end theirs. Then one of each Glue version, side by side.
    "functional: endpoint": ("tests/integration/endpoint", f"--ignore={API}", SPARKS),
    # PySpark and pandas themselves, which are described first: a Spark session changes PySpark's classes.
    "functional: engines": ("tests/integration/knowledge", "tests/integration/rewrites"),
    # Environments with the project's wheel; no Spark.
    "install": ("tests/integration/install",),
    "editors": ("tests/integration/editors",),
    # Half of it waits for processes that it starts.
    "unit": ("tests/unit", "-n", "2"),
}
"""Where pytest looks, for each of the jobs that are one process of pytest."""


AFTER = {
    "functional: formats": ("functional: dbt",),
    "functional: matrix": ("functional: formats",),
    "functional: iceberg": ("functional: matrix",),
    "functional: delta": ("functional: matrix",),
    "functional: hudi": ("functional: matrix",),
}
"""Formats have many dbt runs in one process, and Sparks with all their memory: beside others like it, too much for 24 GB."""

FIRST = (
    *("lint", "imports", "vscode", "types", "docs", "editors", "vscode-e2e", "install"),
    *("functional: python models", "functional: dbt", "functional: engines", "unit"),
    *("functional: suites", "functional: endpoint", "functional: formats", "functional: disturbed"),
    *("functional: projects", "functional: matrix", "functional: clients"),
    *("functional: reliability", "functional: iceberg", "functional: delta", "functional: hudi"),
)
"""The order: what most changes break comes first, what takes longest not at the end, and what runs alone while little else has begun."""
