"""dbt-glue itself, unmodified from the package index, builds a project on `dbt-glue endpoint run`.

It runs in an environment of its own, made once and kept in the user's cache folder, and knows the
endpoint only by AWS_ENDPOINT_URL and its keys: whatever works here works because the endpoint is Glue's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process.state import EndpointHandle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

DBT_GLUE = "1.10.19"
"""The newest whose dependencies install without an override (1.12 needs a parser built from source)."""

PROJECT = Path(__file__).with_name("incumbent_project")


@pytest.fixture(scope="session")
def incumbent(make_environment: Callable[..., Path]) -> Path:
    """The `dbt` command of an environment with dbt-glue."""
    return make_environment("dbt-glue", [f"dbt-glue=={DBT_GLUE}"]) / "bin" / "dbt"


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What `dbt-glue endpoint run` prints for its users, while it runs; Ctrl-C ends it."""
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("dbt-glue"),
            "endpoint",
            "run",
            "--dir",
            tmp_path_factory.mktemp("endpoint"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    found = {}
    for line in process.stdout:
        if line.startswith("export "):
            name, value = line.removeprefix("export ").strip().split("=", 1)
            found[name] = value
        if "Ctrl-C" in line:
            break
    yield found
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project") / "incumbent"
    shutil.copytree(PROJECT, folder)
    return folder


def run_dbt(
    dbt: Path, project: Path, variables: dict[str, str], *arguments: str, code: int = 0
) -> dict[str, dict[str, Any]]:
    """Runs dbt-glue, which ends with `code`; returns the results by the node's name."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    answer = subprocess.run(
        [dbt, "--no-use-colors", *arguments],
        cwd=project,
        env={**inherited, **variables, "DBT_PROFILES_DIR": str(project)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert answer.returncode == code, answer.stdout[-6000:] + answer.stderr[-2000:]
    results = json.loads((project / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[2]: result for result in results}


def test_builds_tests_and_documents_a_project(
    incumbent: Path, variables: dict[str, str], project: Path, connect: Any
) -> None:
    api = connect(
        EndpointHandle(
            variables["AWS_ENDPOINT_URL"],
            variables["AWS_ACCESS_KEY_ID"],
            variables["AWS_SECRET_ACCESS_KEY"],
            pid=0,
        )
    )
    glue = api.glue

    first = run_dbt(incumbent, project, variables, "build")
    assert Counter(each["status"] for each in first.values()) == {"success": 6, "pass": 4}
    tables = {
        table["Name"]: table for table in glue.get_tables(DatabaseName="incumbent")["TableList"]
    }
    assert {name: tables[name]["TableType"] for name in sorted(tables)} == {
        "by_legs": "EXTERNAL_TABLE",
        "growing": "EXTERNAL_TABLE",
        "legs": "EXTERNAL_TABLE",
        "many_legs": "VIRTUAL_VIEW",
        "python_legs": "MANAGED_TABLE",
        "species": "EXTERNAL_TABLE",
    }
    assert tables["legs"]["StorageDescriptor"]["Location"] == (
        "s3://incumbent-bucket/warehouse/incumbent/legs"
    )
    assert [key["Name"] for key in tables["by_legs"]["PartitionKeys"]] == ["legs"]
    partitions = glue.get_partitions(DatabaseName="incumbent", TableName="by_legs")["Partitions"]
    assert sorted(each["Values"] for each in partitions) == [["2"], ["4"], ["6"]]

    # It drops a table before it makes it again; the data stays, and Spark refuses its place, as on AWS.
    refused = run_dbt(
        *(incumbent, project, variables, "run", "--select", "legs", "--target", "without_conf"),
        code=1,
    )
    assert "CREATE-TABLE-AS-SELECT cannot create table" in refused["legs"]["message"]
    assert "legs" not in {
        table["Name"] for table in glue.get_tables(DatabaseName="incumbent")["TableList"]
    }

    # With the setting of dbt-glue's own tests the second run replaces a table, and appends to the incremental one.
    second = run_dbt(incumbent, project, variables, "build", "--select", "legs", "growing")
    assert {each["status"] for each in second.values()} == {"success", "pass"}
    session = api.session()
    assert api.sql(session, "select count(*) from incumbent.growing") == [(5,)]
    assert api.sql(session, "select legs, animals from incumbent.legs order by 1") == [
        (2, 1), (4, 1), (6, 2)
    ]  # fmt: skip

    # This dbt-glue reports a Python model that failed as created: its rows tell.
    assert api.sql(session, "select * from incumbent.python_legs order by legs") == [
        (2, "bird"), (4, "mammal"), (6, "insect")
    ]  # fmt: skip

    run_dbt(incumbent, project, variables, "docs", "generate")
    catalog = json.loads((project / "target" / "catalog.json").read_text())
    assert list(catalog["nodes"]["model.incumbent.python_legs"]["columns"]) == ["legs", "kind"]
    assert catalog["nodes"]["model.incumbent.many_legs"]["metadata"]["type"] == "view"
