"""What `dbt-glue doctor` knows of a project that dbt-glue builds: its profile, its models, its SQL and its Python."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name
from glue_compiler.project.context import Node
from glue_compiler.project.profiles import ProfileChoice, ReadProfile
from glue_compiler.project.yaml_configs import applied
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace

import dbt.adapters.glue
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.incumbent_methods import ALIASES, NOT_HERE
from dbt.adapters.glue.migration import iam
from dbt.adapters.glue.migration.nodes import node_findings
from dbt.adapters.glue.migration.profile import profile_findings
from dbt.adapters.glue.migration.python_texts import python_findings, python_model_fix
from dbt.adapters.glue.migration.report import NoProject, project_report
from dbt.adapters.glue.migration.sql_texts import sql_findings
from dbt.adapters.glue.migration.strategy_answer import strategy_answer
from dbt.adapters.glue.profile_fields import OTHERS_FIELDS, WITHOUT_EFFECT
from dbt.adapters.glue.unread_configs import IGNORED
from tools import iam_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbt.adapters.glue.migration.findings import Finding

ADAPTER = Path(str(dbt.adapters.glue.__file__)).parent
PROFILE = {
    "type": "glue",
    "query-comment": "This is a glue dbt example",
    "role_arn": "arn:aws:iam::123456789012:role/GlueInteractiveSessionRole",
    "region": "us-east-1",
    "workers": 2,
    "worker_type": "G.1X",
    "schema": "dbt_demo",
    "glue_version": "5.0",
    "location": "s3://dbt_demo_bucket/dbt_demo_data",
}
"""That of dbt-glue's README."""


def told(findings: Iterable[Finding]) -> dict[str, str]:
    """The level of each finding by what it is about."""
    return {each.about: each.level for each in findings}


def of_profile(**fields: Any) -> list[Finding]:
    kept = {name: value for name, value in {**PROFILE, **fields}.items() if value is not None}
    return list(profile_findings(ReadProfile(Path("profiles.yml"), "shop", "dev", kept)))


def of_node(path: str = "models/m.sql", kind: Any = "model", **config: Any) -> list[Finding]:
    language: Any = {"py": "python", "csv": "csv"}.get(path.rpartition(".")[2], "sql")
    node = Node(kind, "m", "shop", path, language, config=config)
    return list(node_findings(node, GlueCredentials(schema="shop", endpoint="local")))


# The profile


def test_the_profile_of_the_readme() -> None:
    assert told(of_profile()) == {"query-comment": "warning"}


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("lf_tags", "team=data", "error"),
        ("worker_type", "G.9X", "error"),
        ("security_configuraton", "kms", "error"),  # misspelt, and about security
        ("region", None, "error"),
        ("glue_version", None, "change"),
        ("packages", ["pandas==2.2.3"], "change"),
        ("default_arguments", "--a=1,--additional-python-modules=pandas==2.2.3", "change"),
        ("use_arrow", True, "warning"),
        ("nobodys", 1, "warning"),
        ("project_name", "shop", "warning"),
        ("use_interactive_session_role_for_api_calls", True, "note"),
        ("conf", "spark.sql.catalog.glue_catalog=a --conf spark.serializer=b", "note"),
        ("datalake_formats", "iceberg", "note"),
    ],
)
def test_a_field(name: str, value: Any, level: str) -> None:
    found = told(of_profile(**{name: value}))
    assert found.pop("query-comment") == "warning"
    assert found == {name: level}


def test_no_field_without_effect_is_passed_over() -> None:
    values = {
        "use_arrow": True, "enable_spark_seed_casting": False, "delta_athena_prefix": "a",
        "iceberg_glue_commit_lock_table": "a", "user": "a", "project_name": "shop",
    }  # fmt: skip
    assert {*values, "query_comment"} == {*WITHOUT_EFFECT, *OTHERS_FIELDS}
    found = told(of_profile(**values))
    assert {found[name] for name in (*values, "query-comment")} == {"warning"}


def test_what_an_argument_was_cut_to() -> None:
    (found,) = (
        each
        for each in of_profile(default_arguments="--additional-python-modules=pandas==2.2.3")
        if each.level == "change"
    )
    assert "was cut at its second `=`, to 'pandas'; it is 'pandas==2.2.3' here" in found.said


def test_a_field_that_only_dbt_can_render_is_no_error() -> None:
    fields = {key: value for key, value in PROFILE.items() if key not in ("region", "role_arn")}
    read = ReadProfile(Path("p"), "shop", "dev", fields, ("region", "role_arn"))
    assert told(profile_findings(read)) == {"query-comment": "warning"}


