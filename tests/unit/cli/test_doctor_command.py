"""`dbt-glue doctor` over a project of dbt-glue's: what it prints, how it ends, and what `--fix` writes."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from glue_cli.doctor.fixing import edited_files
from glue_cli.doctor.show import readable_size
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nmodels:\n  shop: # ours\n    +tags: [a]\n",
    "profiles.yml": (
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: glue\n      query-comment: hello\n"
        "      role_arn: arn:aws:iam::123456789012:role/GlueRole\n      region: eu-west-1\n      schema: shop\n"
        '      location: s3://bucket/shop\n      glue_version: "5.0"\n'
    ),
    "models/grows.sql": "{{ config(materialized='incremental', unique_key='id') }}\r\nselect 1 as id\r\n",
    "models/scored.py": (
        "def model(dbt, spark):\n"
        "    dbt.config(materialized='python_model', file_format='iceberg')\n"
        "    return spark.range(3).withColumn('one', lit(1))\n"
    ),
    "macros/run.sql": "{% macro run() %}{% do adapter.execute_pyspark('1') %}{% endmacro %}\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path


def doctor(project: Path, *options: str) -> Result:
    given = ["doctor", "--project-dir", str(project), "--profiles-dir", str(project), "--offline"]
    return CliRunner().invoke(main, [*given, *options])


def as_json(project: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(doctor(project, "--output-format", "json", *options).stdout)
    return found


def texts(project: Path) -> dict[str, str]:
    return {name: (project / name).read_bytes().decode() for name in FILES}


def test_the_report_goes_through_the_project_file_by_file(project: Path) -> None:
    done = doctor(project, "--diff", "--policies")
    assert done.exit_code == 1, done.output
    diff, _, out = done.stdout.partition("\n\n")
    places = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert places[:5] == [
        "profiles.yml", "dbt_project.yml", "macros/run.sql", "models/grows.sql", "models/scored.py",
    ]  # fmt: skip
    assert (
        "  change  strategy: no incremental_strategy is named: in dbt-glue it is insert_overwrite"
        in out
    )
    assert (
        "+incremental_strategy: insert_overwrite}} to keep what dbt-glue did (--fix does it)" in out
    )
    assert "  error   names: line 3: lit: dbt-glue imports all of pyspark.sql.functions" in out
    assert "the Data Catalog and S3: --offline" in out
    assert '"iam:PassedToService": "glue.amazonaws.com"' in out
    assert out.rstrip().endswith(
        "2 models, seeds and snapshots: 1 error, 2 changes, 3 warnings, 0 notes."
    )
    for line in (
        "+    +incremental_strategy: insert_overwrite",
        "-{% macro run() %}{% do adapter.execute_pyspark('1') %}{% endmacro %}",
        "+{% macro run() %}{% do adapter.execute_python('1') %}{% endmacro %}",
        "+from pyspark.sql.functions import lit",
        "+    dbt.config(materialized='table', file_format='iceberg')",
    ):
        assert line in diff.splitlines()
    assert texts(project) == FILES


def test_what_can_be_is_mended_once(project: Path) -> None:
    (project / "models" / "scored.py").chmod(0o640)
    found = as_json(project, "--fix")
    assert found["fixed"] == [
        {"path": "dbt_project.yml", "done": ["+incremental_strategy: insert_overwrite"]},
        {"path": "macros/run.sql", "done": ["adapter.execute_pyspark -> adapter.execute_python"]},
        {"path": "models/scored.py", "done": ["python_model -> table", "import lit"]},
    ]
    assert [(each["level"], each["about"]) for each in found["findings"]] == [
        ("warning", "query-comment")
    ]
    mended = texts(project)
    assert mended["models/grows.sql"] == FILES["models/grows.sql"]
    assert (project / "models" / "scored.py").stat().st_mode & 0o777 == 0o640
    assert {path.name for path in (project / "models").iterdir()} == {"grows.sql", "scored.py"}
    again = doctor(project, "--fix")
    assert again.exit_code == 0
    assert "There is nothing that --fix can do." in again.stdout
    assert texts(project) == mended


def test_a_file_that_changed_is_not_written(project: Path) -> None:
    (edited,) = edited_files(project, [{"fix": {"path": "macros/run.sql", "title": "t", "edits": [[0, 1, "x"]]}}])  # fmt: skip
    (project / "macros" / "run.sql").write_text("another\n")
    with pytest.raises(OSError, match=r"macros/run\.sql has changed since it was read"):
        edited.write()
    assert (project / "macros" / "run.sql").read_text() == "another\n"


def test_a_link_stays_one(project: Path) -> None:
    place = project / "elsewhere.sql"
    (project / "macros" / "run.sql").rename(place)
    (project / "macros" / "run.sql").symlink_to(place)
    fix = {"path": "macros/run.sql", "title": "t", "edits": [[0, 1, "x"]]}
    for edited in edited_files(project, [{"fix": fix}]):
        edited.write()
    assert (project / "macros" / "run.sql").is_symlink()
    assert place.read_text().startswith("x%")


def test_without_a_project_there_is_no_report(tmp_path: Path) -> None:
    done = doctor(tmp_path)
    assert done.exit_code == 2
    assert "there is no dbt_project.yml" in done.stderr


def test_a_project_that_is_no_yaml(project: Path) -> None:
    (project / "dbt_project.yml").write_text("a: [\n")
    done = doctor(project)
    assert done.exit_code == 2
    assert "dbt_project.yml" in done.stderr


def test_a_catalog_that_cannot_be_reached_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    profile = FILES["profiles.yml"].replace("      region", "      endpoint: http://127.0.0.1:9\n      boto_retry_max_attempts: 0\n      region")  # fmt: skip
    (project / "profiles.yml").write_text(profile)
    given = ["doctor", "--project-dir", str(project), "--profiles-dir", str(project), "--output-format", "json"]  # fmt: skip
    done = CliRunner().invoke(main, given)
    unseen = {each["what"]: each["why"] for each in json.loads(done.stdout)["unseen"]}
    assert "127.0.0.1:9" in unseen["the Data Catalog"]


def test_what_is_not_installed_is_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt-adapters that cannot be imported, as in an environment of dbt v2."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(
        "import sys\nsys.modules['dbt.adapters.base'] = None\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    done = doctor(project)
    assert done.exit_code == 2
    assert "ModuleNotFoundError" in done.stderr
    assert "It needs dbt-core and what else comes with the package" in done.stderr


def test_it_runs_from_the_command_line(project: Path) -> None:
    """With a module of the project's own that has the name of one of Python's."""
    (project / "json.py").write_text("raise RuntimeError('the project is no place for programs')\n")
    done = subprocess.run(
        ["dbt-glue", "doctor", "--offline", "--profiles-dir", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (3 << 40, "3.0 TiB")]
)  # fmt: skip
def test_sizes(count: int, shown: str) -> None:
    assert readable_size(count) == shown
