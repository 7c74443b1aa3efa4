"""The files of tables that tell of their commits, read from S3 by the caller: no session is started for them."""

from __future__ import annotations

import contextlib
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.parsers import ResponseParserError
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["FilesUnreadable", "TableFile", "TableFiles", "place_of"]

ATTEMPTS = 3
"""Of files whose content ends too early, which no client of S3 notices in time to ask again."""
_SCHEMES = ("s3", "s3a", "s3n")
_MISSING = ("NoSuchKey", "404")
_DENIED = ("AccessDenied", "AccessDeniedException", "403")


class FilesUnreadable(DbtRuntimeError):
    """What a table's files should say cannot be read, or is not what its format has there."""

    @property
    def is_denied(self) -> bool:
        """Whether it is a permission that is missing."""
        return _code(self.__cause__) in _DENIED


class TableFile(NamedTuple):
    """A file in a folder: its name without the folder, and when it was written (with a time zone)."""

    name: str
    written: datetime


class TableFiles:
    """Files by their S3 URLs (s3, s3a, s3n). Every method raises FilesUnreadable with the URL and the reason."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def read(self, url: str) -> bytes:
        content: bytes = self._call("get_object", url, lambda answer: answer["Body"].read())
        return content

    def read_if_there(self, url: str) -> bytes | None:
        try:
            return self.read(url)
        except FilesUnreadable as error:
            if _code(error.__cause__) in _MISSING:
                return None
            raise

    def lines(self, url: str) -> Iterator[bytes]:
        """The lines of a file, read no further than they are asked for."""
        given = 0
        for attempt in range(ATTEMPTS):
            body = self._call("get_object", url, lambda answer: answer["Body"])
            try:
                for line in islice(body.iter_lines(), given, None):
                    given += 1
                    yield line
            except BotoCoreError as error:
                # Table formats write such files once: the lines that were given are in the next answer too.
                if attempt == ATTEMPTS - 1 or not fault_of(error):
                    raise FilesUnreadable(f"{url}: {error}") from error
            else:
                return
            finally:
                body.close()

    def names(self, folder: str, after: str = "") -> list[TableFile]:
        """The files right in a folder, by name, without those of folders in it; `after`: only names behind this one."""
        prefix = f"{place_of(folder)[1].rstrip('/')}/"
        found: list[TableFile] = []
        more: dict[str, str] = {"StartAfter": prefix + after} if after else {}
        while True:
            answer = self._call(
                "list_objects_v2",
                folder,
                lambda answer: answer,
                Prefix=prefix,
                Delimiter="/",
                **more,
            )
            found += [
                TableFile(item["Key"][len(prefix) :], item["LastModified"])
                for item in answer.get("Contents", ())
            ]
            token = answer.get("NextContinuationToken")
            if not token:
                return found
            more = {"ContinuationToken": token}

    def _call(
        self, operation: str, url: str, taken: Callable[[Any], Any], **parameters: Any
    ) -> Any:
        bucket, key = place_of(url)
        if operation == "get_object":
            parameters["Key"] = key
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(IncompleteReadError, HTTPClientError, ResponseParserError):
                return self._once(operation, url, taken, Bucket=bucket, **parameters)
        try:
            return self._once(operation, url, taken, Bucket=bucket, **parameters)
        except (BotoCoreError, ResponseParserError) as error:
            raise FilesUnreadable(f"{url}: {error}") from error

    def _once(
        self, operation: str, url: str, taken: Callable[[Any], Any], **parameters: Any
    ) -> Any:
        try:
            return taken(getattr(self._client(), operation)(**parameters))
        except ClientError as error:
            raise FilesUnreadable(f"{url}: {error}") from error


def _code(error: BaseException | None) -> str:
    """S3's name of an error; empty for what S3 did not say."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def place_of(url: str) -> tuple[str, str]:
    """Bucket and key. Hadoop's paths are no URLs: `%20` in them is what the key has. Raises FilesUnreadable."""
    match = re.fullmatch(r"(\w+)://([^/]+)/(.*)", url)
    if match is None or match[1].lower() not in _SCHEMES:
        raise FilesUnreadable(f"{url or 'its place'}: not on S3")
    return match[2], match[3]