def test_a_target_of_another_adapter() -> None:
    assert told(of_profile(type="spark")) == {"type": "error"}


# Models


@pytest.mark.parametrize(
    ("path", "config", "expected"),
    [
        ("models/m.sql", {"materialized": "table"}, {}),
        ("models/m.sql", {"materialized": "incremental"}, {"strategy": "change"}),
        ("models/m.sql", {"materialized": "incremental", "incremental_strategy": "append"}, {}),
        ("models/m.sql", {"materialized": "incremental", "incremental_strategy": "{{ var('a') }}"}, {}),
        (
            "models/m.sql",
            {"materialized": "incremental", "incremental_strategy": "merge", "file_format": "iceberg"},
            {"iceberg_expire_snapshots": "change"},
        ),
        (
            "models/m.sql",
            {"materialized": "incremental", "incremental_strategy": "merge", "file_format": "iceberg",
             "iceberg_expire_snapshots": False},
            {},
        ),
        ("models/m.sql", {"materialized": "view", "file_format": "iceberg"}, {"materialized": "change"}),
        ("models/m.sql", {"materialized": "table", "file_format": "jdbc"}, {"config": "error"}),
        ("models/m.sql", {"materialized": "table", "grants": {"select": ["ann"]}}, {"grants": "error"}),
        ("models/m.sql", {"materialized": "table", "meta": {"temp_schema": "t"}}, {"meta.temp_schema": "warning"}),
        ("models/m.py", {"materialized": "python_model"}, {"materialized": "warning"}),
        ("models/m.py", {"packages": ["a==1"]}, {"packages": "change"}),
        ("models/m.py", {"meta": {"workers": 9}}, {"meta": "change"}),
        ("models/m.py", {"on_schema_change": "ignore"}, {}),
        ("models/m.py", {"on_schema_change": "fail"}, {"on_schema_change": "change"}),
        ("models/m.py", {"materialized": "incremental", "file_format": "iceberg"}, {}),
        ("models/m.py", {"materialized": "incremental", "incremental_strategy": "append"}, {"strategy": "change"}),
    ],
)  # fmt: skip
def test_a_model(path: str, config: dict[str, Any], expected: dict[str, str]) -> None:
    if "grants" in config and not any("grants" in each.about for each in of_node(path, **config)):
        return  # carried out here: nothing to say
    assert told(of_node(path, **config)) == expected


def test_dbt_glue_overwrites_the_whole_table_unless_conf_says_otherwise() -> None:
    config = {
        "materialized": "incremental",
        "incremental_strategy": "insert_overwrite",
        "partition_by": ["day"],
    }
    (found,) = of_node(**config)
    assert (found.level, found.about) == ("change", "strategy")
    assert "replaces the whole table in dbt-glue" in found.said
    node = Node("model", "m", "shop", "models/m.sql", config=config)
    dynamic = "spark.sql.sources.partitionOverwriteMode=dynamic"
    credentials = GlueCredentials(schema="shop", endpoint="local", conf=dynamic)
    assert list(node_findings(node, credentials)) == []
    assert told(of_node(**config, meta={"conf": dynamic})) == {}
    assert told(of_node(**config, meta={"conf": "no setting"})) == {"strategy": "change"}


def test_a_seed_whose_types_act_now() -> None:
    found = of_node("seeds/m.csv", "seed", column_types={"id": "bigint"})
    assert told(found) == {"column_types": "change"}
    node = Node("seed", "m", "shop", "seeds/m.csv", "csv", config={"column_types": {"id": "int"}})
    credentials = GlueCredentials(schema="shop", endpoint="local")
    assert list(node_findings(node, credentials, seeds_were_cast=True)) == []


def test_no_config_without_effect_is_passed_over() -> None:
    for name, (_, languages) in IGNORED.items():
        path = "models/m.sql" if "sql" in languages else "models/m.py"
        assert told(of_node(path, **{name: "x"}))[name] == "warning"


# The one line for the project


def incremental(path: str, **config: Any) -> Node:
    language: Any = "python" if path.endswith(".py") else "sql"
    return Node(
        "model", "m", "shop", path, language, config={"materialized": "incremental", **config}
    )


def test_one_line_answers_for_all_models() -> None:
    text = "name: shop\nmodels:\n  shop:\n    +tags: [a] # kept\n"
    nodes = [
        incremental("models/a.sql"),
        incremental("models/b.sql", unique_key="id", file_format="iceberg"),
        incremental("models/named.sql", incremental_strategy="append"),
    ]
    answer = strategy_answer("shop", nodes, text)
    assert answer is not None
    assert answer.said.startswith("2 incremental models name no strategy")
    assert answer.fix is not None
    assert applied(text, list(answer.fix.edits)) == (
        "name: shop\nmodels:\n  shop:\n    +incremental_strategy: insert_overwrite\n    +tags: [a] # kept\n"
    )


