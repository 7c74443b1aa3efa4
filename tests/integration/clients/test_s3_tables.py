"""Table buckets by the clients that teams use: Iceberg's GlueCatalog in a session, pyiceberg, and boto3."""

from __future__ import annotations

import ast
import time
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.buckets import Buckets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

ARN = "arn:aws:s3tables:us-east-1:000000000000:bucket/clients"
CATALOG = "000000000000:s3tablescatalog/clients"
CONF = {
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "spark.sql.catalog.bucket": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.bucket.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
    "spark.sql.catalog.bucket.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "spark.sql.catalog.bucket.glue.id": CATALOG,
    "spark.sql.catalog.bucket.warehouse": ARN,
}
"""As AWS's guide to Glue has it ("Running ETL jobs on Amazon S3 tables with AWS Glue")."""


@pytest.fixture(scope="module")
def run(client: Callable[[str], Any]) -> Iterator[Callable[[str], str]]:
    """`run(code)`: what a statement in a session with the table bucket `clients` prints, or its error's value."""
    client("s3tables").create_table_bucket(name="clients")
    glue = client("glue")
    glue.create_session(
        Id="s3-tables",
        Role="arn:aws:iam::000000000000:role/dbt",
        Command={"Name": "glueetl", "PythonVersion": "3"},
        GlueVersion="5.1",
        DefaultArguments={
            "--datalake-formats": "iceberg",
            "--conf": " --conf ".join(f"{key}={value}" for key, value in CONF.items()),
        },
    )

    def until(ask: Callable[[], Any], ended: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + 240
        while not ended(answer := ask()):
            assert time.monotonic() < deadline, answer
            time.sleep(0.05)
        return answer

    def run_code(code: str) -> str:
        number = glue.run_statement(SessionId="s3-tables", Code=code)["Id"]
        statement = until(
            lambda: glue.get_statement(SessionId="s3-tables", Id=number)["Statement"],
            lambda statement: statement["State"] in ("AVAILABLE", "ERROR", "CANCELLED"),
        )
        output = statement["Output"]
        return str(
            output["Data"]["TextPlain"] if output["Status"] == "ok" else output["ErrorValue"]
        )

    session = until(
        lambda: glue.get_session(Id="s3-tables")["Session"],
        lambda session: session["Status"] != "PROVISIONING",
    )
    assert session["Status"] == "READY", session
    yield run_code
    glue.delete_session(Id="s3-tables")


def sql(run: Callable[[str], str], *statements: str) -> None:
    for statement in statements:
        printed = run(f'_ = spark.sql("""{statement}""")')
        assert printed == "", printed


def rows(run: Callable[[str], str], query: str) -> Any:
    printed = run(f'print([list(row) for row in spark.sql("""{query}""").collect()])')
    assert printed.startswith("["), printed
    return ast.literal_eval(printed)


def refusal(run: Callable[[str], str], statement: str) -> str:
    printed = run(f'_ = spark.sql("""{statement}""")')
    assert printed, "it was not refused"
    return printed


@pytest.fixture(scope="module")
def shop(run: Callable[[str], str]) -> Callable[[str], str]:
    """The session, with the table `orders` in the namespace `shop`."""
    sql(
        run,
        "create namespace bucket.shop",
        "create table bucket.shop.orders using iceberg as select id, cast(id as string) name from range(3)",
    )
    return run


def test_a_table_in_a_session(shop: Callable[[str], str], client: Callable[[str], Any]) -> None:
    """Made, replaced, inserted into, merged into and widened by the published GlueCatalog and S3FileIO."""
    sql(
        shop,
        "create table bucket.shop.t (id bigint, name string) using iceberg partitioned by (bucket(2, id))",
        "insert into bucket.shop.t values (1, 'a'), (2, 'b')",
        "create or replace table bucket.shop.t using iceberg partitioned by (truncate(10, id)) "
        "as select 1L id, 'first' name union all select 2L, 'second'",
        "insert into bucket.shop.t values (3, 'third')",
        "merge into bucket.shop.t a using (select 2L id, 'two' name union all select 4L, 'four') b "
        "on a.id <=> b.id when matched then update set * when not matched then insert *",
        "alter table bucket.shop.t add column price double",
        "update bucket.shop.t set price = 0.5 where id = 4",
        "alter table bucket.shop.t drop column name",
    )
    expected = [[1, None], [2, None], [3, None], [4, 0.5]]
    assert rows(shop, "select * from bucket.shop.t order by id") == expected
    assert [1, "first"] in rows(
        shop, "select id, name from bucket.shop.t version as of "
        f"{rows(shop, 'select snapshot_id from bucket.shop.t.snapshots order by committed_at')[1][0]}",
    )  # fmt: skip
    found = client("glue").get_table(CatalogId=CATALOG, DatabaseName="shop", Name="t")["Table"]
    location = found["StorageDescriptor"]["Location"]
    assert location.endswith("--table-s3/t")
    [[file]] = rows(shop, "select min(file_path) from bucket.shop.t.files")
    assert file.startswith(f"{location}/data/")
    seen = client("s3tables").get_table(tableBucketARN=ARN, namespace="shop", name="t")
    assert seen["metadataLocation"] == found["Parameters"]["metadata_location"]
    assert location.partition("//")[2].partition("/")[0] not in [
        bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]
    ]


