"""What the Data Catalog answers, it answers at once: these commands start no Spark, on an endpoint that has none yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.process.client import ensure_endpoint, status, stop

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.credentials import GlueCredentials

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent
PROJECT = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
    "models/lines.sql": "{{ config(materialized='table') }} select id from {{ source('raw', 'orders') }}",
    "models/grows.sql": "{{ config(materialized='incremental') }} select * from {{ ref('lines') }}"
    "{% if is_incremental() %} where id > 1 {% endif %}",
    "models/python.py": "def model(dbt, session):\n    return dbt.ref('lines')\n",
    "seeds/prices.csv": "id,price\n1,2.5\n",
    "models/sources.yml": """
version: 2
sources:
  - name: raw
    config:
      freshness: {warn_after: {count: 1, period: day}}
    tables: [{name: orders}, {name: days}, {name: ORDERS_AGAIN, identifier: Orders}]
  - {name: as_in_dbt_glue, database: raw, schema: raw, tables: [{name: orders}]}
""",
    "profiles.yml": "shop: {target: local, outputs: {local: {type: glue, endpoint: local, schema: shop}}}\n",
}
COMMANDS = {
    "ls": ["dbt", "ls"],
    "parse": ["dbt", "parse"],
    "compile": ["dbt", "compile"],
    "docs": ["dbt", "docs", "generate"],
    "docs of sources": ["dbt", "docs", "generate", "--no-compile", "--select", "source:*"],
    "schema": ["dbt-glue", "schema", "raw.orders"],
    "check": ["dbt-glue", "check"],
}


class Cold:
    """A project with an endpoint of its own, in which no session was ever made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".dbt-glue"
        for name, text in PROJECT.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        handle = ensure_endpoint(self.state)
        self.client: Any = boto3.client(
            "glue",
            endpoint_url=handle.url,
            region_name="us-east-1",
            aws_access_key_id=handle.access_key_id,
            aws_secret_access_key=handle.secret_access_key,
        )
        self.client.create_database(DatabaseInput={"Name": "raw"})
        storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://raw/orders"}
        self.client.create_table(
            DatabaseName="raw", TableInput={"Name": "orders", "StorageDescriptor": storage}
        )
        self.client.create_table(
            DatabaseName="raw",
            TableInput={
                "Name": "days",
                "StorageDescriptor": storage,
                "PartitionKeys": [{"Name": "day", "Type": "string"}],
            },
        )

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(BIN / program), *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
            env={**os.environ, "DBT_PROFILES_DIR": str(self.folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"},
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def spark(self) -> str:
        found = status(self.state)
        assert found is not None
        return str(found["spark"])


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cold]:
    project = Cold(tmp_path_factory.mktemp("shop"))
    yield project
    stop(project.state)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_spark_starts(cold: Cold, command: str) -> None:
    cold.run(*COMMANDS[command])
    assert cold.spark == "idle"


@pytest.mark.parametrize("switched", [False, True])
def test_the_catalog_is_written_by_the_caller_or_in_the_sessions_role(
    cold: Cold, switched: bool
) -> None:
    profile = GlueCredentials(
        schema="shop",
        endpoint="local",
        endpoint_dir=str(cold.state),
        use_interactive_session_role_for_api_calls=switched,
    )
    clients = AwsClients(profile)
    signed: list[str] = []
    clients.catalog.meta.events.register(
        "before-send.glue",
        lambda request, **_: signed.append(str(request.headers["Authorization"])),
    )
    name = f"switched_{switched}".lower()
    DataCatalog(lambda: clients.catalog).create_database(name, None)
    assert cold.client.get_database(Name=name)["Database"]["Name"] == name
    (made,) = signed
    assert (f"Credential={ensure_endpoint(cold.state).access_key_id}/" in made) is not switched


def test_sources_are_documented_however_their_database_is_written(cold: Cold) -> None:
    """dbt-glue's users write the schema once more, as `database`; dbt finds a table by all of its name."""
    cold.run("dbt", "docs", "generate", "--no-compile")
    sources = json.loads((cold.folder / "target" / "catalog.json").read_text())["sources"]
    assert {name: found["metadata"]["database"] for name, found in sources.items()} == {
        "source.shop.raw.orders": None,
        "source.shop.raw.ORDERS_AGAIN": None,
        "source.shop.raw.days": None,
        "source.shop.as_in_dbt_glue.orders": "raw",
    }
    cold.run("dbt", "docs", "generate", "--select", "source:as_in_dbt_glue")
    sources = json.loads((cold.folder / "target" / "catalog.json").read_text())["sources"]
    assert list(sources) == ["source.shop.as_in_dbt_glue.orders"]


def test_the_catalog_tells_how_fresh_sources_are(cold: Cold) -> None:
    table = cold.client.get_table(DatabaseName="raw", Name="days")["Table"]
    cold.client.create_partition(
        DatabaseName="raw",
        TableName="days",
        PartitionInput={"Values": ["2026-01-01"], "StorageDescriptor": {"Location": "s3://raw/1"}},
    )
    cold.run("dbt", "source", "freshness")
    assert cold.spark == "idle"
    results = json.loads((cold.folder / "target" / "sources.json").read_text())["results"]
    told = {item["unique_id"].rpartition(".")[2]: item for item in results}
    assert {item["status"] for item in told.values()} == {"pass"}
    assert set(told) == {"orders", "days", "ORDERS_AGAIN"}
    partitions = cold.client.get_partitions(DatabaseName="raw", TableName="days")["Partitions"]
    made = partitions[0]["CreationTime"].timestamp()
    assert made >= table["UpdateTime"].timestamp()
    assert told["days"]["max_loaded_at_time_ago_in_s"] >= 0
    assert _seconds(told["days"]["max_loaded_at"]) == pytest.approx(made, abs=0.001)


def test_many_tables_are_listed_and_few_are_asked_for(cold: Cold) -> None:
    calls: list[str] = []
    cold.client.create_database(DatabaseInput={"Name": "many"})
    names = {f"table_{number}" for number in range(120)}
    for name in names:
        cold.client.create_table(DatabaseName="many", TableInput={"Name": name})

    def count(model: Any, **_more: Any) -> None:
        calls.append(model.name)

    catalog = DataCatalog(lambda: cold.client)
    cold.client.meta.events.register("before-call.glue", count)
    try:
        assert {table["Name"] for table in catalog.tables_named("many", names)} == names
        assert calls == ["GetTables", "GetTables"]
        calls.clear()
        found = catalog.tables_named("many", {"table_7", "table_8", "nowhere"})
        assert [table["Name"] for table in found] == ["table_7", "table_8"]
        assert calls == ["GetTable"] * 3
    finally:
        cold.client.meta.events.unregister("before-call.glue", count)


def test_a_source_that_the_catalog_cannot_tell_of(cold: Cold) -> None:
    sources = cold.folder / "models" / "sources.yml"
    text = sources.read_text()
    sources.write_text(text.replace("{name: days}", "{name: days}, {name: nowhere}, {name: seen}"))
    view = {"Name": "seen", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "select 1"}
    cold.client.create_table(DatabaseName="raw", TableInput=view)
    try:
        with pytest.raises(AssertionError) as said:
            cold.run("dbt", "source", "freshness")
    finally:
        sources.write_text(text)
    assert "`raw`.`nowhere` is not in the Data Catalog" in str(said.value)
    assert "`raw`.`seen` is a view" in str(said.value)
    assert "give the source a `loaded_at_field`" in str(said.value)
    assert cold.spark == "idle"


def _seconds(moment: str) -> float:

    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