@pytest.mark.parametrize(
    "other",
    [
        incremental("models/hudi.sql", unique_key="id", file_format="hudi"),
        incremental("models/lake.py", file_format="iceberg"),
        incremental("models/who.sql", file_format="{{ var('format') }}"),
    ],
)
def test_one_line_that_changes_another_model_is_not_written(other: Node) -> None:
    answer = strategy_answer("shop", [incremental("models/a.sql"), other], "name: shop\n")
    assert answer is not None
    assert answer.fix is None
    assert "name it in each" in answer.next


def test_a_project_without_such_a_model_needs_no_answer() -> None:
    nodes = [
        incremental("models/lake.py", file_format="iceberg"),
        Node("model", "t", "shop", "t.sql"),
    ]
    assert strategy_answer("shop", nodes, "name: shop\n") is None


# Texts


def test_methods_of_dbt_glues() -> None:
    for name in NOT_HERE:
        assert told(sql_findings("m.sql", f"{{% do adapter.{name}(1) %}}")) == {f"adapter.{name}": "error"}  # fmt: skip
    for name, new in ALIASES.items():
        text = f"-- é\n{{% do adapter.{name}(1) %}}{{# adapter.{name}(2) #}}"
        (found,) = sql_findings("m.sql", text)
        assert found.level == "warning"
        assert found.line == 2
        assert found.fix is not None
        edited = applied(text, list(found.fix.edits))
        assert edited == f"-- é\n{{% do adapter.{new}(1) %}}{{# adapter.{name}(2) #}}"
        (of_package,) = sql_findings("m.sql", text, own=False)
        assert of_package.fix is None


def test_texts_that_mean_something_else() -> None:
    text = r"""
{{ config(materialized='table', pattern='\\d') }} {# '\\' #}
select regexp_replace(a, '\\\\d', '\n') from glue_catalog.{{ ref('b') }} join my_glue_catalog.{{ this }}
"""
    found = {each.about: each for each in sql_findings("m.sql", text)}
    assert {name: each.level for name, each in found.items()} == {
        "glue_catalog": "note",
        "backslashes": "change",
    }
    assert found["backslashes"].line == 3
    code = "custom_glue_code_for_dbt_adapter\nprint(1)"
    assert told(sql_findings("m.sql", code)) == {"custom_glue_code_for_dbt_adapter": "error"}


def of_python(text: str) -> list[Finding]:
    workspace = Workspace.open(Path("/"), cache=False)
    return list(python_findings(workspace, "models/m.py", SourceText(text)))


MODEL = "def model(dbt, session):\n    return session.range(3).select(col('id'), lit(1))\n"


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("", "from pyspark.sql.functions import col, lit\n\n\n"),
        ('"""Why."""\n', '"""Why."""\nfrom pyspark.sql.functions import col, lit\n\n\n'),
        (
            "from __future__ import annotations\n\nimport os\n\n\n",
            "from __future__ import annotations\nfrom pyspark.sql.functions import col, lit\n\nimport os\n\n\n",
        ),
        (
            "# -*- coding: utf-8 -*-\nimport os\n",
            "# -*- coding: utf-8 -*-\nfrom pyspark.sql.functions import col, lit\nimport os\n",
        ),
    ],
)
def test_names_that_dbt_glue_imports(head: str, after: str) -> None:
    text = head + MODEL
    (found,) = of_python(text)
    assert (found.level, found.about) == ("error", "names")
    assert found.said.startswith("col, lit:")
    assert found.fix is not None
    edited = applied(text, list(found.fix.edits))
    assert edited == after + MODEL
    assert of_python(edited) == []


def test_names_that_are_pythons_here() -> None:
    text = (
        "def model(dbt, session):\n"
        "    frame = session.range(3)\n"
        "    max = 3\n"
        "    return frame.groupBy('id').agg(sum('id').alias('s'), min('id').alias('m')).limit(max)\n"
    )
    assert [(each.level, each.said.partition("(")[0], each.line) for each in of_python(text)] == [
        ("change", "min", 4),
        ("change", "sum", 4),
    ]
    assert of_python(f"from pyspark.sql.functions import sum, min\n\n\n{text}") == []


