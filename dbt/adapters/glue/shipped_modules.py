"""Local modules of a project on their way into a session: packed into one zip file, carried by statements."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.program.transport import MAX_CODE, payload_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["pack_modules", "ship_statements", "with_modules"]

MAX_BYTES = 4 * 2**20
"""Of the packed modules: about a hundred statements; what is larger belongs in S3."""

_SKIPPED = ("__pycache__",)
# The same files give the same bytes, whenever they are packed.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def pack_modules(root: Path, modules: Iterable[str], archives: Iterable[Path] = ()) -> bytes:
    """A zip file of the named files and folders, each at its top, and of what `archives` contain.

    `modules` are paths from `root`: `shared` (a folder) is `import shared`, `lib/shared.py` too.
    Raises DbtRuntimeError for a path that is not there, leads out of the project, or is no module.
    """
    files: dict[str, bytes] = {}
    modules = tuple(modules)
    for module in modules:
        files.update(_files_of(root, module))
    for archive in archives:
        files.update(_unpacked(archive))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        # Python finds a folder without __init__.py in a zip file only by an entry of its own.
        folders = {f"{parent}/" for name in files for parent in _parents(name)}
        for folder in sorted(folders):
            packed.writestr(zipfile.ZipInfo(folder, _MOMENT), b"")
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, _MOMENT), files[name], zipfile.ZIP_DEFLATED)
    content = buffer.getvalue()
    if len(content) > MAX_BYTES:
        raise DbtRuntimeError(
            f"python_modules: {', '.join(modules) or 'additional_libs'} are {len(content) / 2**20:.1f} MB packed, "
            f"and up to {MAX_BYTES // 2**20} MB travel with a model. Put them in S3 as a zip file "
            "and name that in additional_libs"
        )
    return content


def ship_statements(packed: bytes) -> tuple[str, ...]:
    """The statements that put a zip file of modules in use; they do nothing where it is in use."""
    digest = hashlib.sha256(packed).hexdigest()[:16]
    text = base64.b64encode(packed).decode("ascii")
    return payload_statements("use_modules", ("globals()", repr(digest)), text, digest)


def with_modules(packed: bytes, statements: Sequence[str]) -> tuple[str, ...]:
    """A program's statements with its modules before them: in one statement if they fit."""
    ship = ship_statements(packed)
    if len(ship[-1]) + len(statements[0]) <= MAX_CODE:
        return (*ship[:-1], ship[-1] + statements[0], *statements[1:])
    return (*ship, *statements)


def _files_of(root: Path, module: str) -> dict[str, bytes]:
    path = (root / module).resolve()
    if not path.is_relative_to(root.resolve()) or path == root.resolve():
        raise DbtRuntimeError(
            f"python_modules: {module!r} is not inside the project ({root}); name a file or folder of it"
        )
    if path.is_file() and path.suffix == ".py":
        return {path.name: path.read_bytes()}
    if not path.is_dir():
        what = "is not a .py file or a folder" if path.exists() else "does not exist"
        raise DbtRuntimeError(f"python_modules: {module!r} {what} ({path})")
    found = {
        file.relative_to(path.parent).as_posix(): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not _skipped(file.relative_to(path))
    }
    if not any(name.endswith(".py") for name in found):
        raise DbtRuntimeError(f"python_modules: {module!r} has no Python files ({path})")
    return found


def _parents(name: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(name).parents][:-1]


def _skipped(path: Path) -> bool:
    return any(part in _SKIPPED or part.startswith(".") for part in path.parts)


def _unpacked(archive: Path) -> dict[str, bytes]:
    if archive.suffix == ".py":
        return {archive.name: archive.read_bytes()}
    try:
        with zipfile.ZipFile(archive) as opened:
            return {name: opened.read(name) for name in opened.namelist() if name[-1:] != "/"}
    except zipfile.BadZipFile as error:
        raise DbtRuntimeError(f"additional_libs: {archive} is not a zip file") from error
