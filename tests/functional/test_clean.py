"""`dbt-glue clean` over a Data Catalog and a bucket with all that runs can leave: what goes, what stays, and why. No Spark is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.process.client import ensure_endpoint, status, stop

from dbt.adapters.glue.appends import INTO
from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.sessions.runs import Run
from dbt.adapters.glue.staged_tables import OWNER
from dbt.adapters.glue.switch_steps import LOCK, MARK
from dbt.adapters.glue.versions import MARKS, mark_of, new_version, owner_hash
from tests.local_target import client_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "dbt-glue-local"
FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
    "profiles.yml": "shop: {target: local, outputs: {local: {type: glue, endpoint: local, schema: shop}}}\n",
    "models/orders.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/moved.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/viewed.sql": "select 1 as id",
}
DEAD = "r0dead0ed"


class Shop:
    """A project, its catalog and its bucket; `put` has a version written and gives its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        handle = ensure_endpoint(folder / ".dbt-glue")
        keys = client_parameters(handle)
        self.glue: Any = boto3.client("glue", **keys)
        self.s3: Any = boto3.client("s3", **keys)
        self.catalog = AwsClients(
            GlueCredentials(schema="shop", endpoint="local"), str(folder)
        ).catalog_name
        self.disk = folder / ".dbt-glue" / "s3" / BUCKET / "warehouse" / "shop"

    def owner(self, table: str) -> str:
        return owner_hash(self.catalog, "shop", table)

    def put(
        self,
        table: str,
        minutes: float,
        run: str | None = DEAD,
        owner: str | None = None,
        replaced: float | None = None,
        folder: str | None = None,
    ) -> str:
        """A version of a table that was begun some minutes ago, and `replaced` so many, where it was."""
        at = datetime.now(timezone.utc) - timedelta(minutes=minutes)
        whose = owner or self.owner(table)
        name = f"v{at:%Y%m%dT%H%M%S}" + new_version(whose if run else None, run)[16:]
        self.s3.put_object(
            Bucket=BUCKET, Key=f"warehouse/shop/{folder or table}/{name}/part", Body=b"12345"
        )
        if replaced is not None:
            mark = f"{folder or table}/{MARKS}/{mark_of(name, whose)}"
            self.s3.put_object(Bucket=BUCKET, Key=f"warehouse/shop/{mark}", Body=b"")
            then = time.time() - 60 * replaced
            os.utime(self.disk / mark, (then, then))
        return name

    def table(self, name: str, place: str, scheme: str = "s3", **parameters: str) -> None:
        location = f"{scheme}://{BUCKET}/warehouse/shop/{place}"
        storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": location}
        described = {"Name": name, "StorageDescriptor": storage, "Parameters": parameters}
        self.glue.create_table(
            DatabaseName="shop", TableInput={**described, "TableType": "EXTERNAL_TABLE"}
        )

    def clean(self, *options: str, denied: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs the command; on an endpoint that refuses an action, if one is `denied`."""
        program = Path(sys.executable).with_name("dbt-glue")
        variables = dict(os.environ)
        if denied is not None:
            statements = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
            statements.append({"Effect": "Deny", "Action": denied, "Resource": "*"})
            policy = self.folder / f"{denied.rpartition(':')[2]}.json"
            policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
            variables["DBT_GLUE_ENDPOINT_POLICY"] = str(policy)
        return subprocess.run(
            [str(program), "clean", "--profiles-dir", str(self.folder), *options],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def report(self, *options: str) -> dict[str, Any]:
        done = self.clean("--output-format", "json", *options)
        assert done.returncode == 0, done.stderr + done.stdout
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def files(self) -> list[str]:
        return sorted(
            str(each.relative_to(self.disk)) for each in self.disk.rglob("*") if each.is_file()
        )


def opened(folder: Path) -> Iterator[Shop]:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    shop = Shop(folder)
    shop.glue.create_database(DatabaseInput={"Name": "shop"})
    yield shop
    stop(folder / ".dbt-glue")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    yield from opened(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def empty_shop(tmp_path: Path) -> Iterator[Shop]:
    yield from opened(tmp_path)


def names(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["location"].rpartition("/")[2] for entry in entries}


def test_what_goes_and_what_stays(shop: Shop) -> None:
    run = Run()
    live = shop.put("orders", 100)
    shop.table("orders", f"orders/{live}")
    replaced = shop.put("orders", 500, replaced=90)
    recent = shop.put("orders", 400, replaced=10)
    unnoticed = shop.put("orders", 300)
    killed = shop.put("orders", -60)  # surely after the table was changed last
    unproven = shop.put("orders", 5)
    working = shop.put("orders", 5, run=run.word)
    theirs = shop.put("orders", 9000, owner=owner_hash("another", "shop", "orders"), replaced=8000)
    nameless = shop.put("orders", 9000, run=None)
    nameless_replaced = shop.put("orders", 9000, run=None, replaced=8000)
    staged = shop.put("orders", -60)
    shop.table("orders__dbt_new", f"orders/{staged}", **{OWNER: "shop.orders"})
    halfway, useless = shop.put("moved", 3), shop.put("moved", -60)
    for number, version in enumerate((halfway, useless)):
        parameters = {OWNER: "shop.moved", MARK: "shop.moved"}
        shop.table(f"moved__dbt_new_0000000{number}", f"moved/{version}", **parameters)
    added, complete, too_late = (
        shop.put("orders", 3000, folder=f"orders/{live}/_dbt_append") for _ in range(3)
    )
    for number, (version, into) in enumerate(((added, None), (complete, live), (too_late, recent))):
        more = {INTO: f"s3://{BUCKET}/warehouse/shop/orders/{into}"} if into else {}
        place = f"orders/{live}/_dbt_append/{version}"
        shop.table(f"orders__{number}__dbt_add", place, **{OWNER: "shop.orders"}, **more)
    rows = shop.put("orders", -60, folder=f"orders/{live}/_dbt_append")  # of which no table tells
    moved = shop.put("moved", 50, folder="moved__dbt_glue")
    shop.table("moved", f"moved__dbt_glue/{moved}", **{LOCK: "shop.moved__dbt_new_00000000"})
    shop.s3.put_object(Bucket=BUCKET, Key="warehouse/shop/moved/part-0", Body=b"1234567")
    was_table = shop.put("viewed", 700, replaced=650)
    of_no_model = shop.put("forgotten", 700)
    shop.s3.put_object(Bucket=BUCKET, Key="warehouse/shop/orders/notes/vital", Body=b"1")
    before = shop.files()

    shown = shop.report("--dry-run")
    assert shop.files() == before
    goes = {replaced, killed, nameless_replaced, staged, was_table, added, useless, too_late, rows}
    may_be_read = {unnoticed, unproven, of_no_model}
    assert names(shown["removed"]) == goes
    assert shown["dryRun"] is True
    why = {entry["location"].rpartition("/")[2]: entry["why"] for entry in shown["stays"]}
    others = {recent, working, theirs, nameless, halfway, complete}
    assert why.keys() == may_be_read | others
    assert all("may have been read until now" in why[each] for each in may_be_read)
    assert "replaced 10 min ago; stays 50 min more" in why[recent]
    assert "its run is at work" in why[working]
    assert "not provably" in why[theirs]
    assert "not provably" in why[nameless]
    assert "the next run of its model completes it" in why[halfway]
    ours = {entry["location"].rpartition("/")[2]: entry for entry in shown["removed"]}
    assert (ours[replaced]["files"], ours[replaced]["size"], ours[replaced]["table"]) == (
        1,
        5,
        "shop.orders",
    )
    assert "replaced 90 min ago" in ours[replaced]["why"]
    not_ours = {entry["table"]: (entry["files"], entry["size"]) for entry in shown["notOurs"]}
    assert not_ours == {"shop.moved": (1, 7), "shop.orders": (1, 1)}

    done = shop.clean()
    assert done.returncode == 0, done.stderr
    assert (
        f"removed  version s3://{BUCKET}/warehouse/shop/orders/{replaced}: 1 files, 5 bytes"
        in done.stdout
    )
    assert done.stdout.endswith("9 things removed (45 bytes), 9 stay.\n")
    expected = [name for name in before if not goes & set(name.replace("-", "/").split("/"))]
    expected = [n for n in expected if f"{MARKS}/{nameless_replaced}" not in n]
    marks = [f"orders/{MARKS}/{unnoticed}", f"orders/{MARKS}/{unproven}"]
    assert shop.files() == sorted([*expected, *marks, f"forgotten/{MARKS}/{of_no_model}"])
    assert [t["Name"] for t in shop.glue.get_tables(DatabaseName="shop")["TableList"]] == [
        "moved",
        "moved__dbt_new_00000000",
        "orders",
        "orders__1__dbt_add",
    ]

    # Nothing is left to be done; but who says so need not wait.
    assert shop.report()["removed"] == []
    assert names(shop.report("--select", "mov*", "--older-than", "0")["removed"]) == set()
    assert names(shop.report("--select", "orders", "--older-than", "0")["removed"]) == {
        recent,
        unnoticed,
        unproven,
    }
    run.end()
    assert names(shop.report("--older-than", "0")["removed"]) == {working, of_no_model}
    state = status(shop.folder / ".dbt-glue")
    assert state is not None
    assert state["spark"] == "idle"


def test_what_names_nothing_is_told(shop: Shop) -> None:
    report = shop.report("--select", "nobody", "--dry-run")
    assert report["removed"] == []
    assert [each["what"] for each in report["unseen"]] == ["nobody"]


def test_what_cannot_be_looked_at_is_no_success(shop: Shop, tmp_path: Path) -> None:
    done = shop.clean("--project-dir", str(tmp_path))
    assert done.returncode == 2
    assert "there is no dbt_project.yml" in done.stderr
    done = shop.clean("--target", "prod")
    assert done.returncode == 2
    assert "prod" in done.stderr


def test_the_same_place_may_be_spelled_otherwise(empty_shop: Shop) -> None:
    """A profile that says s3a:// from now on, over tables that the Data Catalog has at s3://."""
    live = {
        table: empty_shop.put(table, 100, replaced=replaced)
        for table, replaced in (("orders", None), ("moved", 90.0))
    }
    empty_shop.table("orders", f"orders/{live['orders']}")
    empty_shop.table("moved", f"moved/{live['moved']}", scheme="s3n")
    profile = empty_shop.folder / "profiles.yml"
    location = f"location: 's3a://{BUCKET}/warehouse'"
    profile.write_text(profile.read_text().replace("schema: shop", f"schema: shop, {location}"))
    before = empty_shop.files()
    for _ in range(2):
        report = empty_shop.report("--older-than", "0")
        assert (report["removed"], report["stays"]) == ([], [])
        assert empty_shop.files() == before

    # Files of another table are none that anybody is told to remove.
    empty_shop.s3.put_object(Bucket=BUCKET, Key="warehouse/shop/orders/inner/part", Body=b"1")
    assert [e["table"] for e in empty_shop.report()["notOurs"]] == ["shop.orders"]
    empty_shop.table("inner", "orders/inner")
    assert empty_shop.report()["notOurs"] == []


def test_what_an_iceberg_table_may_be_made_of_stays(empty_shop: Shop) -> None:
    """Its location was changed: its data files are where they were, and its next snapshot's are elsewhere."""
    first, replaced = empty_shop.put("orders", 500), empty_shop.put("orders", 700, replaced=600)
    metadata = f"s3://{BUCKET}/elsewhere/metadata/7.json"
    parameters = {"table_type": "ICEBERG", "metadata_location": metadata}
    empty_shop.table("orders", "elsewhere", **parameters)
    report = empty_shop.report("--older-than", "0")
    assert names(report["removed"]) == {replaced}
    assert names(report["stays"]) == {first}
    assert "the files of iceberg may lie anywhere" in report["stays"][0]["why"]
    assert [each for each in empty_shop.files() if first in each] == [f"orders/{first}/part"]


def test_a_late_call_of_the_run_whose_table_was_forgotten_is_refused(empty_shop: Shop) -> None:
    live, staged = empty_shop.put("orders", 100), empty_shop.put("orders", 50)
    empty_shop.table("orders", f"orders/{live}")
    empty_shop.table("orders__dbt_new_01234567", f"orders/{staged}", **{OWNER: "shop.orders"})
    seen = empty_shop.glue.get_table(DatabaseName="shop", Name="orders")["Table"]
    assert names(empty_shop.report()["removed"]) == {staged}
    late = {key: seen[key] for key in ("Name", "TableType", "StorageDescriptor", "Parameters")}
    with pytest.raises(empty_shop.glue.exceptions.ConcurrentModificationException):
        empty_shop.glue.update_table(
            DatabaseName="shop", TableInput=late, VersionId=seen["VersionId"]
        )


def test_a_run_of_which_nothing_is_known_may_be_at_work_as_long_as_a_query_may(
    empty_shop: Shop,
) -> None:
    versions = [empty_shop.put("orders", days * 1440, run="k0dead0ed") for days in (2, 2, 5, 5)]
    for version in versions[::2]:
        name = f"orders__dbt_new_{version[17:25]}"
        empty_shop.table(name, f"orders/{version}", **{OWNER: "shop.orders"})
    profile = empty_shop.folder / "profiles.yml"
    timeout = f"query_timeout_in_minutes: {3 * 1440}"
    profile.write_text(profile.read_text().replace("schema: shop", f"schema: shop, {timeout}"))
    report = empty_shop.report("--older-than", "0")
    assert names(report["removed"]) == set(versions[2:])
    assert names(report["stays"]) == set(versions[:2])


def test_a_schema_may_have_capital_letters(empty_shop: Shop) -> None:
    staged = empty_shop.put("orders", 50)
    empty_shop.table("orders__dbt_new_01234567", f"orders/{staged}", **{OWNER: "shop.orders"})
    profile = empty_shop.folder / "profiles.yml"
    profile.write_text(profile.read_text().replace("schema: shop", "schema: Shop"))
    assert names(empty_shop.report()["removed"]) == {staged}


def test_a_staged_table_may_point_at_data_that_is_not_its_own(empty_shop: Shop) -> None:
    theirs = empty_shop.put("orders", 50, owner=owner_hash("another", "shop", "orders"))
    empty_shop.table("orders__dbt_new_01234567", f"orders/{theirs}", **{OWNER: "shop.orders"})
    empty_shop.report("--older-than", "0")
    assert empty_shop.files() == [f"orders/{theirs}/part"]
    assert empty_shop.glue.get_tables(DatabaseName="shop")["TableList"] == []


def test_what_was_not_done_is_no_success(empty_shop: Shop) -> None:
    live, unmarked = empty_shop.put("orders", 500), empty_shop.put("orders", 400)
    empty_shop.table("orders", f"orders/{live}")
    done = empty_shop.clean("--output-format", "json", denied="s3:PutObject")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert (report["removed"], report["stays"], names(report["failed"])) == ([], [], {unmarked})
    assert "AccessDenied" in report["failed"][0]["why"]

    mark = f"orders/{MARKS}/{mark_of(new_version(empty_shop.owner('orders'), DEAD), '')}"
    empty_shop.disk.joinpath(mark).parent.mkdir()
    empty_shop.disk.joinpath(mark).touch()
    done = empty_shop.clean("--output-format", "json", denied="s3:DeleteObject")
    assert done.returncode == 1, done.stderr
    (failed,) = json.loads(done.stdout)["failed"]
    assert (failed["kind"], failed["table"]) == ("mark", "shop.orders")
    assert failed["location"].endswith(mark)

    done = empty_shop.clean(denied="s3:ListBucket")
    assert done.returncode == 2
    assert "none of the places of the project's tables can be listed" in done.stderr
    assert f"not seen: s3://{BUCKET}/warehouse/shop/orders: " in done.stdout


def test_rows_that_were_partitions_of_a_table_stay_for_those_who_read_it(empty_shop: Shop) -> None:
    """An append was cut short after it had added its partitions, and then the table was replaced as a whole."""
    live, rows = empty_shop.put("orders", 50), empty_shop.put("orders", 100)
    empty_shop.table("orders", f"orders/{live}")
    into = f"s3://{BUCKET}/warehouse/shop/orders/{new_version()}"
    storage = {"Columns": [], "Location": f"s3://{BUCKET}/warehouse/shop/orders/{rows}"}
    staged = {
        "Name": "orders__0__dbt_add",
        "StorageDescriptor": storage,
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "Parameters": {OWNER: "shop.orders", INTO: into},
    }
    empty_shop.glue.create_table(DatabaseName="shop", TableInput=staged)
    report = empty_shop.report()
    assert [each["kind"] for each in report["removed"]] == ["staged table"]
    assert names(report["stays"]) == {rows}
    assert empty_shop.files() == sorted(
        [f"orders/{MARKS}/{rows}", f"orders/{live}/part", f"orders/{rows}/part"]
    )
    assert names(empty_shop.report("--older-than", "0")["removed"]) == {rows}