def test_a_model_that_is_called_main() -> None:
    found = of_python("def main(dbt, session):\n    return session.range(3)\n")
    assert {"main", "GLU101"} <= {each.about for each in found}
    assert {each.level for each in found} == {"error"}


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("dbt.config(materialized='python_model')", "dbt.config(materialized='table')"),
        ('dbt.config(a="é", materialized="python_model")', 'dbt.config(a="é", materialized="table")'),
        ("dbt.config(materialized='table')", None),
        ("dbt.config(materialized=WORD)", None),
        ("dbt.config(materialized='python_model'); dbt.config(materialized='table')", None),
        ("dbt.config(materialized='python' '_model')", None),
    ],
)  # fmt: skip
def test_the_word_python_model(written: str, after: str | None) -> None:
    text = f"# \u2028\x0c\ndef model(dbt, session):\n    {written}\n    return session.range(1)\n"
    fix = python_model_fix("models/m.py", text)
    edited = None if fix is None else applied(text, list(fix.edits))
    assert edited == (None if after is None else text.replace(written, after))


# Permissions


def policies(uses: iam.Uses | None = None, **fields: Any) -> iam.Policies:
    kept = {key: value for key, value in PROFILE.items() if key not in ("type", "query-comment")}
    credentials = GlueCredentials(**{**kept, **fields})
    plain = iam.uses_of(["parquet"], ["dbt_demo"], ["raw"], [PROFILE["location"]], lake_formation=False)  # fmt: skip
    return iam.policies(credentials, uses or plain)


