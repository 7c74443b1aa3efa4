"""`dbt-glue check` and `compile`, the language server over stdio and `dbt compile` give one answer about one model.

They are asked about projects that differ in their profile, settings file, variables and packages.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from glue_cli.main import main

from tests.unit.clients.projects import CASES, Case
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = "models/report.py"
Place = tuple[int, int, int, int]
"""First and last line and column, all counted from 1; the last column is the one after."""
Found = tuple[str, str, Place]
"""Severity, code and place of a finding."""


@dataclass(frozen=True)
class Answers:
    """What one client says of a model."""

    findings: tuple[Found, ...]
    plan: dict[str, Any] | None
    program: str | None


def of_the_command_line(root: Path) -> Answers:
    runner = CliRunner()
    checked = runner.invoke(
        main, ["check", str(root / MODEL), "--output-format", "json"], catch_exceptions=False
    )
    findings = tuple(
        (
            item["severity"],
            item["code"],
            tuple(item["location"][key] for key in ("line", "column", "end_line", "end_column")),
        )
        for item in json.loads(checked.stdout)
    )
    plan = runner.invoke(main, ["compile", str(root / MODEL), "--json"], catch_exceptions=False)
    program = runner.invoke(
        main, ["compile", str(root / MODEL), "--show", "program"], catch_exceptions=False
    )
    return Answers(findings, json.loads(plan.stdout), program.stdout)


SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}


def of_the_server(client: WireClient, root: Path) -> Answers:
    uri = (root / MODEL).as_uri()
    client.open(uri, (root / MODEL).read_text(encoding="utf-8"))
    document = {"textDocument": {"uri": uri}}
    items = client.ask("textDocument/diagnostic", document)["items"]
    findings = tuple(
        (
            SEVERITIES[item["severity"]],
            item["code"],
            (
                item["range"]["start"]["line"] + 1,
                item["range"]["start"]["character"] + 1,
                item["range"]["end"]["line"] + 1,
                item["range"]["end"]["character"] + 1,
            ),
        )
        for item in items
    )
    plan = client.ask("dbtGlue/plan", document)["plan"]
    return Answers(findings, plan, client.ask("dbtGlue/program", document)["text"])


_TOLD = re.compile(
    r"models/report\.py:(?P<line>\d+):(?P<column>\d+) (?P<code>GLU\d+) .*\n.*\n\s*(?P<marks>\^+)$",
    re.MULTILINE,
)


def told(severity: str, text: str) -> set[Found]:
    """The findings in what dbt prints, each with its place."""
    found = set()
    for match in _TOLD.finditer(text):
        line, column = int(match["line"]), int(match["column"])
        place = (line, column, line, column + len(match["marks"]))
        found.add((severity, match["code"], place))
    return found


def of_dbt(root: Path) -> Answers:
    from dbt.cli.main import dbtRunner

    warnings: list[str] = []

    def hear(event: Any) -> None:
        if event.info.level == "warn":
            warnings.append(event.info.msg)

    arguments = ["compile", "--project-dir", str(root), "--profiles-dir", str(root)]
    arguments += ["--no-populate-cache", "--no-send-anonymous-usage-stats", "--select", "report"]
    result = dbtRunner(callbacks=[hear]).invoke(arguments)
    errors = "\n".join(
        [str(result.exception or ""), *(str(item.message) for item in result.result or ())]
    )
    compiled = root / "target/compiled/shop" / MODEL
    plan = compiled.with_name(f"{compiled.name}.plan.json")
    program = compiled.with_name(f"{compiled.stem}.program.py")
    return Answers(
        tuple(sorted(told("error", errors) | told("warning", "\n".join(warnings)))),
        json.loads(plan.read_text(encoding="utf-8")) if plan.is_file() else None,
        program.read_text(encoding="utf-8") if program.is_file() else None,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DBT_PROFILES_DIR", "DBT_PROFILE", "DBT_TARGET", "DBT_TARGET_PATH"):
            patch.delenv(name, raising=False)
        folder = tmp_path_factory.mktemp("clients")
        for case in CASES:
            case.write(folder)
        yield folder


@pytest.fixture(scope="module")
def dbt_answers(folder: Path) -> dict[str, Answers]:
    return {case.name: of_dbt(folder / case.name) for case in CASES if case.asks_dbt}


@pytest.fixture(scope="module")
def client(folder: Path, dbt_answers: dict[str, Answers]) -> Iterator[WireClient]:
    """A server that starts when dbt's manifests are there, as those of the command line are."""
    assert dbt_answers
    with WireClient() as client:
        client.initialize(folder, {"textDocument": {"diagnostic": {}}})
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_clients_agree(
    case: Case, folder: Path, client: WireClient, dbt_answers: dict[str, Answers]
) -> None:
    root = folder / case.name
    dbt = dbt_answers.get(case.name)
    command_line = of_the_command_line(root)
    server = of_the_server(client, root)

    assert server.findings == command_line.findings
    assert {code for _, code, _ in server.findings} >= case.codes
    serious = {item for item in server.findings if item[0] in ("error", "warning")}
    errors = {item for item in serious if item[0] == "error"}

    assert server.plan == command_line.plan
    assert server.program == command_line.program
    if dbt is not None:
        # dbt stops at errors, and tells warnings of models that it lets pass.
        assert set(dbt.findings) == (errors or serious)
        assert (dbt.plan, dbt.program) == (
            (None, None) if errors else (command_line.plan, command_line.program)
        )
    if case.changed is not None:
        applied = [row for row in (server.plan or {})["decisions"] if row["applied"]]
        assert bool(applied) == case.changed


def test_the_command_line_and_the_server_agree_before_dbt_has_run(
    tmp_path: Path,
) -> None:
    case = next(case for case in CASES if case.name == "stored-as-configured")
    root = case.write(tmp_path)
    shutil.rmtree(root / "target", ignore_errors=True)
    with WireClient() as client:
        client.initialize(root, {"textDocument": {"diagnostic": {}}})
        assert of_the_server(client, root) == of_the_command_line(root)
