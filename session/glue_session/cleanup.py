"""Marks versions of tables that were replaced, looks at what lies beside them, and removes what the adapter names."""

from __future__ import annotations

import importlib
import re
import time
from typing import Any

from glue_session.state import spark

_VERSION = re.compile(r"v\d{8}T\d{6}_[0-9a-f]{8}(_[0-9a-f]{8}_[rk][0-9a-f]{8})?")
_MARK = re.compile(_VERSION.pattern + r"(-[0-9a-f]{8})?")
_MARKS = "_dbt_glue_replaced"


def is_version(name: str) -> bool:
    """Whether a folder's name is that of a version of a table."""
    return _VERSION.fullmatch(name) is not None


def remove_folders(requests: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """Carries out requests about folders of versions, whatever happens: never raises.

    Each has a `root`, and may have `mark` (marks to be written), `folders` (versions to be removed), `unmark`, and
    `look`. Gives what could not be done, and of each root that was looked at its `versions` and its `marks`, with the
    seconds since each was written. Only what is named as versions and marks are is ever touched.
    """
    warnings: list[str] = []
    found: list[dict[str, Any]] = []
    for request in requests:
        problems = []
        for kind in (_Hadoop, _S3):
            try:
                listing = _carry_out(kind(request["root"]), request)
            except Exception as error:  # noqa: BLE001, PERF203 - data that stays behind costs storage, not correctness
                problems.append(str(error).strip().split("\n")[0])
            else:
                found += [listing] if listing else []
                break
        else:
            told = "; ".join(dict.fromkeys(problems))
            warnings.append(f"could not remove old data under {request.get('root')}: {told}")
    return warnings, found


def _carry_out(store: Any, request: dict[str, Any]) -> dict[str, Any] | None:
    for name in filter(_MARK.fullmatch, request.get("mark") or ()):
        store.touch(f"{_MARKS}/{name}")
    for name in filter(_VERSION.fullmatch, request.get("folders") or ()):
        store.delete(name)
    for name in filter(_MARK.fullmatch, request.get("unmark") or ()):
        store.delete(f"{_MARKS}/{name}")
    if not request.get("look"):
        return None
    names = [name for name, _ in store.listed("")]
    marks = store.listed(_MARKS) if _MARKS in names else []
    now = time.time()
    return {
        "root": request["root"],
        "versions": [name for name in names if _VERSION.fullmatch(name)],
        "marks": {name: now - written for name, written in marks if _MARK.fullmatch(name)},
    }


class _Hadoop:
    """A folder by Spark's own file system, whichever that is."""

    def __init__(self, root: str) -> None:
        context = spark().sparkContext
        self._path = context._jvm.org.apache.hadoop.fs.Path
        self._root = self._path(root)
        self._system = self._root.getFileSystem(context._jsc.hadoopConfiguration())

    def listed(self, folder: str) -> list[tuple[str, float]]:
        place = self._path(self._root, folder) if folder else self._root
        if not self._system.exists(place):
            return []
        return [
            (status.getPath().getName(), status.getModificationTime() / 1000)
            for status in self._system.listStatus(place)
        ]

    def touch(self, name: str) -> None:
        self._system.create(self._path(self._root, name), True).close()

    def delete(self, name: str) -> None:
        self._system.delete(self._path(self._root, name), True)


class _S3:
    """The same by S3's API, with the session's role: where Python may not reach the JVM."""

    def __init__(self, root: str) -> None:
        scheme, _, rest = root.partition("://")
        self._bucket, _, key = rest.partition("/")
        if scheme not in ("s3", "s3a", "s3n") or not key:
            raise ValueError("not a folder on S3")
        self._prefix = f"{key.rstrip('/')}/"
        # Every session on Glue has it, and no other part of the runtime needs it.
        self._client = importlib.import_module("boto3").client("s3")

    def _pages(self, prefix: str, **options: str) -> Any:
        pages = self._client.get_paginator("list_objects_v2")
        return pages.paginate(Bucket=self._bucket, Prefix=prefix, **options)

    def listed(self, folder: str) -> list[tuple[str, float]]:
        prefix = self._prefix + (f"{folder}/" if folder else "")
        found: list[tuple[str, float]] = []
        for page in self._pages(prefix, Delimiter="/"):
            files, folders = page.get("Contents", ()), page.get("CommonPrefixes", ())
            found += [(item["Key"], item["LastModified"].timestamp()) for item in files]
            found += [(item["Prefix"][:-1], 0.0) for item in folders]
        return [(key[len(prefix) :], written) for key, written in found]

    def touch(self, name: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=b"")

    def delete(self, name: str) -> None:
        place = self._prefix + name
        for page in self._pages(place):
            keys = [
                {"Key": item["Key"]}
                for item in page.get("Contents", ())
                if item["Key"] == place or item["Key"].startswith(f"{place}/")
            ]
            if keys:
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys})
                for error in answer.get("Errors", ()):
                    raise OSError(f"{error.get('Code')}: {error.get('Key')}")
