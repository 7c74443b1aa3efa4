"""Only processes of this user are served: loopback is open to all, and Hive's client sends no secret."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.metastore import peers

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.process.warehouse import Warehouse
    from thriftpy2.thrift import TClient

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TCP = [
    HEADING,
    "   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 811 1 0 100 0 0 10 0\n",
    "   1: 0100007F:C350 0100007F:2382 01 00000000:00000000 00:00000000 00000000  1001        0 4711 1 0 20 4 30 10 -1\n",
    "   2: 0100007F:2382 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1\n",
    "   3: 0100007F:C351 0100007F:2382 04 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1\n",
    "   4: 0100007F:C352 0100007F:2382 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0\n",
    "   5: 0100007F:C353 0100007F:2382 01 00000000:00000000 00:00000000 00000000  1002        0 0 1 0 20 4 30 10 -1\n",
]
TCP6 = [
    HEADING,
    (
        "   0: 0000000000000000FFFF00000100007F:C360 0000000000000000FFFF00000100007F:2382 01 "
        "00000000:00000000 00:00000000 00000000  1003        0 4713 1 0 20 4 30 10 -1\n"
    ),
]
"""As Linux writes them on a machine whose bytes are in little-endian order; the service is on 9090."""

LSOF = "p4242\nf212\nn127.0.0.1:50000->127.0.0.1:9090\nf213\nn[::1]:50001->[::1]:9090\n"
"""As macOS's lsof lists own sockets."""

SERVICE = ("127.0.0.1", 9090)


@pytest.mark.parametrize(
    ("port", "owner"),
    [
        (50000, 1001),
        (50016, 1003),  # a JVM's, of the other family
        (
            50001,
            None,
        ),  # closed by its process, its last bytes on their way: root's, says the kernel
        (50002, None),
        (50003, None),  # nobody's any more
        (50004, None),
    ],
)
def test_the_owner_of_an_open_socket(port: int, owner: int | None) -> None:
    assert peers.owner_in([*TCP6, *TCP], ("127.0.0.1", port), SERVICE) == owner


def test_the_sockets_that_lsof_lists() -> None:
    assert peers.is_listed(LSOF, ("127.0.0.1", 50000), SERVICE)
    assert not peers.is_listed(LSOF, ("127.0.0.1", 5000), SERVICE)
    assert not peers.is_listed(LSOF, ("127.0.0.1", 50001), SERVICE)
    assert not peers.is_listed("", ("127.0.0.1", 50000), SERVICE)


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_connection_of_our_own_is_known(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(family) as client:
        client.connect((host, server.getsockname()[1]))
        accepted, _ = server.accept()
        with accepted:
            assert peers.is_own(accepted)
            client.close()
            assert not peers.is_own(accepted)


def test_another_user_is_turned_away_and_we_are_served(
    warehouse: Warehouse, connect: Callable[[], TClient], caplog: pytest.LogCaptureFixture
) -> None:
    """The other user is one for real where the tests may become one; else this service takes us for one."""
    port = int(warehouse.metastore().rpartition(":")[2])
    program = (
        "import os, socket, sys\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        f"s = socket.socket(); s.settimeout(20); s.connect(('127.0.0.1', {port}))\n"
        "try: print(os.getuid(), s.recv(1))\n"
        "except ConnectionResetError: print(os.getuid(), b'')\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        if os.getuid() != 0:
            patch.setattr(peers.os, "geteuid", lambda: 65534)
        with caplog.at_level(logging.WARNING):
            done = subprocess.run(
                [sys.executable, "-c", program], capture_output=True, text=True, check=True
            )
    assert done.stdout.split() == [str(65534 if os.getuid() == 0 else os.getuid()), "b''"]
    assert "refused a connection to the metastore from port" in caplog.text
    assert connect().get_all_databases() == []
