"""What a recording keeps of calls: their shape, and nothing of the user's."""

from __future__ import annotations

import json
import random
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.loaders
import botocore.model
import pytest
from glue_compiler.program.transport import FRAME, call_statements, sql_request
from hypothesis import given
from hypothesis import strategies as st

from dbt.adapters.glue.recording.scrubbing import Scrubber, unpacked
from dbt.adapters.glue.sessions.kept import marked
from tests.unit.adapter.scripted_glue import Glue, clients

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = ("glue", "lakeformation", "sts", "s3", "s3tables")
WORDS = st.text(string.ascii_letters, min_size=6, max_size=20).map(lambda text: f"Zq{text}")


def operations() -> Iterator[tuple[str, Any]]:
    for service in SERVICES:
        loaded = botocore.loaders.Loader().load_service_model(service, "service-2")
        model = botocore.model.ServiceModel(loaded, service)
        for name in model.operation_names:
            yield name, model.operation_model(name)


def filled(shape: Any, secrets: list[str], dice: random.Random, depth: int = 0) -> Any:
    """A value of a shape in which every text is a secret of some form."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members if depth < 5 else {}
        return {name: filled(inner, secrets, dice, depth + 1) for name, inner in members.items()}
    if kind == "list":
        return [filled(shape.member, secrets, dice, depth + 1)] if depth < 6 else []
    if kind == "map":
        key = dice.choice([*secrets, "spark.sql.sources.schema", "comment", "--conf"])
        return {key: filled(shape.value, secrets, dice, depth + 1)} if depth < 6 else {}
    if kind == "string" and not shape.enum:
        secret = dice.choice(secrets)
        forms = (
            "{0}",
            "s3://{0}/{0}/x={0}",
            "arn:aws:iam::123456789012:role/{0}",
            "{0}__dbt_new",
            "123456789012",
            "arn:aws:glue:eu-west-1:123456789012:table/{0}/{0}",
            "struct<{0}:int>",
            "AKIAZQ{0}",
            "{0} 123456789012",
            "select '{0}'",
            "{0}.{0}",
            "--{0}=1",
            "org.{0}",
            "org.apache.{0}",
            "org.apache.hadoop.hive.ql.io.{0}InputFormat",
            "com.amazon.{0}",
            "io.delta.{0}",
            "parquet{0}",
            "parquet.{0}",
            '{{"fields": [{{"name": "{0}", "type": "{0}"}}]}}',
        )
        return dice.choice(forms).format(secret)
    return {"integer": 1, "long": 1, "boolean": True, "double": 1.5, "float": 1.5}.get(
        kind, secrets[0]
    )


@given(st.lists(WORDS, min_size=3, max_size=5), st.integers(0, 2**32))
def test_nothing_of_the_user_survives(secrets: list[str], seed: int) -> None:
    dice = random.Random(seed)
    name, model = dice.choice(ALL)
    scrubber = Scrubber()
    given = filled(model.input_shape, secrets, dice) if model.input_shape else {}
    answered = filled(model.output_shape, secrets, dice) if model.output_shape else {}
    told = [
        scrubber.parameters(model.input_shape, given),
        scrubber.parameters(model.output_shape, answered),
    ]
    message = f"User: arn:aws:sts::123456789012:assumed-role/{secrets[0]}/x is not {secrets[1]}, '{secrets[2]}'"
    told.append(scrubber.error("AccessDeniedException", message))
    told.append(scrubber.error(secrets[0] + " 1", secrets[1]))
    text = json.dumps(told)
    for secret in secrets:
        assert secret.lower() not in text.lower(), name
    assert "123456789012" not in text
    assert "AKIA" not in text


ALL = list(operations())


@given(st.lists(WORDS, min_size=4, max_size=6))
def test_no_row_code_or_output_survives(secrets: list[str]) -> None:
    one, two, three, four = secrets[:4]
    scrubber = Scrubber()
    framed = {
        "schema": {
            "type": "struct",
            "fields": [{"name": one, "type": "integer", "metadata": {"comment": two}}],
        },
        "rows": [[three, 4711], [four, None]],
        "warnings": [three],
        "columns": [{"error": {"type": f"{one}Exception", "sqlstate": f"{two}Error"}}],
        "error": {
            "type": "AnalysisException",
            "message": four,
            "error_class": "TABLE_NOT_FOUND",
            "traceback": two,
        },
        one: {two: 4711},
    }
    output = f"{three} printed\n{FRAME.format(nonce='0' * 16)}{json.dumps(framed)}"
    statement = {
        "Statement": {
            "Id": 3,
            "Code": f"print('{four}')",
            "Output": {"Data": {"TextPlain": output}},
        }
    }
    (_, get), (_, run) = (
        next(pair for pair in ALL if pair[0] == n) for n in ("GetStatement", "RunStatement")
    )
    told = scrubber.parameters(get.output_shape, statement)
    (code,) = call_statements(
        "sql", sql_request(f"select '{one}' from x location 's3://{two}/{three}'"), "0" * 16
    )
    asked = scrubber.parameters(run.input_shape, {"SessionId": four, "Code": code})
    text = json.dumps([told, asked])
    for secret in (*secrets, "4711"):
        assert secret.lower() not in text.lower()
    kept = json.loads(told["Statement"]["Output"]["Data"]["TextPlain"].partition("<<dbt-glue>>")[2])
    assert kept["rows"] == [[None, None], [None, None]]
    assert kept["schema"]["fields"][0]["type"] == "integer"
    assert (kept["error"]["type"], kept["error"]["error_class"]) == (
        "AnalysisException",
        "TABLE_NOT_FOUND",
    )
    assert re.fullmatch(r"<code of \d+ characters sql s3://bucket1/name\d+>", asked["Code"])


def test_names_stay_the_same_ones() -> None:
    scrubber = Scrubber()
    (_, get), (_, update) = (
        next(pair for pair in ALL if pair[0] == n) for n in ("GetTable", "UpdateTable")
    )
    first = scrubber.parameters(
        get.input_shape, {"DatabaseName": "shop", "Name": "orders__dbt_new"}
    )
    own = scrubber.parameters(get.input_shape, {"Name": "orders__dbt_new_0123abcd"})
    assert own == {"Name": "name2__dbt_new_name3"}
    table = {"Name": "orders", "StorageDescriptor": {"Location": "s3://b/shop/orders"}}
    second = scrubber.parameters(update.input_shape, {"DatabaseName": "shop", "TableInput": table})
    assert first == {"DatabaseName": "name1", "Name": "name2__dbt_new"}
    assert second == {
        "DatabaseName": "name1",
        "TableInput": {
            "Name": "name2",
            "StorageDescriptor": {"Location": "s3://bucket1/name1/name2"},
        },
    }
    told = scrubber.error("EntityNotFoundException", "Table orders not found in database shop: Bob")
    assert told["message"] == "Table name2 not found in database name1 …"


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ([sys.executable, "-c", "raise SystemExit(7)"], 7, "nothing was recorded"),
        (["no-such-command-here"], 127, "cannot be started"),
    ],
)
def test_the_command_ends_as_what_it_runs(
    tmp_path: Path, command: list[str], status: int, said: str
) -> None:
    program = str(Path(sys.executable).with_name("dbt-glue"))
    ran = subprocess.run(
        [program, "record", "--", *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, said in ran.stderr) == (status, True), ran.stderr
    (tmp_path / "dbt-glue-recording.jsonl").touch()
    again = subprocess.run(
        [program, "record", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_classes_of_hive_stay_where_a_table_names_them() -> None:
    scrubber = Scrubber()
    (update,) = (model for name, model in ALL if name == "UpdateTable")
    known = {
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
        },
    }
    own = {"InputFormat": "com.acme.payroll.SecretInputFormat"}
    named = {"Name": "parquet_acme_payroll", "Owner": known["InputFormat"]}
    told = [
        scrubber.parameters(
            update.input_shape, {"DatabaseName": "x", "TableInput": {**named, "StorageDescriptor": storage}}
        )["TableInput"]
        for storage in (known, own)
    ]  # fmt: skip
    assert told[0]["StorageDescriptor"] == known
    text = json.dumps(told).lower()
    assert "acme" not in text
    assert "secret" not in text
    assert told[0]["Owner"] != known["InputFormat"]


def test_a_statement_of_a_kept_session_is_told_as_any_other() -> None:
    (code,) = call_statements("sql", sql_request("create table x location 's3://b/y'"), "0" * 16)
    kept = marked(code, "k0123abcd")
    assert '"nonce":"0000000000000000"' in unpacked(kept)
    told = Scrubber().code(kept)
    assert re.fullmatch(r"<code of \d+ characters sql s3://bucket1/name1>", told)
    assert unpacked(code + "# another comment\n") == ""


def test_a_call_that_cannot_be_told_is_made_all_the_same(
    glue: Glue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "recording.jsonl"
    monkeypatch.setenv("DBT_GLUE_RECORD", str(file))
    client = clients(glue).catalog
    schema = {"spark.sql.sources.schema": "[" * 100_000}
    glue.script["GetTable"] = [
        {"Table": {"Name": "x", "Parameters": schema}},
        {"Table": {"Name": "y"}},
    ]
    assert client.get_table(DatabaseName="d", Name="x")["Table"]["Parameters"] == schema
    assert client.get_table(DatabaseName="d", Name="y")["Table"]["Name"] == "y"
    table = {"Name": "z", "Parameters": schema}
    client.create_table(DatabaseName="d", TableInput=table)
    _, *told = map(json.loads, file.read_text().splitlines())
    assert [(each["n"], each["operation"]) for each in told] == [(2, "GetTable")]


ONE_CALL = """
import sys
from types import SimpleNamespace
from tests.unit.adapter.scripted_glue import clients
clients(SimpleNamespace(url=sys.argv[1])).catalog.get_table(DatabaseName="d", Name=sys.argv[2])
"""


def test_each_process_has_a_recording_of_its_own(glue: Glue, tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("dbt-glue"))
    (tmp_path / "both.py").write_text(
        "import subprocess, sys\n"
        "for name in ('one', 'two'):\n"
        f"    subprocess.run([sys.executable, '-c', {ONE_CALL!r}, {glue.url!r}, name], check=True)\n"
    )
    (tmp_path / "r-2.jsonl").write_text("of an earlier one\n")
    glue.script["GetTable"] = [{"Table": {"Name": "x"}}]
    ran = subprocess.run(
        [program, "record", "--output", str(tmp_path / "r.jsonl"), "--", sys.executable, str(tmp_path / "both.py")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    for name in ("r.jsonl", "r-3.jsonl"):
        head, call = map(json.loads, (tmp_path / name).read_text().splitlines())
        assert (head["recording"], call["n"], call["parameters"]["Name"]) == (1, 1, "name2")
        assert name in ran.stderr
    assert (tmp_path / "r-2.jsonl").read_text() == "of an earlier one\n"
    assert "2 calls in 2 files" in ran.stderr
