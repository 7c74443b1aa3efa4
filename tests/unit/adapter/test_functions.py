"""Which functions of the project a text calls, and what cannot be one, as dbt parsed a project; no session is made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from dbt.artifacts.resources.types import FunctionType
from dbt.artifacts.resources.v1.function import FunctionArgument
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.functions import ProjectFunctions
from dbt.adapters.glue.validation.project import DbtProject

if TYPE_CHECKING:
    from pathlib import Path

YAML = """
functions:
  - {name: gross, arguments: [{name: price, data_type: double}], returns: {data_type: double}}
  - {name: label, arguments: [{name: price, data_type: double}], returns: {data_type: string}}
  - {name: again, arguments: [{name: n, data_type: int}], returns: {data_type: int}}
  - name: turned
    config: {entry_point: turned, runtime_version: "3.11", packages: [rapidfuzz]}
    arguments: [{name: word, data_type: string}]
    returns: {data_type: string}
"""
FILES = {
    "gross.sql": "price * {{ var('rate', 2) }}",
    "label.sql": "cast({{ function('gross') }}(price) as string)",
    "again.sql": "case when n = 0 then 0 else again(n - 1) end",
    "turned.py": "def turned(word):\n    return word[::-1]\n",
    "functions.yml": YAML,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    root: Path = tmp_path_factory.mktemp("functions")
    (root / "functions").mkdir()
    (root / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    target = {"type": "glue", "endpoint": "local", "schema": "shop"}
    profile = {"shop": {"target": "local", "outputs": {"local": target}}}
    (root / "profiles.yml").write_text(json.dumps(profile))
    for name, text in FILES.items():
        (root / "functions" / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        made = DbtProject(root, str(root), None)
        made.refresh()
    return made


@pytest.fixture
def functions(project: DbtProject) -> ProjectFunctions:
    return ProjectFunctions(lambda: project.manifest, project.adapter.config, lambda _, base: base)


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in found]


@pytest.mark.parametrize(
    ("sql", "called"),
    [
        ("select gross(1)", ["gross"]),
        ("select `GROSS` (1), turned('a')", ["gross", "turned"]),
        ("select gross /* of tax */ -- see there\n (1)", ["gross"]),
        ("select gross, 'gross', g.gross(1), grossly(1), `gross price`(1) from gross", []),
        ("select label(1)", ["gross", "label"]),
    ],
)
def test_a_statement_brings_what_it_calls(
    functions: ProjectFunctions, sql: str, called: list[str]
) -> None:
    assert names(functions.called_in(sql)) == called


def test_a_python_model_brings_what_it_names(functions: ProjectFunctions) -> None:
    source = "rows.select(F.call_udf('turned', 'a'), F.expr('label(b)'), F.col('gross_price'))"
    assert names(functions.named_in(source)) == ["turned", "gross", "label"]


def test_a_definition_is_what_dbt_compiles(functions: ProjectFunctions) -> None:
    gross, label = functions.called_in("select label(1)")
    assert (gross["body"], label["body"]) == ("price * 2", "cast(`gross`(price) as string)")
    (turned,) = functions.called_in("turned('a')")
    assert (turned["language"], turned["packages"]) == ("python", ["rapidfuzz"])


def test_one_that_calls_itself_is_told(functions: ProjectFunctions) -> None:
    with pytest.raises(DbtRuntimeError, match=r"again \(functions/again.sql\) calls itself"):
        functions.called_in("select again(3)")


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("turned", {"alias": "gross"}, "two functions are named gross: functions/gross.sql and"),
        ("gross", {"language": "javascript"}, "is in javascript; Spark runs"),
        ("gross", {"overloads": ["other"]}, "has overloads"),
        ("turned", {"config": {"entry_point": None}}, "needs the config entry_point"),
        ("gross", {"config": {"type": FunctionType("table")}}, "is of the type table"),
        ("gross", {"arguments": [("a", "1"), ("b", None)]}, "put it first"),
    ],
)
def test_what_cannot_be_made_is_told_with_its_file(
    project: DbtProject, name: str, changes: dict[str, Any], told: str
) -> None:
    manifest = project.manifest.deepcopy()
    node: Any = manifest.functions[f"function.shop.{name}"]
    for key, value in changes.items():
        if key == "config":
            node.config = replace(node.config, **value)
        elif key == "arguments":
            node.arguments = [FunctionArgument(each, "int", default_value=d) for each, d in value]
        else:
            setattr(node, key, value)
    functions = ProjectFunctions(lambda: manifest, project.adapter.config, lambda _, base: base)
    with pytest.raises(DbtRuntimeError, match=told):
        functions.called_in(f"select {node.alias}(1)")
