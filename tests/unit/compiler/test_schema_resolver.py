"""One answer to which columns a frame has: a rule and a hover differ in what they dare to say, never in what is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.editor.hover import hover
from glue_compiler.project.load import load_project
from glue_compiler.schemas.resolver import FrameSchemas, RelationLookup
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from pathlib import Path

_YAML = "models:\n  - name: orders\n    columns:\n      - {name: id, data_type: bigint}\n"
_CONTRACT = _YAML.replace("orders\n", "orders\n    config: {contract: {enforced: true}}\n")
_OPEN = "def model(dbt, session):\n    return dbt.ref('raw')\n"
_CLOSED = "def model(dbt, session):\n    return dbt.ref('raw').select('id', 'day')\n"
_MODEL = "def model(dbt, session):\n    df = dbt.ref('orders')\n    return df.select({!r})\n"


@pytest.mark.parametrize(
    ("files", "has_day", "says"),
    [
        pytest.param({"orders.sql": "select 1"}, None, "are not known", id="nothing is known"),
        pytest.param(
            {"orders.sql": "select 1", "s.yml": _YAML}, None, "at least 1 column", id="YAML begins"
        ),
        pytest.param(
            {"orders.py": _OPEN, "s.yml": _YAML}, None, "at least 1 column", id="YAML, open model"
        ),
        pytest.param(
            {"orders.py": _CLOSED, "s.yml": _YAML}, True, ", 2 columns", id="YAML, closed model"
        ),
        pytest.param({"orders.py": _CLOSED}, True, ", 2 columns", id="closed model"),
        pytest.param(
            {"orders.sql": "select 1", "s.yml": _CONTRACT}, False, ", 1 column", id="contract"
        ),
    ],
)
def test_a_rule_and_a_hover_agree(
    files: dict[str, str], has_day: bool | None, says: str, tmp_path: Path
) -> None:
    """`has_day`: whether `orders` has the column, None where nobody can tell. It never has `nothing`."""
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "models").mkdir()
    for name, text in {**files, "raw.sql": "select 1", "report.py": _MODEL}.items():
        (tmp_path / "models" / name).write_text(text)
    project = load_project(tmp_path, cache=False)

    def upstream(node: object) -> object:
        return analyze((tmp_path / node.path).read_text())

    def reported(column: str) -> bool:
        source = SourceText(_MODEL.format(column))
        found = check(analyze(source), source, project, path="models/report.py", upstream=upstream)
        return "GLU601" in [item.code for item in found]

    assert not reported("id")
    assert reported("day") is (has_day is False)
    assert reported("nothing") is (has_day is not None)
    source = SourceText(_MODEL.format("id"))
    facts = analyze(source)
    schemas = FrameSchemas.known(facts, project, upstream)
    shown = hover(facts, source, source.text.index("df"), schemas, project, "5.0")
    assert shown is not None
    assert says in shown.text
    assert ("| `day` |" in shown.text) is (has_day is True)


def test_what_is_certain_is_known_and_no_list_that_may_lack_columns(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.sql").write_text("select 1")
    (tmp_path / "models" / "s.yml").write_text(_YAML)
    facts = analyze(SourceText(_MODEL.format("id")))
    lookup = RelationLookup(load_project(tmp_path, cache=False))
    known, certain = FrameSchemas(facts, lookup), FrameSchemas(facts, lookup, "certain")
    assert known.of(0).names == ("id",)
    assert not known.of(0).exact
    assert known.complete_names(0) is None
    assert certain.of(0).names == ()
    assert not certain.of(0).exact
    assert certain.exact(0) is None


_STEPS = """
def model(dbt, session):
    df = dbt.ref('orders')
    dropped = df.drop('ID')
    renamed = df.withColumnRenamed('day', 'at')
    respelt = df.withColumn('ID', df.day)
    longer = df.withColumn('more', df.day)
    other = dbt.ref('unknown')
    picked = df.select('day')
    return dropped, renamed, respelt, longer, other, picked
"""


def test_a_column_that_is_surely_there_is_among_all_columns(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.sql").write_text("select 1")
    wide = _CONTRACT + "      - {name: day, data_type: date}\n"
    (tmp_path / "models" / "s.yml").write_text(wide)
    facts = analyze(SourceText(_STEPS))
    schemas = FrameSchemas(facts, RelationLookup(load_project(tmp_path, cache=False)))
    sure = {
        binding.name: {
            name
            for name in ("id", "ID", "Id", "day", "at", "more")
            if schemas.surely_has(binding.frame, name)
        }
        for binding in facts.flow.bindings
    }
    assert sure == {
        "df": {"id", "day"},
        "dropped": {"day"},
        "renamed": set(),
        "respelt": {"day"},
        "longer": {"id", "day"},
        "other": set(),
        "picked": set(),
    }
    for binding in facts.flow.bindings:
        assert sure[binding.name] <= set(schemas.of(binding.frame).names)
