"""s3:// in a model: pandas and boto3 with nothing set, and Spark, on the same objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Api

pytestmark = pytest.mark.spark


def test_spark_pandas_and_boto3_share_a_bucket(api: Api) -> None:
    code = """
import boto3, json
import pandas as pd

s3 = boto3.client("s3")
found = {}
spark.range(5).coalesce(1).write.mode("overwrite").parquet("s3://shared/spark")
found["pandas"] = pd.read_parquet("s3://shared/spark")["id"].tolist()
found["listed"] = [each["Key"].rsplit(".")[-1] for each in s3.list_objects_v2(Bucket="shared", Prefix="spark/")["Contents"]]
pd.DataFrame({"id": [7, 8], "day": ["a b", "%:="]}).to_parquet("s3://shared/pandas/", partition_cols=["day"])
found["spark"] = sorted((row.id, row.day) for row in spark.read.parquet("s3://shared/pandas").collect())
s3.put_object(Bucket="shared", Key="csv/é one.csv", Body="id\\n3".encode())
found["csv"] = spark.read.option("header", True).csv("s3://shared/csv/é one.csv").collect()[0].id
spark.sparkContext.parallelize(["x"]).saveAsTextFile("s3://shared/text/ä +%20")
keys = [each["Key"] for each in s3.list_objects_v2(Bucket="shared", Prefix="text/ä +%20/part")["Contents"]]
found["text"] = s3.get_object(Bucket="shared", Key=keys[-1])["Body"].read().decode()
s3.delete_object(Bucket="shared", Key="csv/é one.csv")
found["client"] = type(s3).__name__
print(json.dumps(found))
"""
    printed = api.text(api.session(), code)
    assert json.loads(printed.splitlines()[-1]) == {
        "pandas": [0, 1, 2, 3, 4],
        "listed": ["spark/_SUCCESS", "parquet"],
        "spark": [[7, "a b"], [8, "%:="]],
        "csv": "3",
        "text": "x\n",
        "client": "S3",
    }


def test_what_a_session_starts_has_the_variables_too(api: Api, api_folder: Path) -> None:
    """And neither a log of its own nor the endpoint's shows the secret."""
    code = (
        "import os, subprocess, sys\n"
        'program = \'import boto3; print(len(boto3.client("s3").list_buckets()["Buckets"]) >= 0)\'\n'
        "print(subprocess.run([sys.executable, '-c', program], capture_output=True, text=True).stdout)"
    )
    session = api.session()
    assert api.text(session, code).strip() == "True"
    in_a_task = (
        "def count(_):\n    import boto3\n"
        "    return len(boto3.client('s3').list_buckets()['Buckets'])\n"
        "print(spark.sparkContext.parallelize([1]).map(count).first() >= 0)"
    )
    assert api.text(session, in_a_task).strip() == "True"
    of_the_jvm = "print(spark._jvm.java.lang.System.getenv('AWS_ENDPOINT_URL'))"
    assert api.text(session, of_the_jvm).strip() == api.handle.url
    secret = api.handle.secret_access_key
    logs: list[Any] = [*api_folder.glob("*.log"), *api_folder.glob("sessions/**/*.log")]
    assert logs
    assert not [log for log in logs if secret in log.read_text(errors="replace")]
