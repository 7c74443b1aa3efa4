"""Several Sparks work on one warehouse at the same time, each in a JVM of its own.

They are two of the installed version. `tools/verify.py spark-versions` names others, of several
versions, by the paths of their interpreters in SPARK_PYTHONS.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from glue_endpoint.folders import WAREHOUSE, cache_folder
from glue_endpoint.process.warehouse import Warehouse
from glue_endpoint.spark import jvm
from glue_endpoint.spark.file_system import file_system_jar, hadoop_configuration
from glue_endpoint.spark.java_home import find_java

from tests.integration.endpoint.sharing_spark import ROUNDS

PYTHONS = os.environ.get("SPARK_PYTHONS", os.pathsep.join([sys.executable] * 2)).split(os.pathsep)
PROGRAM = Path(__file__).with_name("sharing_spark.py")


def test_sparks_share_a_warehouse(tmp_path: Path) -> None:
    names = [f"spark{number}" for number in range(len(PYTHONS))]
    with contextlib.closing(Warehouse(tmp_path)) as warehouse:
        results = _all_at_once(warehouse, tmp_path, names)
        assert [sorted(result["seen"].items()) for result in results] == [
            [(name, 100) for name in names]
        ] * len(names)
        for result in results:
            assert result["rounds"] == {name: str(ROUNDS - 1) for name in names}
            assert result["events"] == {name: [10 * ROUNDS, 45 * ROUNDS] for name in names}
            assert result["last"] == [[name, 10] for name in names]
        call = warehouse.catalog.call
        where = {"DatabaseName": "shared", "TableName": "events"}
        partitions = call("GetPartitions", where)["Partitions"]
        assert sorted(each["Values"] for each in partitions) == [
            [name, str(number)] for name in names for number in range(ROUNDS)
        ]
        versions = {result["version"] for result in results}
        written = {
            call("GetTable", {"DatabaseName": "shared", "Name": f"of_{name}"})["Table"][
                "Parameters"
            ]["spark.sql.create.version"]
            for name in names
        }
        assert written == versions


def _all_at_once(warehouse: Warehouse, folder: Path, names: list[str]) -> list[dict[str, Any]]:
    java, jars = find_java(), jvm.spark_jars()
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "700m",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraClassPath": str(file_system_jar(cache_folder(), java, jars)),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": WAREHOUSE,
        "spark.hadoop.hive.metastore.uris": warehouse.metastore(),
        **{
            f"spark.hadoop.{key}": value
            for key, value in hadoop_configuration(warehouse.buckets).items()
        },
    }
    processes = []
    for name, python in zip(names, PYTHONS, strict=True):
        place = folder / name
        place.mkdir()
        given = {"name": name, "names": names, "settings": settings}
        environment = {**os.environ, "JAVA_HOME": str(java.home), "PYSPARK_PYTHON": python}
        for inherited in ("SPARK_HOME", "PYTHONPATH"):
            environment.pop(inherited, None)
        with (place / "log").open("w") as log:
            processes.append(
                subprocess.Popen(
                    [python, str(PROGRAM), json.dumps(given)],
                    cwd=place,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
            )
    printed = [process.communicate()[0] for process in processes]
    for name, process in zip(names, processes, strict=True):
        log = (folder / name / "log").read_text(encoding="utf-8")
        assert process.returncode == 0, log[-4000:]
    return [json.loads(text.splitlines()[-1]) for text in printed]
