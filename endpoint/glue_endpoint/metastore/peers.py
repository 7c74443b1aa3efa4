"""Who is at the other end of a loopback connection: the user that owns the peer's socket.

Loopback is open to every user of the machine, and Hive's client sends no secret without Kerberos. The
kernel knows the owner: on Linux its tables of sockets name it, on macOS `lsof` lists the sockets of
one's own processes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

_TABLES = (Path("/proc/net/tcp6"), Path("/proc/net/tcp"))
"""Sockets of the JVM are of both families, `::ffff:127.0.0.1`; those of most others are IPv4's."""

_ESTABLISHED = "01"
_NO_INODE = "0"


def is_own(connection: socket.socket) -> bool:
    """Whether the peer's socket belongs to this process's user, and is open still.

    A socket that its process has closed belongs to root, for the kernel, while its last bytes
    travel: such a one is nobody's.
    """
    here, there = connection.getsockname()[:2], connection.getpeername()[:2]
    if sys.platform == "darwin":
        return is_listed(_lsof(there[1]), there, here)
    return owner_in(_table_lines(), there, here) == os.geteuid()


def _table_lines() -> Iterable[str]:
    for table in _TABLES:
        with contextlib.suppress(FileNotFoundError), table.open(encoding="ascii") as lines:
            yield from lines  # a kernel without IPv6 has no tcp6


def owner_in(lines: Iterable[str], local: tuple[str, int], remote: tuple[str, int]) -> int | None:
    """The user id of the open socket with these two ends, in lines of Linux's `/proc/net/tcp` or `tcp6`.

    An address is its bytes as numbers of the machine; an IPv4 one in tcp6 is mapped (`::ffff:`).
    """
    ends = {
        f"{prefix}{_hexadecimal(local)} {prefix}{_hexadecimal(remote)}"
        for prefix in ("", _MAPPED_PREFIX)
    }
    port = f":{local[1]:04X} "
    for line in lines:
        if port not in line:
            continue
        columns = line.split()
        if (
            f"{columns[1]} {columns[2]}" in ends
            and columns[3] == _ESTABLISHED
            and columns[9] != _NO_INODE
        ):
            return int(columns[7])
    return None


_MAPPED_PREFIX = "0" * 16 + (b"\x00\x00\xff\xff".hex() if sys.byteorder == "big" else "FFFF0000")


def _hexadecimal(end: tuple[str, int]) -> str:
    address = bytes(int(part) for part in end[0].removeprefix("::ffff:").split("."))
    return f"{int.from_bytes(address, sys.byteorder):08X}:{end[1]:04X}"


def _lsof(port: int) -> str:
    command = ["/usr/sbin/lsof", "-a", "-nP", "-u", str(os.geteuid())]
    command += [f"-iTCP:{port}", "-sTCP:ESTABLISHED", "-Fn"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout


def is_listed(listing: str, local: tuple[str, int], remote: tuple[str, int]) -> bool:
    """Whether a listing of own sockets (`lsof -Fn`) has the one with these two ends."""
    return f"n{local[0]}:{local[1]}->{remote[0]}:{remote[1]}" in listing.splitlines()
