"""s3:// on local disk: what Spark writes is where it should be, and nothing leads out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Driver
    from glue_endpoint.spark.host import SparkHost

pytestmark = pytest.mark.spark


@pytest.fixture
def bucket(spark_host: SparkHost) -> Path:
    return spark_host.buckets.root / "any-bucket"


def test_write_overwrite_and_read_in_a_bucket_nobody_registered(
    glue: Driver, session: str, bucket: Path
) -> None:
    for rows in (5, 6):
        glue.text(
            session, f"spark.range({rows}).write.mode('overwrite').parquet('s3://any-bucket/a/b')"
        )
        assert glue.text(session, "spark.read.parquet('s3://any-bucket/a/b').count()") == str(rows)
    files = sorted(file.name for file in (bucket / "a" / "b").iterdir())
    assert files[0] == "_SUCCESS"
    assert not [name for name in files if name.endswith(".crc")]


@pytest.mark.parametrize("scheme", ["s3a", "s3n"])
def test_the_schemes_are_one_store(glue: Driver, session: str, scheme: str) -> None:
    glue.text(session, "spark.range(4).write.mode('overwrite').parquet('s3://any-bucket/one')")
    assert glue.text(session, f"spark.read.parquet('{scheme}://any-bucket/one').count()") == "4"


def test_tables_with_a_location(glue: Driver, session: str, bucket: Path) -> None:
    glue.text(
        session,
        "spark.sql('create database if not exists st location \"s3://any-bucket/st\"')\n"
        "_ = spark.sql('create table st.t using parquet location \"s3://any-bucket/t\" as select 1 a')\n"
        "_ = spark.sql('create table st.managed using parquet as select 2 a')",
    )
    assert glue.text(session, "spark.table('st.t').collect()") == "[Row(a=1)]"
    assert list((bucket / "t").glob("*.parquet"))
    assert list((bucket / "st" / "managed").glob("*.parquet"))
    described = "{r[0]: r[1] for r in spark.sql('describe extended st.t').collect()}['Location']"
    assert glue.text(session, described) == "'s3://any-bucket/t'"
    glue.text(session, "_ = spark.sql('drop table st.t'); _ = spark.sql('drop table st.managed')")
    assert list((bucket / "t").glob("*.parquet")), "an external table keeps its data"
    assert not (bucket / "st" / "managed").exists()


def test_dynamic_partition_overwrite_keeps_the_other_partitions(
    glue: Driver, session: str, bucket: Path
) -> None:
    glue.text(
        session,
        "spark.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic')\n"
        "w = lambda df: df.write.partitionBy('p').mode('overwrite').parquet('s3://any-bucket/part')\n"
        "w(spark.range(4).selectExpr('id', 'id % 2 p')); w(spark.range(1).selectExpr('id', '0L p'))",
    )
    assert glue.text(session, "spark.read.parquet('s3://any-bucket/part').count()") == "3"
    assert sorted(f.name for f in (bucket / "part").glob("p=*")) == ["p=0", "p=1"]


def test_odd_keys(glue: Driver, session: str, bucket: Path) -> None:
    code = (
        "spark.range(1).selectExpr('id', \"'a b/ü%:=' p\").write.mode('overwrite')"
        ".partitionBy('p').csv('s3://any-bucket/odd key/ä')\n"
        "spark.read.csv('s3://any-bucket/odd key/ä').collect()"
    )
    assert glue.text(session, code) == "[Row(_c0='0', p='a b/ü%:=')]"
    assert (bucket / "odd key" / "ä").is_dir()


def test_rename_delete_and_list(glue: Driver, session: str) -> None:
    code = (
        "path = sc._jvm.org.apache.hadoop.fs.Path\n"
        "fs = path('s3://any-bucket/').getFileSystem(sc._jsc.hadoopConfiguration())\n"
        "stream = fs.create(path('s3://any-bucket/d/x')); stream.write(65); stream.close()\n"
        "names = lambda: [str(f.getPath()) for f in fs.listStatus(path('s3://any-bucket/d'))]\n"
        "before = names()\n"
        "renamed = fs.rename(path('s3://any-bucket/d/x'), path('s3://any-bucket/d/y'))\n"
        "after = names(); deleted = fs.delete(path('s3://any-bucket/d'), True)\n"
        "before, renamed, after, deleted, fs.exists(path('s3://any-bucket/d'))"
    )
    expected = "(['s3://any-bucket/d/x'], True, ['s3://any-bucket/d/y'], True, False)"
    assert glue.text(session, code) == expected


WRITERS = (
    "path = sc._jvm.org.apache.hadoop.fs.Path('s3://any-bucket/whole/x')\n"
    "fs = path.getFileSystem(sc._jsc.hadoopConfiguration())\n"
    "def begin(text, overwrite):\n"
    "    stream = fs.create(path, overwrite); stream.writeBytes(text); stream.hflush()\n"
    "    return stream\n"
    "def end(stream):\n"
    "    try:\n"
    "        stream.close(); stream.close()\n"
    "    except Exception as error:\n"
    "        return error.java_exception.getClass().getName()\n"
    "    return open(fs.getConf().get('dbt.glue.s3.root') + '/any-bucket/whole/x').read()\n"
)


def on_their_way(bucket: Path) -> set[Path]:
    """Objects that are begun and not closed; those of writes that other tests cut off stay among them."""
    return set((bucket.parent / ".uploads").glob("incoming-*"))


def test_an_object_is_there_when_it_is_whole(glue: Driver, session: str, bucket: Path) -> None:
    """As on S3, on which table formats rely: a commit of which others see a half is none."""
    before = on_their_way(bucket)
    code = WRITERS + (
        "first = begin('old', True); before = fs.exists(path); end(first)\n"
        "second = begin('new', True); during = open(%r).read(); (before, during, end(second))"
    )
    there = str(bucket / "whole" / "x")
    assert glue.text(session, code % there) == "(False, 'old', 'new')"
    assert [file.name for file in (bucket / "whole").iterdir()] == ["x"]
    assert on_their_way(bucket) - before == set()


def test_of_writers_who_want_none_to_be_there_one_wins(
    glue: Driver, session: str, bucket: Path
) -> None:
    """Whatever process each is in. Delta makes of the other's error that it met another commit."""
    before = on_their_way(bucket)
    code = WRITERS + (
        "_ = fs.delete(path, False)\n"
        "one, other = begin('one', False), begin('other', False)\n"
        "ended = (end(one), end(other))\n"
        "try:\n"
        "    begin('third', False)\n"
        "except Exception as error:\n"
        "    ended += (error.java_exception.getClass().getName(),)\n"
        "ended"
    )
    refused = "org.apache.hadoop.fs.FileAlreadyExistsException"
    assert glue.text(session, code) == f"('one', '{refused}', '{refused}')"
    assert (bucket / "whole" / "x").read_text() == "one"
    assert on_their_way(bucket) - before == set()


@pytest.mark.parametrize(
    "location",
    [
        "s3://any-bucket/../other-bucket/x",
        "s3://any-bucket/../../../escaped",
        "s3://any-bucket/link/x",
        "s3://..hidden/x",
        "s3://link-bucket/x",
    ],
)
def test_nothing_leads_out(
    glue: Driver, session: str, spark_host: SparkHost, bucket: Path, tmp_path: Path, location: str
) -> None:
    bucket.mkdir(exist_ok=True)
    for link in (bucket / "link", spark_host.buckets.root / "link-bucket"):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path)
    output = glue.run(session, f"spark.range(1).write.parquet({location!r})")["Output"]
    assert output["Status"] == "error"
    assert not list(tmp_path.iterdir())
    assert not (spark_host.state_dir / "escaped").exists()
    assert not (spark_host.buckets.root / "other-bucket").exists()
