"""Records of Avro's object container files, read as they are: no library of Avro's is needed for the few that a log has.

Source: Avro's specification, 1.11 ("Binary Encoding", "Object Container Files").
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAGIC", "records"]

MAGIC = b"Obj\x01"
_SYNC = 16


def records(content: bytes) -> Iterator[Any]:
    """The records of a file, as dictionaries. Raises ValueError for what is none, or is compressed by other than deflate."""
    if not content.startswith(MAGIC):
        raise ValueError("no Avro file")
    try:
        reader = _Reader(content, len(MAGIC))
        head: dict[str, bytes] = reader.value({"type": "map", "values": "bytes"})
        schema = json.loads(head["avro.schema"])
        codec = head.get("avro.codec", b"null")
        if codec not in (b"null", b"deflate"):
            raise ValueError(f"compressed by {codec!r}")
        reader.take(_SYNC)
        while not reader.at_end:
            count, block = reader.long(), reader.take(reader.long())
            rows = _Reader(zlib.decompress(block, -15) if codec == b"deflate" else block)
            for _ in range(count):
                yield rows.value(schema)
            reader.take(_SYNC)
    except (KeyError, IndexError, TypeError, zlib.error, struct.error) as error:
        raise ValueError(f"a broken Avro file: {error!r}") from error


class _Reader:
    """Reads values by their schemas, from a place on."""

    def __init__(self, content: bytes, start: int = 0) -> None:
        self._content = content
        self._at = start
        self._named: dict[str, Any] = {}
        self._primitive: dict[str, Callable[[], Any]] = {
            "null": lambda: None,
            "boolean": lambda: self.take(1) != b"\0",
            "int": self.long,
            "long": self.long,
            "float": lambda: struct.unpack("<f", self.take(4))[0],
            "double": lambda: struct.unpack("<d", self.take(8))[0],
            "bytes": self._bytes,
            "string": lambda: self._bytes().decode(),
        }

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._content)

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._content):
            raise IndexError("it ends too early")
        self._at += size
        return self._content[self._at - size : self._at]

    def long(self) -> int:
        """A zigzag number of variable length."""
        found = shift = 0
        while True:
            (byte,) = self.take(1)
            found |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (found >> 1) ^ -(found & 1)

    def value(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return self.value(schema[self.long()])
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(kind, (dict, list)):
            return self.value(kind)
        if kind in self._primitive:
            return self._primitive[kind]()
        if not isinstance(schema, dict):
            return self.value(self._named[kind.rpartition(".")[2]])
        return self._complex(kind, schema)

    def _complex(self, kind: str, schema: dict[str, Any]) -> Any:
        if "name" in schema:
            # Without namespaces: no log has two types of one name.
            self._named[schema["name"].rpartition(".")[2]] = schema
        if kind == "record":
            return {field["name"]: self.value(field["type"]) for field in schema["fields"]}
        if kind == "array":
            return [self.value(schema["items"]) for _ in self._items()]
        if kind == "map":
            return {self._bytes().decode(): self.value(schema["values"]) for _ in self._items()}
        if kind == "enum":
            return schema["symbols"][self.long()]
        if kind == "fixed":
            return self.take(schema["size"])
        raise ValueError(f"no type of Avro's: {kind}")

    def _items(self) -> Iterator[None]:
        """Once for each item of an array or a map, which comes in blocks."""
        while count := self.long():
            if count < 0:
                self.long()  # its size in bytes
            for _ in range(abs(count)):
                yield

    def _bytes(self) -> bytes:
        return self.take(self.long())
