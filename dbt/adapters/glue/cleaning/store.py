"""Folders of versions on S3, with the caller's keys: listed, measured, marked, removed."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.table_files import place_of
from dbt.adapters.glue.versions import MARKS, VERSION, join_location, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Listing", "Store"]


class Listing(NamedTuple):
    """What lies in a folder: names of folders, and the seconds since each mark was written."""

    folders: list[str]
    marks: dict[str, float]

    @property
    def versions(self) -> list[str]:
        return [name for name in self.folders if VERSION.fullmatch(name)]


class Store:
    """Every method raises DbtRuntimeError with the place and S3's reason, also for a place that is not on S3."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def listed(self, folder: str) -> Listing:
        """The folders in one, and its marks."""
        names: list[str] = []
        for page in self._pages(folder, Delimiter="/"):
            found = (str(item["Prefix"]) for item in page.get("CommonPrefixes", ()))
            names += [prefix.rstrip("/").rpartition("/")[2] for prefix in found]
        marks: dict[str, float] = {}
        if MARKS in names:
            now = datetime.now(timezone.utc)
            for page in self._pages(join_location(folder, MARKS)):
                for item in page.get("Contents", ()):
                    name = str(item["Key"]).rpartition("/")[2]
                    if marked(name) is not None:
                        marks[name] = (now - item["LastModified"]).total_seconds()
        return Listing(names, marks)

    def measured(self, folder: str) -> tuple[int, int]:
        """Files and bytes under a folder."""
        sizes = [
            int(item["Size"]) for page in self._pages(folder) for item in page.get("Contents", ())
        ]
        return len(sizes), sum(sizes)

    def remove(self, folder: str) -> None:
        """Everything under a folder."""
        bucket = place_of(folder)[0]
        for page in self._pages(folder):
            keys = [{"Key": item["Key"]} for item in page.get("Contents", ())]
            if keys:
                doomed = {"Objects": keys, "Quiet": True}
                answer = self._call(folder, partial(_delete, Bucket=bucket, Delete=doomed))
                for error in answer.get("Errors", ()):
                    raise DbtRuntimeError(f"{folder}: {error.get('Code')}: {error.get('Message')}")

    def mark(self, root: str, mark: str) -> None:
        bucket, key = place_of(join_location(root, MARKS, mark))
        self._call(root, lambda client: client.put_object(Bucket=bucket, Key=key, Body=b""))

    def unmark(self, root: str, mark: str) -> None:
        bucket, key = place_of(join_location(root, MARKS, mark))
        self._call(root, lambda client: client.delete_object(Bucket=bucket, Key=key))

    def _pages(self, folder: str, **options: str) -> Iterator[dict[str, Any]]:
        bucket, key = place_of(folder)
        asked: dict[str, Any] = {"Bucket": bucket, "Prefix": f"{key.rstrip('/')}/", **options}
        while True:
            answer = self._call(folder, lambda client: client.list_objects_v2(**asked))
            yield answer
            if not answer.get("NextContinuationToken"):
                return
            asked["ContinuationToken"] = answer["NextContinuationToken"]

    def _call(self, place: str, call: Callable[[Any], Any]) -> Any:
        try:
            return call(self._client())
        except (ClientError, BotoCoreError) as error:
            raise DbtRuntimeError(f"{place}: {error}") from error


def _delete(client: Any, **request: Any) -> Any:
    return client.delete_objects(**request)