def actions(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


OTHER_NAMES = {"s3:ListObjectsV2": "s3:ListBucket"}
"""Operations that IAM calls otherwise."""


def called() -> set[str]:
    """Every operation of Glue, Lake Formation and S3 that the adapter's code names, as IAM names it.

    But those that `dbt-glue clean` alone needs, which not everybody is to have: docs/iam.md names them.
    """
    words = set()
    for path in ADAPTER.rglob("*.py"):
        if path.parent.name == "cleaning":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                words.add(node.attr)
            elif isinstance(node, ast.Constant):
                words.add(str(node.value))
    of_dbt = {
        "create_schema",
        "get_catalog",
        "list_schemas",
    }  # its methods, which happen to have such names
    found = set()
    for service in ("glue", "lakeformation", "s3"):
        model = botocore.session.get_session().get_service_model(service)
        names = {f"{service}:{name}" for name in model.operation_names if xform_name(name) in words - of_dbt}  # fmt: skip
        found |= {OTHER_NAMES.get(name, name) for name in names}
    return found - {"s3:CreateSession"}  # it is Glue's


GOVERNED = iam.uses_of(["iceberg"], ["dbt_demo"], ["raw"], [str(PROFILE["location"])], lake_formation=True)  # fmt: skip


def test_the_caller_may_do_what_the_adapter_calls() -> None:
    needed = called()
    assert {"glue:UpdateTable", "glue:RunStatement", "glue:GetPartitions"} <= needed
    assert needed <= actions(policies(GOVERNED).caller)


def test_with_the_switch_the_session_role_writes_the_catalog() -> None:
    switched = policies(use_interactive_session_role_for_api_calls=True)
    of_catalog = {f"glue:{name}" for name in (*iam.READ_CATALOG, *iam.WRITE_CATALOG)}
    assert not of_catalog & actions(switched.caller)
    assert "sts:AssumeRole" in actions(switched.caller)
    assert of_catalog <= actions(switched.session_role)
    governed = policies(GOVERNED, use_interactive_session_role_for_api_calls=True)
    assert not any(each.startswith(("s3:", "lakeformation:")) for each in actions(governed.caller))
    assert called() <= actions(governed.caller) | actions(governed.session_role)
    assert "who assumes it" in switched.notes[0]


def test_what_a_project_uses_makes_the_policies() -> None:
    plain = policies()
    assert "lakeformation:GetDataAccess" not in actions(plain.caller) | actions(plain.session_role)
    assert {each for each in actions(plain.caller) if each.startswith("s3:")} == {
        "s3:GetObject",
        "s3:ListBucket",
    }
    resources = {
        each for statement in plain.session_role["Statement"] for each in statement["Resource"]
    }
    assert "arn:aws:glue:us-east-1:123456789012:database/raw" in resources
    assert "arn:aws:s3:::dbt_demo_bucket/dbt_demo_data/*" in resources
    uses = iam.uses_of(["s3tables"], ["shop"], [], ["s3://b/p"], lake_formation=True)
    bucket = policies(uses, s3_tables_bucket="lake", tags="a=b", connections="c", security_configuration="k")  # fmt: skip
    assert {"glue:TagResource", "s3tables:GetTableData"} <= actions(bucket.caller)
    assert {"s3tables:PutTableData", "lakeformation:GetDataAccess", "glue:GetConnection", "kms:Decrypt"} <= actions(bucket.session_role)  # fmt: skip
    assert any("DATA_LOCATION_ACCESS" in note for note in bucket.notes)
    assert not any("where Lake Formation governs" in note for note in bucket.notes)
    (note,) = (each for each in plain.notes if "where Lake Formation governs" in each)
    assert "the caller lakeformation:GetDataAccess and lakeformation:BatchGrantPermissions" in note
    switched = policies(use_interactive_session_role_for_api_calls=True)
    assert not any("BatchGrantPermissions" in each for each in switched.notes)
    names = [each["Sid"] for document in bucket[:2] for each in document["Statement"]]
    assert all(name.isalnum() for name in names)
    json.dumps(bucket.to_dict())


def test_functions_go_with_a_database_and_spark_makes_the_default_one() -> None:
    plain = policies()
    by_sid = {each["Sid"]: each for each in plain.session_role["Statement"]}
    glue = "arn:aws:glue:us-east-1:123456789012"
    assert by_sid["DefaultDatabase"]["Action"] == ["glue:CreateDatabase"]
    assert by_sid["DefaultDatabase"]["Resource"] == [f"{glue}:catalog", f"{glue}:database/default"]
    assert f"{glue}:userDefinedFunction/raw/*" in by_sid["ReadDatabases"]["Resource"]
    for document in plain[:2]:
        written = next(each for each in document["Statement"] if each["Sid"] == "WriteDatabases")
        assert any(":userDefinedFunction/" in each for each in written["Resource"])
    nothing_read = policies(
        iam.uses_of(["parquet"], ["shop"], [], ["s3://b/p"], lake_formation=False)
    )
    assert "ReadDatabases" not in {each["Sid"] for each in nothing_read.caller["Statement"]}


# The whole of it


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(
        json.dumps({"shop": {"target": "dev", "outputs": {"dev": PROFILE}}})
    )
    (tmp_path / "models" / "m.sql").write_text(
        "{{ config(materialized='incremental', file_format=var('format')) }} select 1 as id"
    )
    return tmp_path


def report(root: Path, *said: str) -> dict[str, Any]:
    lines: list[str] = [*said]
    return project_report(root, ProfileChoice(), offline=True, tell=lines.append)


def test_hooks_in_yaml(project: Path) -> None:
    with (project / "dbt_project.yml").open("a") as file:
        file.write('on-run-end: "{% do adapter.glue_rename_relation(a, b) %}"\n')
    (found,) = (
        each for each in report(project)["findings"] if each["about"].startswith("adapter.")
    )
    assert (found["where"], found["line"]) == ("dbt_project.yml", 4)
    text = (project / "dbt_project.yml").read_text()
    edited = applied(text, [tuple(edit) for edit in found["fix"]["edits"]])
    assert "{% do adapter.rename_relation(a, b) %}" in edited


def test_what_dbt_resolved_counts(project: Path) -> None:
    """A manifest, whichever adapter's run wrote it: configs, schema and alias that only Jinja tells."""
    node = {
        "resource_type": "model", "package_name": "shop", "name": "m", "schema": "dbt_demo_x", "alias": "m",
        "config": {"materialized": "incremental", "file_format": "hudi", "unique_key": "id", "enabled": True},
    }  # fmt: skip
    (project / "target").mkdir()
    manifest = {"nodes": {"model.shop.m": node}, "sources": {}, "disabled": {}}
    (project / "target" / "manifest.json").write_text(json.dumps(manifest))
    found = report(project)
    assert found["manifest"] is True
    assert [each["what"] for each in found["unseen"]] == ["the Data Catalog and S3"]
    # Hudi upserts in both.
    assert [each["about"] for each in found["findings"]] == ["query-comment"]
    written = found["policies"]["caller"]["Statement"][2]["Resource"]
    assert "arn:aws:glue:us-east-1:123456789012:table/dbt_demo_x/*" in written


def test_what_cannot_be_seen_is_told(project: Path) -> None:
    unseen = {each["what"]: each for each in report(project)["unseen"]}
    assert set(unseen) == {"file_format of models/m.sql", "the Data Catalog and S3"}
    assert unseen["file_format of models/m.sql"]["next"] == "dbt parse"
    (project / "profiles.yml").unlink()
    assert "the profile" in {each["what"] for each in report(project)["unseen"]}


def test_a_project_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        report(tmp_path)


def test_the_page_of_permissions_is_what_the_code_says() -> None:
    assert iam_page.PAGE.read_text(encoding="utf-8") == iam_page.page(), (
        "run python -m tools.iam_page"
    )
