"""A project whose files are named as modules that the server's processes import: none of them is ever run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.lsp.test_long_texts import LONG
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator

# Installed, as an editor starts it: `python -c` would look for modules in the folder by itself.
PROGRAM = str(Path(sys.executable).with_name("dbt-glue"))
MODEL = 'def model(dbt, session):\n    return dbt.ref("order")\n'
NAMES = (
    *("json", "yaml", "dbt", "pickle", "struct", "asyncio", "typing", "tomllib", "tomli", "string"),
    *("libcst", "glue_compiler", "glue_lsp", "lsprotocol", "packaging", "sitecustomize", "csv"),
    *("boto3", "botocore", "agate", "jinja2", "dbt_common", "click", "decimal", "uuid", "zoneinfo"),
)
PROFILE = """shop:
  target: dev
  outputs:
    dev: {type: glue, schema: shop, threads: 1, endpoint: "http://127.0.0.1:9"}
"""


@pytest.fixture
def mark(project: Path) -> Path:
    """The file that the project's modules write their names into when they are run."""
    mark = project / "was_run.txt"
    for name in NAMES:
        text = f"open({str(mark)!r}, 'a').write('{name} ')\nraise ImportError('{name}')\n"
        (project / f"{name}.py").write_text(text, encoding="utf-8")
    (project / "models/closed.py").write_text(MODEL, encoding="utf-8")
    return mark


@pytest.fixture
def client(project: Path) -> Iterator[WireClient]:
    with WireClient((PROGRAM, "lsp"), cwd=project) as found:
        yield found


def run_names(mark: Path) -> str:
    return mark.read_text(encoding="utf-8") if mark.exists() else ""


def test_a_client_that_is_pushed_to(client: WireClient, project: Path, mark: Path) -> None:
    client.initialize(project)
    closed, long = ((project / f"models/{name}.py").as_uri() for name in ("closed", "long"))
    client.open(long, LONG)
    for uri in (long, closed):
        codes: list[Any] = []
        while codes != ["GLU208"]:
            found = client.wait_for("textDocument/publishDiagnostics", uri)
            codes = [item["code"] for item in found["diagnostics"]]
    assert run_names(mark) == ""


def test_a_client_that_pulls(client: WireClient, project: Path, mark: Path) -> None:
    client.initialize(project, {"textDocument": {"diagnostic": {}}})
    closed, long = ((project / f"models/{name}.py").as_uri() for name in ("closed", "long"))
    client.open(long, LONG)
    found = client.ask("textDocument/diagnostic", {"textDocument": {"uri": long}})
    assert [item["code"] for item in found["items"]] == ["GLU208"]
    every = client.ask("workspace/diagnostic", {"previousResultIds": []})
    codes = {item["uri"]: [row["code"] for row in item["items"]] for item in every["items"]}
    assert codes[closed] == ["GLU208"]
    assert run_names(mark) == ""


def test_the_process_that_validates(client: WireClient, project: Path, mark: Path) -> None:
    prepare_profile(project)
    client.initialize(project, {}, {"trusted": True})
    command = {"command": "dbtGlue.refreshSchemas", "arguments": []}
    message = client.request("workspace/executeCommand", command)
    client.write(message)
    told = client.answer(message["id"])["error"]["message"]
    assert told.startswith("Data Catalog")
    assert run_names(mark) == ""


def test_the_command_that_asks_for_a_schema(project: Path, mark: Path) -> None:
    prepare_profile(project)
    ran = subprocess.run(
        (PROGRAM, "schema", "orders"), cwd=project, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "schema: Data Catalog" in ran.stderr) == (2, True), ran.stderr
    assert run_names(mark) == ""


def prepare_profile(project: Path) -> None:
    """A profile whose endpoint nobody serves: the project is read, and then there is no answer."""
    (project / "models/closed.py").unlink()
    (project / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    text = "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\nseed-paths: [seeds]\n"
    (project / "dbt_project.yml").write_text(text, encoding="utf-8")
