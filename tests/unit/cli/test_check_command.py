"""`dbt-glue check` as a person or a CI job calls it: exit codes, formats, fixing, configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

_GOOD = "def model(dbt, session):\n    return dbt.ref('orders')\n"
_LOST = "def model(dbt, session):\n    return dbt.ref('orders')[['id']].distinct()\n"
_LOST_FIXED = "def model(dbt, session):\n    orders = dbt.ref('orders')\n    return orders[['id']].distinct()\n"
_HINT = "def model(dbt, session):\n    return dbt.ref('orders', v=2)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "dbt_project.yml": "name: shop\nprofile: shop\n",
        "models/orders.sql": "select 1 as id",
        "models/good.py": _GOOD,
        "models/lost.py": _LOST,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *args], input=stdin)


def test_findings_exit_with_1_and_none_with_0(project: Path) -> None:
    assert _run().exit_code == 1
    assert _run("models/good.py").exit_code == 0
    assert _run("--exit-zero").exit_code == 0


def test_notes_and_hints_do_not_fail(project: Path) -> None:
    (project / "models/lost.py").write_text(_HINT)
    (project / "models/orders_v2.sql").write_text("select 1")
    (project / "models/schema.yml").write_text(
        "models:\n  - name: orders\n    versions: [{v: 1, defined_in: orders}, {v: 2}]\n"
    )
    result = _run()
    assert "GLU804" in result.stdout
    assert result.exit_code == 0


def test_what_dbt_ignores_is_not_checked_even_where_it_is_named(project: Path) -> None:
    (project / ".dbtignore").write_text("lost.py\n")
    assert _run("--output-format", "concise").stdout == "1 model checked, nothing found\n"
    named = _run("models/lost.py", "--output-format", "concise")
    assert named.stdout == "0 models checked, nothing found\n"
    assert named.exit_code == 0


_ELSEWHERE = (
    "def model(dbt, session):\n    dbt.config(cluster_by=['day'])\n    return dbt.ref('orders')\n"
)


def test_a_config_of_another_platform_is_told_once_of_a_project(project: Path) -> None:
    for name in ("a", "b", "c"):
        (project / f"models/{name}.py").write_text(_ELSEWHERE)
    lines = _run("--output-format", "concise", "--ignore", "GLU201").stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("models/a.py:2:16: information[GLU304] `cluster_by` has no effect")
    assert lines[0].endswith("(the same at 2 more places of the project)")
    assert lines[1] == "5 models checked: 1 note"
    full = _run("--ignore", "GLU201").stdout
    assert "= models/b.py:2: the same here" in full
    assert "= models/c.py:2: the same here" in full
    found = json.loads(_run("models/c.py", "--output-format", "json").stdout)
    assert [item["message"].partition("(the same")[1] for item in found] == [""]


def test_an_error_is_told_of_every_model(project: Path) -> None:
    for name in ("a", "b"):
        (project / f"models/{name}.py").write_text(_ELSEWHERE.replace("cluster_by", "enabled"))
    lines = _run("--output-format", "concise", "--ignore", "GLU201").stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines[:2]] == [
        "models/a.py:2:24:",
        "models/b.py:2:24:",
    ]


def test_what_could_not_run_exits_with_2(project: Path) -> None:
    assert _run("nowhere.py").exit_code == 2
    assert _run("--select", "GLU9").exit_code == 2
    assert _run("--unknown-option").exit_code == 2
    (project / "dbt-glue.toml").write_text("selct = []\n")
    result = _run()
    assert result.exit_code == 2
    assert "did you mean `select`?" in result.stderr


def test_full_shows_the_frame_the_reason_and_the_fix(project: Path) -> None:
    result = _run("models/lost.py")
    assert result.stdout.splitlines()[:6] == [
        (
            "models/lost.py:2:12: GLU201 dbt does not see this `dbt.ref(...)`, because a subscript "
            "follows it in a longer expression, so the model will not wait for it and fails with a "
            "KeyError  [lost-dbt-call]"
        ),
        "  |",
        "1 | def model(dbt, session):",
        "2 |     return dbt.ref('orders')[['id']].distinct()",
        "  |            ^^^^^^^^^^^^^^^^^",
        "  |",
    ]
    assert "+    orders = dbt.ref('orders')" in result.stdout
    assert "2 models checked" not in result.stdout


def test_concise_is_one_line_each(project: Path) -> None:
    lines = _run("--output-format", "concise").stdout.splitlines()
    assert lines[0].startswith("models/lost.py:2:12: error[GLU201] ")
    assert lines[1] == "2 models checked: 1 error"


def test_json_has_positions_and_fixes(project: Path) -> None:
    found: list[dict[str, Any]] = json.loads(_run("--output-format", "json").stdout)
    assert len(found) == 1
    assert found[0]["location"] == {"line": 2, "column": 12, "end_line": 2, "end_column": 29}
    assert found[0]["fixes"][0]["safety"] == "safe"


def test_github_annotations_are_escaped(project: Path) -> None:
    line = _run("--output-format", "github").stdout.splitlines()[0]
    assert line.startswith(
        "::error file=models/lost.py,line=2,col=12,endLine=2,endColumn=29,"
        "title=GLU201 lost-dbt-call::"
    )
    assert "%0A" in line


def test_gitlab_fingerprints_survive_moved_lines(project: Path) -> None:
    first = json.loads(_run("--output-format", "gitlab").stdout)
    (project / "models/lost.py").write_text("# a comment\n\n" + _LOST)
    second = json.loads(_run("--output-format", "gitlab").stdout)
    assert first[0]["fingerprint"] == second[0]["fingerprint"]
    assert (first[0]["location"]["lines"]["begin"], second[0]["location"]["lines"]["begin"]) == (
        2,
        4,
    )


def test_sarif_names_rules_regions_and_fixes(project: Path) -> None:
    log = json.loads(_run("--output-format", "sarif").stdout)
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][0]["id"] == "GLU201"
    result = run["results"][0]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (2, 12, 29)
    assert result["fixes"][0]["artifactChanges"][0]["replacements"]


def test_fix_writes_the_file_and_diff_does_not(project: Path) -> None:
    path = project / "models/lost.py"
    path.chmod(0o640)
    shown = _run("--diff")
    assert shown.exit_code == 1
    assert "+    orders = dbt.ref('orders')" in shown.stdout
    assert path.read_text() == _LOST
    fixed = _run("--fix")
    assert fixed.exit_code == 0
    assert "1 finding fixed in 1 file" in fixed.stdout
    assert path.read_text() == _LOST_FIXED
    assert path.stat().st_mode & 0o777 == 0o640
    assert _run("--diff").exit_code == 0
    assert sorted(item.name for item in path.parent.iterdir()) == [
        "good.py",
        "lost.py",
        "orders.sql",
    ]


def test_standard_input_is_checked_under_its_name(project: Path) -> None:
    result = _run("-", "--stdin-filename", "models/lost.py", stdin=_LOST)
    assert result.exit_code == 1
    assert result.stdout.startswith("models/lost.py:2:12: GLU201")
    fixed = _run("-", "--stdin-filename", "models/lost.py", "--fix", stdin=_LOST)
    assert (fixed.exit_code, fixed.stdout) == (0, _LOST_FIXED)


def test_selection_from_the_command_line(project: Path) -> None:
    assert _run("--ignore", "GLU2").exit_code == 0
    assert _run("--select", "GLU1,glu3").exit_code == 0
    assert _run("--select", "lost-dbt-call").exit_code == 1


def test_configuration_is_found_next_to_the_project(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.dbt-glue.per-file-ignores]\n"models/lost.py" = ["GLU201"]\n'
    )
    assert _run().exit_code == 0
    (project / "pyproject.toml").write_text('[tool.dbt-glue.severity]\nGLU201 = "hint"\n')
    assert _run().exit_code == 0


def test_statistics_count_by_rule(project: Path) -> None:
    assert _run("--statistics").stdout.splitlines() == ["1  GLU201  lost-dbt-call"]


def test_a_second_run_says_the_same_from_the_cache(project: Path) -> None:
    first = _run("--output-format", "json")
    assert (project / ".dbt_glue_cache/findings.json").exists()
    assert _run("--output-format", "json").stdout == first.stdout
    (project / "models/lost.py").write_text(_GOOD)
    assert _run().exit_code == 0
    (project / "models/orders.sql").rename(project / "models/sales.sql")
    assert "no model, seed or snapshot is called `orders`" in _run().stdout


def test_no_cache_leaves_no_trace(project: Path) -> None:
    _run("--no-cache")
    assert not (project / ".dbt_glue_cache").exists()


def test_many_files_are_checked_by_several_processes(project: Path) -> None:
    for number in range(40):
        (project / f"models/m{number:02}.py").write_text(_LOST if number % 2 else _GOOD)
    result = _run("--jobs", "2", "--output-format", "json")
    assert len(json.loads(result.stdout)) == 21


def test_a_project_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run().exit_code == 2
    (tmp_path / "m.py").write_text(_GOOD)
    result = _run("m.py")
    assert result.exit_code == 0
    assert "no dbt_project.yml found" in result.stdout


def test_colours_on_request(project: Path) -> None:
    assert "\x1b[" in _run("--color").stdout
    assert "\x1b[" not in _run().stdout


def test_findings_follow_the_models_upstream(project: Path) -> None:
    """A column that a model upstream drops is missed here, though this file did not change."""
    (project / "models/lost.py").unlink()
    (project / "models/orders.sql").write_text("select 1 as id, 2 as name")
    upstream = project / "models/upstream.py"
    upstream.write_text(
        "def model(dbt, session):\n    return dbt.ref('orders').select('id', 'name')\n"
    )
    (project / "models/reader.py").write_text(
        "def model(dbt, session):\n    return dbt.ref('upstream').select('id', 'name')\n"
    )
    assert _run().exit_code == 0
    upstream.write_text("def model(dbt, session):\n    return dbt.ref('orders').select('id')\n")
    result = _run("--output-format", "concise")
    assert result.exit_code == 1
    assert "models/reader.py:2:46: warning[GLU601]" in result.stdout
    upstream.unlink()
    assert "GLU601" not in _run("--output-format", "concise").stdout


def test_each_path_is_checked_in_its_own_project(project: Path) -> None:
    for name in ("a", "b"):
        models = project / name / "models"
        models.mkdir(parents=True)
        (project / name / "dbt_project.yml").write_text(f"name: {name}\n")
        (models / f"of_{name}.sql").write_text("select 1 as id")
        (models / "reader.py").write_text(
            f"def model(dbt, session):\n    return dbt.ref('of_{name}')\n"
        )
    assert _run("a", "b").exit_code == 0
    (project / "b" / "dbt-glue.toml").write_text('select = ["GLU1"]\n')
    (project / "b" / "models" / "reader.py").write_text(_LOST)
    (project / "a" / "models" / "reader.py").write_text(_LOST)
    result = _run("a", "b", "--output-format", "concise")
    assert "a/models/reader.py:2:12: error[GLU201]" in result.stdout
    assert "b/models/reader.py" not in result.stdout
    assert result.stdout.splitlines()[-2].startswith("2 models checked")
