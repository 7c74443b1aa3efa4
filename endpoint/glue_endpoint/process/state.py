"""The state folder of an endpoint: where it is, who holds it, and how to reach its process.

endpoint.json    url, keys and versions of the running process; mode 0600
endpoint.lock    held by the process as long as it lives; its text is the process id
endpoint.start   held by whoever starts a process, so that two commands start one
endpoint.error   why the last start failed
endpoint.log     what the process logged
objects.sqlite   what S3 knows of its objects beside their files, which are in s3/
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.api.auth import Credentials
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import OTHER_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGE = Path(__file__).parent.parent
_LOG_LIMIT = 10 * 2**20
_FORMER_CATALOG = "metastore_db"
"""Where version 0.1 kept its catalog, for Hive alone to read."""


@dataclass(frozen=True)
class EndpointHandle:
    """A running endpoint: its URL, the keys to sign with, its process id and its build."""

    url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    pid: int
    build: str = ""

    @property
    def credentials(self) -> Credentials:
        """The keys as `auth` takes them."""
        return Credentials(self.access_key_id, self.secret_access_key)


class StateFolder:
    """Paths and locks below one state folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.handle_file = self.path / "endpoint.json"
        self.error_file = self.path / "endpoint.error"
        self.log_file = self.path / "endpoint.log"
        self._lock_file = self.path / "endpoint.lock"
        self._start_file = self.path / "endpoint.start"

    def prepare(self) -> None:
        """Makes the folder, for this user only and ignored by git. Raises EndpointStartError.

        A folder that was there is closed to other users if it is an endpoint's; what else somebody
        named, a project perhaps, keeps its rights and is not hidden from git. A warehouse of another
        make is refused before anything in it changes.
        """
        if (self.path / _FORMER_CATALOG).exists():
            raise EndpointStartError(
                f"{self.path} holds a warehouse of version 0.1, whose catalog ({_FORMER_CATALOG}) this "
                "version does not read; nothing in it was changed. Stop what still uses it, move the "
                "folder away or delete it, and build the tables anew with `dbt build`. Or choose "
                f"{OTHER_FOLDER}."
            )
        try:
            made = self._make()
            status = self.path.stat()
            if status.st_uid != os.getuid():
                raise PermissionError(errno.EPERM, "it belongs to another user")
            if made:
                (self.path / ".gitignore").write_text("*\n")
            elif self._lock_file.exists() and status.st_mode & 0o077:
                self.path.chmod(0o700)
            if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
                self.log_file.replace(self.log_file.with_suffix(".log.1"))
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise EndpointStartError(
                f"Cannot use {self.path} as the endpoint's folder: {error.strerror or error}. "
                f"Choose {OTHER_FOLDER}."
            ) from error

    def _make(self) -> bool:
        """Whether the folder was made just now."""
        try:
            self.path.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            if not self.path.is_dir():
                raise
            return False
        return True

    def read_handle(self) -> EndpointHandle | None:
        """What endpoint.json says; None if there is none, or none that is ours to trust."""
        try:
            status = self.handle_file.stat()
            if status.st_uid != os.getuid() or status.st_mode & 0o077:
                return None
            return EndpointHandle(**json.loads(self.handle_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write_handle(self, handle: EndpointHandle) -> None:
        """Publishes a process: complete or not at all, and readable by this user alone."""
        descriptor, name = tempfile.mkstemp(dir=self.path, prefix=".endpoint-")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(handle), file, indent=2)
        Path(name).replace(self.handle_file)

    def remove_handle(self) -> None:
        """Withdraws endpoint.json."""
        self.handle_file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder for this process. Raises EndpointStartError if another has it."""
        with _Lock(self._lock_file) as lock:
            if not lock.take():
                raise EndpointStartError(
                    f"An endpoint already serves {self.path} (process {self.holder()}). "
                    "Use it (`dbt-glue endpoint status`), stop it, or choose another --dir."
                )
            lock.write(str(os.getpid()))
            yield

    def holder(self) -> int | None:
        """The id of the process that serves this folder; None if none does."""
        if not self._lock_file.exists():
            return None
        with _Lock(self._lock_file) as lock:
            if lock.take():
                return None
            text = self._lock_file.read_text(encoding="utf-8").strip()
            return int(text) if text.isdecimal() else 0

    @contextlib.contextmanager
    def starting(self, timeout: float, waiting: Callable[[], None]) -> Iterator[None]:
        """Lets one caller at a time start a process; calls `waiting` once if that is not us.

        Raises EndpointStartError after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        with _Lock(self._start_file) as lock:
            if not lock.take():
                waiting()
                while not lock.take():
                    if time.monotonic() > deadline:
                        raise EndpointStartError(
                            f"Another command has been starting the endpoint in {self.path} for "
                            f"{timeout:.0f} seconds. Its log is {self.log_file}."
                        )
                    time.sleep(0.02)
            yield


class _Lock:
    """An advisory lock on a file, which the system releases when its process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Takes the lock if it is free."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def write(self, text: str) -> None:
        """Replaces the file's text."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def __enter__(self) -> _Lock:
        return self

    def __exit__(self, *exc: object) -> None:
        os.close(self._descriptor)


def build() -> str:
    """The version of the installed endpoint; a change of its source files is another build."""
    newest = max(file.stat().st_mtime_ns for file in _PACKAGE.rglob("*.py"))
    return f"{metadata.version('dbt-glue-python')}+{newest // 10**9:x}"