@pytest.mark.parametrize("purge", ["", " purge"])
def test_a_dropped_table_leaves_nothing(
    shop: Callable[[str], str], client: Callable[[str], Any], endpoint_dir: Path, purge: str
) -> None:
    sql(shop, "create table bucket.shop.gone using iceberg as select 1 id")
    found = client("glue").get_table(CatalogId=CATALOG, DatabaseName="shop", Name="gone")["Table"]
    folder = Buckets(endpoint_dir / "s3").path(found["StorageDescriptor"]["Location"])
    assert [path.suffix for path in folder.glob("data/*")] == [".parquet"]
    sql(shop, f"drop table bucket.shop.gone{purge}")
    assert not folder.parent.exists()
    assert ["gone"] not in [row[1:2] for row in rows(shop, "show tables in bucket.shop")]
    sql(shop, "create table bucket.shop.gone using iceberg as select 2 id")
    assert rows(shop, "select * from bucket.shop.gone") == [[2]]
    sql(shop, f"drop table bucket.shop.gone{purge}")


def test_names_of_both_catalogs_are_apart(shop: Callable[[str], str]) -> None:
    sql(
        shop,
        "create schema shop",
        "create table shop.orders using parquet as select 7L id",
    )
    joined = "select a.id, b.id from bucket.shop.orders a full join shop.orders b on a.id = b.id"
    assert rows(shop, f"{joined} order by a.id nulls last") == [
        [0, None], [1, None], [2, None], [None, 7],
    ]  # fmt: skip
    sql(shop, "drop table shop.orders", "drop schema shop")
    assert len(rows(shop, "select * from bucket.shop.orders")) >= 3


def test_what_is_refused(shop: Callable[[str], str]) -> None:
    made = "create table bucket.shop.mine (id bigint) using iceberg location 's3://clients/mine'"
    assert "S3 Tables manages where a table is" in refusal(shop, made)
    renamed = "alter table bucket.shop.orders rename to shop.other"
    assert "cannot be renamed" in refusal(shop, renamed)
    altered = "alter namespace bucket.shop set properties (a = 'b')"
    assert "cannot be altered" in refusal(shop, altered)
    placed = "create namespace bucket.there location 's3://clients/there'"
    assert "leave out the location" in refusal(shop, placed)
    assert "NamespaceNotEmptyException" in refusal(shop, "drop namespace bucket.shop")
    view = "create view bucket.shop.v as select 1 id"
    assert refusal(shop, view)
    assert rows(shop, "select count(*) from bucket.shop.orders") != [[0]]


def test_pyiceberg_from_outside(shop: Callable[[str], str], run_program: Any) -> None:
    found = run_program("s3_tables", CATALOG)
    assert ["shop", "orders"] in found["tables"]
    assert [row["id"] for row in found["orders"]][:3] == [0, 1, 2]
    assert found["own"] == [{"id": 1, "label": "one", "price": 9.5}]
    assert found["location"].endswith("--table-s3")
    assert "Cannot specify a location for S3 Tables" in found["refused"]
    assert "cannot be renamed" in found["rename"]
    assert ["shop", "own"] in found["left"]
    assert ["shop", "short"] not in found["left"]
    assert rows(shop, "select * from bucket.shop.own") == [[1, "one", 9.5]]
