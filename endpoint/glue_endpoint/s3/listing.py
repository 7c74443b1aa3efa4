"""The keys of a bucket in S3's order, which is that of their UTF-8 bytes, a page at a time.

Python compares strings by code points, which is the same order. A folder's name is compared with its
slash (`a-b` comes before `a/b`), so that a walk that sorts each folder yields all keys in order, and
folders that cannot hold what is asked for are not even opened.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_endpoint.s3.objects import StoredObject, derived_record
from glue_endpoint.s3.records import is_marked, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.s3.keys import Bucket
    from glue_endpoint.s3.records import Markers, Records


@dataclass(frozen=True)
class Search:
    """What is listed: the keys that begin with `prefix` and come after `after`.

    With a delimiter, keys that have it after the prefix count as one common prefix, which comes after
    `after`, too. That is also how a page goes on after one that ended with a common prefix.
    """

    prefix: str = ""
    delimiter: str = ""
    after: str = ""


@dataclass(frozen=True)
class Page:
    """Objects and common prefixes in order; `last` is the last of both where there are more, else None."""

    objects: list[StoredObject]
    prefixes: list[str]
    last: str | None


def list_page(records: Records, bucket: Bucket, search: Search, limit: int) -> Page:
    """The first `limit` objects and common prefixes of what is searched."""
    if limit == 0:
        return Page([], [], None)
    found: list[tuple[str, str]] = []
    prefixes: list[str] = []
    last = None
    for name, path in _grouped(bucket, search, records.markers(bucket.name)):
        if len(found) + len(prefixes) == limit:
            last = max(found[-1][0] if found else "", prefixes[-1] if prefixes else "")
            break
        if path is None:
            prefixes.append(name)
        else:
            found.append((name, path))
    return Page(_describe(records, bucket, found), prefixes, last)


def has_objects(bucket: Bucket, markers: Markers) -> bool:
    """Whether a bucket has any."""
    return _has_objects(bucket.folder, "", markers)


def _describe(records: Records, bucket: Bucket, found: list[tuple[str, str]]) -> list[StoredObject]:
    known = records.between(bucket.name, found[0][0], found[-1][0]) if found else {}
    objects = []
    for key, path in found:
        try:
            status = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue  # removed meanwhile
        marker = key.endswith("/")
        record = known.get((key, stamp_of(status, marker=marker))) or derived_record(status)
        size = 0 if marker else status.st_size
        objects.append(StoredObject(key, size, status.st_mtime_ns, record))
    return objects


def _grouped(bucket: Bucket, search: Search, markers: Markers) -> Iterator[tuple[str, str | None]]:
    """Keys with their paths, and common prefixes with None, in order."""
    delimiter, start = search.delimiter, len(search.prefix)
    previous = None
    for key, path in _start(bucket, search, markers):
        end = key.find(delimiter, start) if delimiter else -1
        if end < 0:
            yield key, path
            continue
        common = key[: end + len(delimiter)]
        if common not in (previous, search.after):
            previous = common
            if common > search.after:
                yield common, None


def _start(bucket: Bucket, search: Search, markers: Markers) -> Iterator[tuple[str, str]]:
    base = search.prefix[: search.prefix.rfind("/") + 1]
    names = base.split("/")[:-1]
    if any(name in ("", ".", "..") or "\0" in name for name in names):
        return  # no key here has such segments, and on disk they would lead elsewhere
    folder = bucket.folder
    for name in names:
        folder = f"{folder}/{name}"
        if os.path.islink(folder):
            return
    if base and search.prefix == base and base > search.after and is_marked(folder, base, markers):
        yield base, folder
    yield from _walk(folder, base, search, markers)


def _walk(folder: str, base: str, search: Search, markers: Markers) -> Iterator[tuple[str, str]]:
    prefix, after = search.prefix, search.after
    # What names in this folder must begin with and come after; most fail here on a later page.
    start, floor = prefix[len(base) :], after[len(base) :] if after.startswith(base) else ""
    here: list[tuple[str, str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name <= floor and not floor.startswith(name):
                    continue
                if not name.startswith(start) and not start.startswith(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    name = f"{base}{name}/"
                    wanted = name > after or after.startswith(name)
                    if wanted and (name.startswith(prefix) or prefix.startswith(name)):
                        here.append((name, entry.path))
                elif (
                    name > floor and name.startswith(start) and entry.is_file(follow_symlinks=False)
                ):
                    here.append((base + name, entry.path))
    except (FileNotFoundError, NotADirectoryError):
        return
    here.sort()
    for name, path in here:
        if not _is_text(name):
            continue  # a file name that is not UTF-8 is no key
        if not name.endswith("/"):
            yield name, path
        elif search.delimiter == "/" and name.startswith(prefix) and len(name) > len(prefix):
            # All below is one common prefix, for which one object is enough.
            if name > after and _has_objects(path, name, markers):
                yield name, path
        else:
            if name > after and name.startswith(prefix) and is_marked(path, name, markers):
                yield name, path
            yield from _walk(path, name, search, markers)


def _has_objects(folder: str, base: str, markers: Markers) -> bool:
    if base and is_marked(folder, base, markers):
        return True
    folders = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{base}{entry.name}/"))
                elif entry.is_file(follow_symlinks=False) and _is_text(entry.name):
                    return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    return any(_has_objects(path, name, markers) for path, name in folders)


def _is_text(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
