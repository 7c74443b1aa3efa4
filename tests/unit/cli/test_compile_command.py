"""`dbt-glue compile`: programs, diffs and plans without dbt and without a session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
def model(dbt, session):
    dbt.config(materialized="incremental", batch=5)
    df = dbt.ref("orders")
    if dbt.is_incremental:
        df = df.limit(dbt.config.get("batch"))
    if df.count() == 0:
        return df
    print(df.count())
    return df
"""
READ_BY_TEXT = """
def model(dbt, session):
    pdf = dbt.ref("orders").toPandas()
    print(eval("pdf"))
    return pdf[["id"]]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1'\nprofile: shop\n")
    models = tmp_path / "models"
    models.mkdir()
    (models / "daily.py").write_text(MODEL)
    (models / "orders.sql").write_text("select 1 as id, 2 as rest")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["compile", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_plan_is_a_table_that_tells_why(project: Path) -> None:
    text = run("daily")
    assert "returns a Spark frame" in text
    assert "emptiness" in text
    assert "emptiness" in run("daily", "--incremental")
    (project / "models" / "daily.py").write_text(READ_BY_TEXT)
    assert "frame_alias: the value is also reached under a name that is not followed" in run(
        "daily"
    )
    assert "one evaluation of the plan less" in text


def test_the_plan_leads_with_what_is_saved_and_says_what_to_change(project: Path) -> None:
    text = run("daily").splitlines()
    assert text[1].startswith("saved: ")
    assert "one evaluation of the plan less (line 9)" in text[1]
    path = project / "models" / "daily.py"
    path.write_text(READ_BY_TEXT)
    text = run("daily").splitlines()
    assert text[1] == "saved: rows as Arrow batches, where the types allow it (line 3)"
    assert any(
        line.strip()
        == "to make it apply: use one name for the frame, and no `locals()`, `exec` or `eval`"
        for line in text
    )
    path.write_text(MODEL.replace('"batch")', '"size")'))
    folded = "and 1 other with nothing to change: partial_evaluation (unset) (--verbose)"
    assert folded in run("daily", "--incremental").splitlines()
    verbose = run("daily", "--incremental", "--verbose").splitlines()
    assert any(line.strip().startswith("6  partial_evaluation  unset: ") for line in verbose)


def test_the_plan_as_json(project: Path) -> None:
    decisions = json.loads(run("models/daily.py", "--incremental", "--json"))["decisions"]
    assert {d["rewrite"] for d in decisions if d["applied"]} == {
        "partial_evaluation", "emptiness", "shared_work",
    }  # fmt: skip


def test_the_diff_of_both_kinds_of_runs(project: Path) -> None:
    assert "+    if False:" in run("daily", "--show", "diff")
    incremental = run("daily", "--show", "diff", "--incremental")
    assert "+    if True:" in incremental
    assert "+        df = df.limit((5))" in incremental


def test_the_program_names_the_relations_of_the_project(project: Path) -> None:
    text = run("daily", "--show", "wire", "--schema", "shop")
    assert "`shop`.`orders`" in text
    assert "isEmpty" in text
    assert 'orders")' in run("daily", "--show", "program", "--schema", "shop")


def test_the_program_for_people_has_the_models_code(project: Path) -> None:
    text = run("daily", "--show", "program", "--schema", "shop")
    assert run("daily", "--standalone", "--schema", "shop") == text
    compile(text, "script", "exec")
    assert "__dbt_glue" not in text
    for line in (
        '    # dbt.config(materialized="incremental", batch=5)',
        '    df = spark.table("shop.orders")  # dbt.ref("orders")',
        "    if False:  # dbt.is_incremental",
        "    if df.isEmpty():  # was: if df.count() == 0:",
        "result = model(None, spark)",
        'result.write.mode("overwrite").format("parquet").saveAsTable("shop.daily__standalone")',
    ):
        assert line in text.splitlines()
    header = [" ".join(line.split()) for line in text.splitlines()]
    assert "# line 7 emptiness stops at the first row instead of counting all" in header


def test_a_standalone_script_is_python(project: Path) -> None:
    text = run("daily", "--standalone", "--show", "wire")
    compile(text, "script", "exec")
    assert text.index("__dbt_glue__.attach") < text.index("__dbt_glue__.run_model(")


@pytest.mark.parametrize("kind", ["--incremental", "--full-refresh"])
def test_a_standalone_script_leaves_the_models_own_table_alone(project: Path, kind: str) -> None:
    assert '.saveAsTable("shop.daily")' not in run(
        "daily", kind, "--standalone", "--schema", "shop"
    )
    text = run("daily", kind, "--standalone", "--show", "wire", "--schema", "shop")
    request = text[text.index("request=") :].replace("\\", "")
    written = request[request.index('"write": {') :]
    assert '"relation": "`shop`.`daily__standalone`"' in written
    assert '"relation": "`shop`.`daily`"' not in written
    assert text.startswith("# Paste this into a notebook")
    assert "spark.table('`shop`.`daily__standalone`').show" in text


def test_the_variable_and_the_profile_count_as_in_a_run(project: Path) -> None:
    (project / "dbt_project.yml").write_text(
        "name: shop\nversion: '1'\nprofile: shop\nvars:\n  optimize: {disable: [emptiness]}\n"
    )
    (project / "profiles.yml").write_text(
        "shop:\n  target: dev\n  outputs:\n    dev: {type: glue, glue_version: '4.0', schema: s}\n"
    )
    assert "disabled" in run("daily")
    (project / "dbt_project.yml").write_text(
        "name: shop\nversion: '1'\nprofile: shop\nvars:\n  shop: {optimize: false}\n"
    )
    assert "optimize is false" in run("daily")


def test_the_profiles_glue_version_is_the_sessions(project: Path) -> None:
    # What may raise counts where errors have to stay.
    (project / "dbt_project.yml").write_text(
        "name: shop\nversion: '1'\nprofile: shop\nvars:\n  optimize: strict\n"
    )
    (project / "profiles.yml").write_text(
        "shop:\n  target: dev\n  outputs:\n    dev: {type: glue, glue_version: '6.0', schema: s}\n"
    )
    (project / "models" / "daily.py").write_text(
        "def model(dbt, session):\n    df = dbt.ref('orders').filter('id > 1')\n"
        "    if df.count() == 0:\n        return df\n    return df\n"
    )
    assert "may_raise" in run("daily")
    assert "may_raise" not in run("daily", "--glue-version", "5.0")
    (project / "dbt-glue.toml").write_text('glue-version = "5.1"\n')
    assert "may_raise" in run("daily")  # it is checked for 5.1, and a run is one of 6.0


def test_the_plan_tells_columns_of_how_many(project: Path) -> None:
    (project / "models" / "schema.yml").write_text(
        "version: 2\nmodels:\n  - name: orders\n    config: {contract: {enforced: true}}\n    columns:\n"
        "      - {name: id, data_type: bigint}\n      - {name: amount, data_type: double}\n"
        "      - {name: note, data_type: string}\n"
    )
    (project / "models" / "daily.py").write_text(
        "import pandas as pd\n\ndef model(dbt, session):\n    pdf = dbt.ref('orders').toPandas()\n"
        "    return pd.DataFrame({'n': [pdf['amount'].sum()]})\n"
    )
    assert "1 of 3 columns: amount" in run("daily")


def test_facts(project: Path) -> None:
    assert json.loads(run("daily", "--show", "facts"))["flow"]["complete"] is True


def test_a_model_that_is_not_there(project: Path) -> None:
    result = CliRunner().invoke(main, ["compile", "nothing"])
    assert result.exit_code == 2
    assert "nothing" in result.stderr


def test_a_value_that_only_dbt_knows_stays_a_call(project: Path) -> None:
    path = project / "models" / "daily.py"
    path.write_text(MODEL.replace('"batch")', '"size")'))
    assert "unset" in run("daily", "--incremental")
