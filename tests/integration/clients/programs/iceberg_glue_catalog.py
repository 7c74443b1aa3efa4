"""Iceberg's own GlueCatalog and S3FileIO, in a Spark session of its own: no part of the endpoint runs in it."""

import json
import os
import sys
import threading

from iceberg_spark import iceberg_spark

IVY, VERSION = sys.argv[1:3]
PACKAGES = (
    f"org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:{VERSION},"
    f"org.apache.iceberg:iceberg-aws-bundle:{VERSION}"
)
spark = iceberg_spark(2, "ERROR", {"spark.jars.packages": PACKAGES, "spark.jars.ivy": IVY})


def rows(query):
    """The rows of a query, as lists."""
    return [list(row) for row in spark.sql(query).collect()]


spark.sql("create namespace lake.ice")
spark.sql("create table lake.ice.empty (id bigint, day date) using iceberg partitioned by (day)")
spark.sql("create table lake.ice.t using iceberg as select id, cast(id as string) n from range(3)")
spark.sql(
    "merge into lake.ice.t a using (select 1L id, 'one' n union all select 9L, 'nine') b "
    "on a.id = b.id when matched then update set * when not matched then insert *"
)
spark.sql("alter table lake.ice.t add column price double comment 'in euros'")
spark.sql("alter table lake.ice.t rename to ice.renamed")
found = {"merged": rows("select * from lake.ice.renamed order by id")}

spark.sql("create table lake.ice.counted (id bigint) using iceberg")
acknowledged = []


def insert(number):
    """Commits as often as Spark lets it, in a thread."""
    for _ in range(4):
        spark.sql(f"insert into lake.ice.counted select {number}L")
        acknowledged.append(number)


writers = [threading.Thread(target=insert, args=(number,)) for number in (1, 2)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()
found["acknowledged"] = len(acknowledged)
found["counted"] = rows("select id, count(*) from lake.ice.counted group by id order by id")
found["tables"] = sorted(row[1] for row in rows("show tables in lake.ice"))
files = rows("select file_path from lake.ice.counted.files")
found["folders"] = sorted({path.rpartition("/")[0] for (path,) in files})
for name in ("empty", "renamed", "counted"):
    spark.sql(f"drop table lake.ice.{name} purge")
found["left"] = rows("show tables in lake.ice")
spark.sql("drop namespace lake.ice")
print(json.dumps(found), flush=True)
os._exit(0)  # nothing is left to be cleaned up; an orderly end takes Spark a second
