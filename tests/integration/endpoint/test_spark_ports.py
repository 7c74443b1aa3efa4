"""The ports that Spark opens on loopback: any user of the machine can connect, and gets nowhere."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Driver
    from glue_endpoint.spark.host import SparkHost

pytestmark = pytest.mark.spark

# org.apache.spark.network.protocol.Message.Type
RPC_REQUEST = 3
RPC_FAILURE = 5


def text(value: str) -> bytes:
    return struct.pack(">i", len(value)) + value.encode()


def ask(port: int, body: bytes) -> tuple[int, bytes]:
    """Sends an RpcRequest of Spark's transport protocol; returns the answer's type and content."""
    header = struct.pack(">qi", 1, len(body))
    frame = struct.pack(">qb", 9 + len(header) + len(body), RPC_REQUEST) + header + body
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(frame)
        data = b""
        while len(data) < 8 or len(data) < struct.unpack(">q", data[:8])[0]:
            received = connection.recv(65536)
            if not received:
                break
            data += received
    return (data[8], data[9:]) if len(data) > 8 else (-1, b"")


def test_a_peer_without_the_secret_gets_no_blocks_and_no_calls(
    glue: Driver, spark_host: SparkHost
) -> None:
    environment = spark_host.gateway.jvm.org.apache.spark.SparkEnv.get()
    application = environment.conf().get("spark.app.id")
    blocks = environment.blockManager().blockManagerId().port()
    calls = int(environment.conf().get("spark.driver.port"))
    # BlockTransferMessage OpenBlocks: application, executor, block ids
    open_blocks = b"\0" + text(application) + text("driver") + struct.pack(">i", 0)
    for port in (blocks, calls):
        kind, answer = ask(port, open_blocks)
        assert kind == RPC_FAILURE, (kind, answer)
        assert b"SASL" in answer, answer


def test_sessions_do_not_see_the_secret(glue: Driver, session: str) -> None:
    shown = glue.text(session, "sorted(k for k, v in sc.getConf().getAll() if 'secret' in k)")
    assert shown == "[]"


def test_broadcasts_shuffles_and_python_functions_work(glue: Driver, session: str) -> None:
    code = (
        "from pyspark.sql.functions import broadcast, col, pandas_udf, udf\n"
        "offset = sc.broadcast(10)\n"
        "plus = udf(lambda n: n + offset.value, 'long')\n"
        "twice = pandas_udf(lambda n: n * 2, 'long')\n"
        "left = spark.range(1000).repartition(4).withColumn('k', col('id') % 10)\n"
        "joined = left.join(broadcast(spark.range(10).withColumnRenamed('id', 'k')), 'k')\n"
        "grouped = joined.groupBy('k').count().select(twice(plus('k')).alias('v'))\n"
        "sorted(row.v for row in grouped.collect())"
    )
    assert glue.text(session, code) == str([2 * (n + 10) for n in range(10)])
