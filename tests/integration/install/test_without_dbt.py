"""Where dbt-core is not installed, checks, plans and the language server work; what needs it says so."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types
from packaging.requirements import Requirement
from pygls.lsp.client import LanguageClient

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: glue, schema: shop, role_arn: 'arn:aws:iam::1:role/r'}}}\n",
    "models/lines.py": (
        "def model(dbt, session):\n"
        '    dbt.config(materialized="table")\n'
        '    return dbt.ref("orders").toPandas()[["id", "amount"]]\n'
    ),
    "models/orders.sql": "select 1 as id, 2 as amount, 3 as rest",
    "models/lost.py": 'def model(dbt, session):\n    return dbt.ref("nowhere")\n',
}
DBT = re.compile(r"dbt[-_]\w+")


def documented() -> list[str]:
    """What the documentation says to install beside the package itself."""
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    found = re.search(r"pip install --no-deps dbt-glue-python\n\$ pip install (.+)", text)
    assert found is not None
    return found[1].split()


@pytest.fixture(scope="module")
def bin_without_dbt(installed: Callable[[Sequence[str], bool], Path]) -> Path:
    return installed(documented(), False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(bin_without_dbt: Path, shop: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(bin_without_dbt / "dbt-glue"), *arguments]
        return subprocess.run(
            command, cwd=shop, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_what_is_documented_is_all_that_the_project_needs_but_dbt_and_boto3() -> None:
    """boto3 reaches Glue, which needs dbt, too."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        needs = [Requirement(each) for each in tomllib.load(file)["project"]["dependencies"]]
    names = {each.name for each in needs if each.marker is None}
    assert set(documented()) == {name for name in names if not DBT.match(name)} - {"boto3"}


def test_there_is_no_dbt(bin_without_dbt: Path) -> None:
    assert not (bin_without_dbt / "dbt").exists()
    code = "import dbt.adapters.base"
    done = subprocess.run(
        [bin_without_dbt / "python", "-c", code], capture_output=True, check=False
    )
    assert b"No module named 'dbt.adapters.base'" in done.stderr


def test_models_are_checked(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("check", "--output-format", "concise")
    assert done.returncode == 1
    assert "models/lost.py:2:20: error[GLU208]" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--version",), "dbt-glue 0.1.0"),
        (("explain", "GLU101"), "The file has no function called `model`."),
        (("compile", "models/lines.py"), "projection"),
        (("facts", "models/lines.py"), '"orders"'),
        (("endpoint", "status"), "No endpoint is running"),
    ],
    ids=["version", "explain", "compile", "facts", "status"],
)
def test_a_command_answers(
    run: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_what_needs_a_session_says_what_is_missing(
    run: Callable[..., subprocess.CompletedProcess[str]], bin_without_dbt: Path
) -> None:
    done = run("schema", "lines")
    assert done.returncode == 2
    assert f"dbt-core is not installed in {bin_without_dbt.parent}" in done.stderr
    assert f"Next: {bin_without_dbt / 'python'} -m pip install dbt-glue-python" in done.stderr


def test_the_endpoint_says_what_it_needs(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = run("endpoint", "start")
    assert done.returncode == 1
    assert 'pip install "dbt-glue-python[local]"' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.asyncio
async def test_an_editor_is_served(bin_without_dbt: Path, shop: Path) -> None:
    client = LanguageClient("test", "1")
    told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def hear(params: types.PublishDiagnosticsParams) -> None:
        told.put_nowait(params)

    await client.start_io(str(bin_without_dbt / "dbt-glue"), "lsp", "--stdio")
    try:
        folder = types.WorkspaceFolder(uri=shop.as_uri(), name="shop")
        await client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(),
                root_uri=shop.as_uri(),
                workspace_folders=[folder],
            )
        )
        client.initialized(types.InitializedParams())
        file = shop / "models" / "lost.py"
        document = types.TextDocumentItem(
            uri=file.as_uri(), language_id="python", version=1, text=file.read_text()
        )
        client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))
        codes = await asyncio.wait_for(_codes_of(told, document.uri), 60)
        assert "GLU208" in codes
        await client.shutdown_async(None)
        client.exit(None)
    finally:
        await client.stop()


async def _codes_of(told: asyncio.Queue[Any], uri: str) -> list[str]:
    while True:
        params = await told.get()
        if params.uri == uri and params.diagnostics:
            return [str(each.code) for each in params.diagnostics]
