"""Which runs of dbt are at work: a run's word is in the ids of its sessions and in the names of the folders that it makes."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: nobody knows of other runs there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = ["ALIVE", "Run", "dead_runs"]

logger = AdapterLogger("Glue")

ALIVE = ("PROVISIONING", "READY", "STOPPING")
"""States of sessions in which a statement may be running."""

_WORD = re.compile(r"[rk][0-9a-f]{8}")
_KEPT_SECONDS = 14 * 24 * 3600
_SWEPT = "swept"
"""The file whose time tells when files of ended runs were last looked for: a machine may have thousands of them."""
_SWEEP_SECONDS = 24 * 3600


class Run:
    """One command of dbt. While it lives it holds a lock on a file of this machine that has its word as name.

    Words of runs whose sessions are found again by later ones (`glue_session_reuse`) begin with `k`: such a session
    does not tell whether its run lives.
    """

    def __init__(self, *, keeps_sessions: bool = False) -> None:
        self._letter = "k" if keeps_sessions else "r"
        self._guard = threading.Lock()
        self._word: str | None = None
        self._file: int | None = None

    @property
    def word(self) -> str:
        """`r01234567`, or `k01234567`; another one after `end`."""
        with self._guard:
            if self._word is None:
                self._word = self._letter + secrets.token_hex(4)
                self._file = _locked(self._word)
            return self._word

    def is_own(self, word: str) -> bool:
        """Whether a word is this run's."""
        return word == self._word

    def end(self) -> None:
        """Nothing of this run is at work any more."""
        with self._guard:
            if self._file is not None:
                os.close(self._file)
            self._word = self._file = None


def dead_runs(
    words: Collection[str], living_sessions: Callable[[], Collection[str]]
) -> dict[str, bool | None]:
    """For each run whether it has ended; None where that cannot be known.

    On the machine that it ran on, its file tells. Elsewhere `living_sessions` (ids; raises DbtRuntimeError where they
    cannot be listed) does: a run that has made a folder has a session until it has ended.
    """
    ended = {word: _has_ended(word) for word in words}
    asked = [word for word, dead in ended.items() if dead is None and word.startswith("r")]
    if asked:
        try:
            ids = living_sessions()
        except DbtRuntimeError as error:
            logger.debug(f"whether other runs are at work is not known: {error.msg}")
        else:
            ended.update({word: not any(word in each for each in ids) for word in asked})
    return ended


def _folder() -> Path | None:
    """The folder of the locks, of this user alone; None where there is none that can be trusted."""
    if fcntl is None:
        return None
    folder = Path(tempfile.gettempdir()) / f"dbt-glue-runs-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_ours = found.st_uid == os.getuid() and not folder.is_symlink() and folder.is_dir()
    return folder if is_ours else None


def _locked(word: str) -> int | None:
    """The open file of a new run, locked; None where there cannot be one."""
    folder = _folder()
    if folder is None:
        return None
    _forget_old(folder)
    try:
        file = os.open(folder / word, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    if _try_lock(file, fcntl.LOCK_EX):
        return file
    os.close(file)
    return None


def _has_ended(word: str) -> bool | None:
    folder = _folder()
    if folder is None or not _WORD.fullmatch(word):
        return None
    try:
        file = os.open(folder / word, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        return _try_lock(file, fcntl.LOCK_SH)  # several may ask at once
    finally:
        os.close(file)


def _try_lock(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _forget_old(folder: Path) -> None:
    """Removes, once a day, the files of runs that ended weeks ago."""
    swept, now = folder / _SWEPT, time.time()
    with contextlib.suppress(OSError):
        if 0 <= now - swept.stat().st_mtime < _SWEEP_SECONDS:
            return
    with contextlib.suppress(OSError):
        swept.touch(mode=0o600)
    for file in folder.iterdir():
        with contextlib.suppress(OSError):
            old = now - file.stat().st_mtime > _KEPT_SECONDS
            if old and _has_ended(file.name):
                file.unlink()
