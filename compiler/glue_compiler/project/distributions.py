"""Which installed distributions have the package `dbt.adapters.glue`, and whose files are the ones that run."""

from __future__ import annotations

import base64
import hashlib
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

OURS, THEIRS = "dbt-glue-python", "dbt-glue"
_PACKAGE = ("dbt/adapters/glue/", "dbt/include/glue/")


class TwoDistributions(NamedTuple):
    """Both are installed, and their files share folders.

    `overwritten` are the files that both have and that are dbt-glue's now, `shared` all that both have, `beside` those
    that dbt-glue alone has: dbt loads its macros with this adapter's.
    A wheel that is installed later takes the place of what is there, file by file.
    """

    version: str
    overwritten: tuple[str, ...]
    shared: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def ours_runs(self) -> bool:
        """Whether what dbt loads is this adapter, with dbt-glue's other files beside it."""
        return not self.overwritten

    @property
    def told(self) -> str:
        """What to say of it, with the next step."""
        if self.ours_runs:
            what = (
                f"this adapter's files are those that run, with {len(self.beside)} of dbt-glue's beside them, of which dbt "
                f"loads the macros; {len(self.shared)} of them go with dbt-glue when that is uninstalled"
            )
        else:
            what = (
                f"{len(self.overwritten)} of the {len(self.shared)} files that both have are dbt-glue's now, so that "
                f"parts of two adapters run together, such as {self.overwritten[0]}"
            )
        return (
            f"both {OURS} and {THEIRS} {self.version} are installed, and both provide dbt.adapters.glue: {what}. Next: "
            f"pip uninstall -y {THEIRS} {OURS} && pip install {OURS}"
        )


def two_distributions(path: list[str] | None = None) -> TwoDistributions | None:
    """What is to be said where dbt-glue is installed beside this adapter; None where it is not.

    `path` is where distributions are looked for: by default where Python looks for modules.
    """
    theirs = _installed(THEIRS, path)
    ours = None if theirs is None else _installed(OURS, path)
    if theirs is None or ours is None:
        return None
    own = dict(_files(ours))
    other = dict(_files(theirs))
    if (
        not own
    ):  # an editable installation has its files elsewhere, which come first on the path or do not
        return TwoDistributions(theirs.version, _loaded_from(other), tuple(sorted(other)))
    shared = sorted(own.keys() & other.keys())
    changed = [name for name in shared if _hash(own[name][0]) not in (own[name][1], None)]
    return TwoDistributions(
        theirs.version, tuple(changed), tuple(shared), tuple(sorted(other.keys() - own.keys()))
    )


def _installed(name: str, path: list[str] | None) -> metadata.Distribution | None:
    """The first one of the name on Python's path, which is the one that counts."""
    found = (
        metadata.distributions(name=name)
        if path is None
        else metadata.distributions(name=name, path=path)
    )
    return next(iter(found), None)


def _files(each: metadata.Distribution) -> Iterable[tuple[str, tuple[Path, str | None]]]:
    """(name, (path, the hash that was recorded)) of the files in the package's folders."""
    for file in each.files or ():
        if file.as_posix().startswith(_PACKAGE) and file.suffix in (".py", ".sql", ".yml"):
            recorded = None if file.hash is None else f"{file.hash.mode}={file.hash.value}"
            yield file.as_posix(), (Path(str(file.locate())), recorded)


def _hash(path: Path) -> str | None:
    """As RECORD has it; None where there is no such file."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"


def _loaded_from(theirs: dict[str, tuple[Path, str | None]]) -> tuple[str, ...]:
    """The files of dbt-glue's, where Python finds them before those of a checkout."""
    marker = _PACKAGE[0] + "__init__.py"
    found = (Path(place or ".") / marker for place in sys.path)
    first = next((path for path in found if path.is_file()), None)
    own = first is not None and any(path == first for path, _ in theirs.values())
    return tuple(sorted(theirs)) if own else ()
