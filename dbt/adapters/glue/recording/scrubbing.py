"""What stays of a call in a recording: its shape. Nothing is kept because it looks harmless, only because it is known to be.

A name becomes the same pseudonym wherever it stands (`name3`, `s3://bucket1/name3`), a text its length and a
digest by a key that is not kept, a row a row of nulls. Numbers, times, enumerations and the words of the
lists below stay.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import zlib
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.recording.classes import ERROR_CLASSES, TABLE_CLASSES
from dbt.adapters.glue.recording.words import API_WORDS, FRAME_KEYS, KEYS, TYPE_WORDS, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STAGED_IN_CODE", "Scrubber", "told", "unpacked"]

_FRAME = re.compile(r"<<dbt-glue:[0-9a-f]{16}>>")
_ARN = re.compile(r"arn:[\w-]*:[\w.-]*:[\w-]*:\d*:\S*")
_URI = re.compile(r"(s3[an]?|file)://(\S*)")
_STAGED = re.compile(r"(.+?)((?:__dbt_(?:new|tmp|add|backup|old))+)(?:_([0-9a-f]{8}))?")
_CLASS_MEMBERS = ("InputFormat", "OutputFormat", "SerializationLibrary")
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}")
_CALL = re.compile(r"__dbt_glue__\.([a-z_]{1,40})\(")
_PLACE = re.compile(r"(?:s3|file)://[^\s'\"\\`,)]+")
STAGED_IN_CODE = re.compile(r"\w+__dbt_(?:new|tmp|add)_[0-9a-f]{8}\b")
# Statements of kept sessions end with the mark of their process (sessions/kept.py).
_PAYLOAD = re.compile(r"'([A-Za-z0-9+/]{16,}={0,2})'\)\s*(?:\n# dbt-glue-python [^\n]*\s*)?$")
_FRAME_WORDS = {
    "error_class": re.compile(r"[A-Z][A-Z0-9_]{1,80}(?:\.[A-Z0-9_]{1,80})?"),
    "sqlstate": re.compile(r"[0-9A-Z]{5}"),
    "type": re.compile("|".join(ERROR_CLASSES)),
}
_API_WORD = re.compile(r"[A-Za-z]{1,14}[.,:;]?")
_ACTIONS = re.compile(r"(?:glue|s3|lakeformation|iam|sts):[A-Z][A-Za-z]{2,40}")
_NAMED = (
    "Name",
    "Names",
    "Id",
    "Ids",
    "Values",
    "Key",
    "Prefix",
    "Bucket",
    "Owner",
    "PartitionValueList",
)
_MOST_ROWS = 3


def unpacked(code: str) -> str:
    """The request in a statement that calls the runtime, as JSON; nothing for another statement."""
    found = _PAYLOAD.search(code)
    if found is None or not _CALL.search(code):
        return ""
    try:
        return zlib.decompress(base64.b64decode(found[1])).decode("utf-8")
    except (ValueError, zlib.error):
        return ""


class Scrubber:
    """One recording's pseudonyms. May be used by any thread."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = defaultdict(int)
        self._seen: dict[str, str] = {}

    def parameters(self, shape: Any, value: Any) -> Any:
        """The parameters of a call, or its answer, by the model's shape (None where there is none)."""
        return self._by_shape(shape, value, "")

    def code(self, value: str) -> str:
        """Of a statement its length, the function of the runtime that it calls, and the places and staged tables that it names."""
        called, text = _CALL.findall(value), unpacked(value)
        words = [
            *called[-1:],
            *(self._uri(place) for place in dict.fromkeys(_PLACE.findall(text))),
            *(self._name(name) for name in dict.fromkeys(STAGED_IN_CODE.findall(text))),
        ]
        return " ".join([f"<code of {len(value)} characters", *words]) + ">"

    def error(self, code: str, message: str) -> dict[str, str]:
        """An error of AWS: its code, and of its message the words that are AWS's own."""
        known = (
            code
            if re.fullmatch(r"[A-Za-z]{3,60}|[A-Z][A-Z0-9_]{1,80}|\d{3}", code)
            else self._text(code)
        )
        return {"code": known, "message": self._message(message)}

    def _by_shape(self, shape: Any, value: Any, member: str) -> Any:
        kind = getattr(shape, "type_name", None)
        if isinstance(value, dict):
            if kind == "structure":
                return {
                    name: self._by_shape(shape.members.get(name), each, name)
                    for name, each in value.items()
                    if name in shape.members
                }
            return {self._map_key(key): self._map_value(key, each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            inner = getattr(shape, "member", None)
            return [self._by_shape(inner, each, member) for each in value]
        if isinstance(value, str):
            return value if value in getattr(shape, "enum", ()) else self._string(value, member)
        return self._other(value)

    @staticmethod
    def _other(value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, datetime):
            return round(value.timestamp(), 3)
        return f"<{type(value).__name__}>"  # a body, a stream

    def _map_key(self, key: Any) -> str:
        return str(key) if key in KEYS else self._pseudonym("key", str(key))

    def _map_value(self, key: Any, value: Any) -> Any:
        if key == "spark.sql.sources.schema" and isinstance(value, str):
            return self._schema_text(value)
        if isinstance(value, dict):
            return {
                self._map_key(inner): self._map_value(inner, each) for inner, each in value.items()
            }
        if isinstance(value, list):
            return [self._map_value(key, each) for each in value]
        if not isinstance(value, str):
            return self._other(value)
        if key == "dbt_glue.staged_for":
            return ".".join(self._name(part) if part else "" for part in value.split("."))
        return value if _VERSION.fullmatch(value) and key in KEYS else self._string(value, "")

    def _schema_text(self, text: str) -> str:
        try:
            schema = json.loads(text)
        except ValueError:
            return self._text(text)
        return json.dumps(self._frame(schema, "schema"), separators=(",", ":"))

    def _string(self, value: str, member: str) -> str:
        if not value or value.lower() in WORDS:
            return value
        if member in _CLASS_MEMBERS and value in TABLE_CLASSES:
            return value
        if member in ("GlueVersion", "PythonVersion", "VersionId") and _VERSION.fullmatch(value):
            return value
        if member == "Code":
            return self.code(value)
        if member == "TextPlain":
            return self._output(value)
        if _ARN.fullmatch(value):
            return self._arn(value)
        if _URI.fullmatch(value):
            return self._uri(value)
        if member == "Type":
            return self._type(value)
        if re.fullmatch(r"\d{12}", value):
            return self._account(value)
        if member.endswith(_NAMED):
            return self._name(value)
        return self._text(value)

    def _name(self, value: str) -> str:
        staged = _STAGED.fullmatch(value)
        if staged:
            told = self._pseudonym("name", staged[1]) + staged[2]
            if staged[3]:
                told += "_" + self._pseudonym("name", staged[3])
            return self._remembered(value, told)
        return "/".join(self._pseudonym("name", part) if part else "" for part in value.split("/"))

    def _account(self, value: str) -> str:
        with self._lock:
            if ("account", value) not in self._given:
                self._counts["account"] += 1
                self._given["account", value] = f"{self._counts['account'] - 1:012d}"
            pseudonym = self._given["account", value]
        return self._remembered(value, pseudonym)

    def _arn(self, value: str) -> str:
        _, partition, service, region, account, resource = value.split(":", 5)
        known = partition if partition in ("aws", "aws-cn", "aws-us-gov") else "aws"
        place = region if re.fullmatch(r"[a-z]{2}(-[a-z]+){1,2}-\d", region) else ""
        of = (
            service
            if service in ("iam", "sts", "glue", "s3", "lakeformation", "s3tables")
            else "service"
        )
        whose = self._account(account) if account else ""
        what, *rest = re.split(r"[/:]", resource)
        kinds = ("role", "user", "assumed-role", "table", "database", "session", "catalog")
        begin = what if what in kinds else self._pseudonym("name", what)
        told = "/".join([begin, *(self._pseudonym("name", part) if part else "" for part in rest)])
        return self._remembered(value, f"arn:{known}:{of}:{place}:{whose}:{told}")

    def _uri(self, value: str) -> str:
        scheme, _, path = value.partition("://")
        bucket, *parts = path.split("/")
        told = [self._pseudonym("bucket", bucket) if bucket else ""]
        told += [self._name(part) if part else "" for part in parts]
        return self._remembered(value, f"{scheme}://{'/'.join(told)}")

    def _type(self, value: str) -> str:
        def word(found: re.Match[str]) -> str:
            told = found[0].lower() in TYPE_WORDS or re.fullmatch(r"\d{1,3}", found[0])
            return found[0] if told else self._pseudonym("name", found[0])

        parts = re.split(r"([<>,:()\s]+)", value)
        return "".join(
            part if index % 2 else re.sub(r".+", word, part, flags=re.DOTALL)
            for index, part in enumerate(parts)
        )

    def _output(self, value: str) -> str:
        """What a statement printed: its framed answers without their data, and how much else."""
        told = []
        for line in value.splitlines():
            before, mark, document = self._parted(line)
            if before.strip():
                told.append(f"<{len(before)} characters>")
            if mark:
                try:
                    framed: Any = self._frame(json.loads(document), "")
                except ValueError:
                    framed = {"cut": len(document)}
                told.append("<<dbt-glue>>" + json.dumps(framed, separators=(",", ":")))
        return "\n".join(told)

    @staticmethod
    def _parted(line: str) -> tuple[str, str, str]:
        found = _FRAME.search(line)
        return (
            (line, "", "")
            if found is None
            else (line[: found.start()], found[0], line[found.end() :])
        )

    def _frame(self, value: Any, key: str) -> Any:
        if key == "rows" and isinstance(value, list):
            return [self._nothing(row) for row in value[:_MOST_ROWS]]
        if key == "packed":
            return f"<{len(str(value))} characters>"
        if isinstance(value, dict):
            return {
                name if name in FRAME_KEYS else self._pseudonym("key", str(name)): (
                    {} if name == "metadata" else self._frame(each, name)
                )
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._frame(each, key) for each in value]
        if isinstance(value, str):
            if key == "name":
                return self._pseudonym("name", value)
            if key in _FRAME_WORDS and _FRAME_WORDS[key].fullmatch(value):
                return value
            return self._type(value) if key == "type" else self._text(value)
        return (
            value
            if value is None or isinstance(value, bool) or key in ("next", "rows_affected")
            else 0
        )

    @staticmethod
    def _nothing(row: Any) -> list[None]:
        return [None] * len(row) if isinstance(row, list) else []

    def _message(self, message: str) -> str:
        with self._lock:
            seen = sorted(self._seen, key=len, reverse=True)
        parts: list[str] = []
        for word in message.split():
            bare = word.strip("'\"`()[],.;:")
            known = next((self._seen[text] for text in seen if text == bare), None)
            if known is not None:
                parts.append(known)
            elif _ARN.fullmatch(bare):
                parts.append(self._arn(bare))
            elif _ACTIONS.fullmatch(bare):
                parts.append(bare)
            elif _API_WORD.fullmatch(word) and bare.lower() in API_WORDS:
                parts.append(word)
            else:
                parts.append("…")
        return " ".join(parts)

    def _text(self, value: str) -> str:
        digest = hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return self._remembered(value, f"<{len(value)} characters {digest.hexdigest()[:8]}>")

    def _pseudonym(self, kind: str, value: str) -> str:
        with self._lock:
            found = self._given.get((kind, value.lower()))
            if found is None:
                self._counts[kind] += 1
                found = self._given[kind, value.lower()] = f"{kind}{self._counts[kind]}"
            self._seen.setdefault(value, found)
        return found

    def _remembered(self, value: str, pseudonym: str) -> str:
        with self._lock:
            self._seen.setdefault(value, pseudonym)
        return pseudonym


def told(recording: Mapping[str, Any]) -> str:
    """A line of a recording."""
    return json.dumps(recording, separators=(",", ":"), ensure_ascii=False)
