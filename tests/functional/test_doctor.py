"""`dbt-glue doctor` over a Data Catalog and buckets as dbt-glue leaves them: it lists, and changes nothing. No Spark is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.process.client import ensure_endpoint, status, stop

from tests.local_target import client_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "dbt-glue-local"
VERSION = "v20260101T000000_0123abcd"
ICEBERG = "materialized='incremental', incremental_strategy='merge', unique_key='id', file_format='iceberg'"
FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
    "profiles.yml": "shop: {target: local, outputs: {local: {type: glue, endpoint: local, schema: shop, glue_version: '5.0'}}}\n",
    "models/grows.sql": "{{ config(materialized='incremental') }} select 1 as id",
    "models/moved.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/outer.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/lake.sql": f"{{{{ config({ICEBERG}) }}}} select 1 as id",
    "models/merged.sql": f"{{{{ config({ICEBERG}, custom_temp_suffix='new') }}}} select 1 as id",
    "models/unnamed.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/elsewhere.sql": "{{ config(materialized='table', schema=var('who')) }} select 1 as id",
}
TABLES = {
    "grows": ("grows", "parquet"),
    "moved": (f"moved/{VERSION}", "parquet"),
    "outer": (f"outer/{VERSION}", "parquet"),
    "inner": ("outer/inner", "parquet"),
    "lake": ("lake", "iceberg"),
    "lake_tmp": ("lake_tmp", "iceberg"),
    "merged": ("merged", "iceberg"),
    "unnamed": ("unnamed", "iceberg"),
}
"""Their folders, and formats."""
OBJECTS = {
    "grows/part-0": 3,
    "moved/part-0": 5,
    "moved/day=1/part-1": 7,
    "moved/vital/part-2": 1,
    f"moved/{VERSION}/part-3": 11,
    "moved_again/part-4": 13,
    "outer/part-5": 17,
    "merged_new/metadata/a": 19,
    "lake_tmp/data/b": 23,
}
"""Their sizes in bytes."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    handle = ensure_endpoint(folder / ".dbt-glue")
    keys = client_parameters(handle)
    glue: Any = boto3.client("glue", **keys)
    glue.create_database(DatabaseInput={"Name": "shop"})
    for name, (place, kind) in TABLES.items():
        location = f"s3://{BUCKET}/warehouse/shop/{place}"
        parameters = {"table_type": "ICEBERG"} if kind == "iceberg" else {"classification": kind}
        storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": location}
        table = {"Name": name, "StorageDescriptor": storage, "Parameters": parameters}
        glue.create_table(DatabaseName="shop", TableInput={**table, "TableType": "EXTERNAL_TABLE"})
    s3: Any = boto3.client("s3", **keys)
    for key, size in OBJECTS.items():
        s3.put_object(Bucket=BUCKET, Key=f"warehouse/shop/{key}", Body=b"x" * size)
    yield folder
    stop(folder / ".dbt-glue")


@pytest.fixture(scope="module")
def report(shop: Path) -> dict[str, Any]:
    program = Path(sys.executable).with_name("dbt-glue")
    done = subprocess.run(
        [str(program), "doctor", "--profiles-dir", str(shop), "--output-format", "json"],
        cwd=shop,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_files_beside_the_versions_are_counted(report: dict[str, Any]) -> None:
    root = f"s3://{BUCKET}/warehouse/shop"
    assert report["files"] == [
        {
            "table": "shop.merged_new",
            "folder": f"{root}/merged_new",
            "files": 1,
            "size": 19,
            "remove": f"aws s3 rm {root}/merged_new/ --recursive --dryrun",
        },
        {
            "table": "shop.moved",
            "folder": f"{root}/moved",
            "files": 3,
            "size": 13,
            "remove": f"aws s3 rm {root}/moved/ --recursive --exclude 'v[0-9]*T*_*/*' --exclude '_dbt_glue_replaced/*' --dryrun",
        },
    ]


def test_tables_that_stop_a_run_or_were_left(report: dict[str, Any]) -> None:
    found = {
        (each["where"], each["about"]): each
        for each in report["findings"]
        if each["level"] in ("error", "change")
    }
    assert found.keys() == {
        ("dbt_project.yml", "incremental_strategy"),
        ("models/grows.sql", "strategy"),
        ("models/lake.sql", "iceberg_expire_snapshots"),
        ("models/lake.sql", "temporary table"),
        ("models/merged.sql", "iceberg_expire_snapshots"),
        ("models/unnamed.sql", "file_format"),
    }
    stops = found["models/grows.sql", "strategy"]
    assert stops["level"] == "error"
    assert "shop.grows is there, was made by another tool" in stops["said"]
    assert "(insert_overwrite in dbt-glue, append here)" in stops["said"]
    left = found["models/lake.sql", "temporary table"]
    assert left["next"] == "aws glue delete-table --database-name shop --name lake_tmp"
    assert found["models/unnamed.sql", "file_format"]["level"] == "error"


def test_a_table_whose_schema_nobody_knows_is_told(report: dict[str, Any]) -> None:
    unseen = [each["what"] for each in report["unseen"]]
    assert unseen == [
        "schema of models/elsewhere.sql",
        "what models/elsewhere.sql build",
    ]


def test_nothing_is_run_and_nothing_goes(shop: Path, report: dict[str, Any]) -> None:
    del report
    state = status(shop / ".dbt-glue")
    assert state is not None
    assert state["spark"] == "idle"
    folder = shop / ".dbt-glue" / "s3" / BUCKET / "warehouse" / "shop"
    assert {key: (folder / key).stat().st_size for key in OBJECTS} == OBJECTS
