"""What the documents name is there: files, folders, modules; and the pictures are those of the code."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tools.pictures import FOLDERS, IMAGES, pictures

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    if "rules" not in path.relative_to(ROOT).parts
)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:python )?((?:[\w.-]+/)+[\w.*-]*)(?:::\w+)?$")
_MODULE = re.compile(rf"(?:{'|'.join(map(re.escape, FOLDERS))})(?:\.\w+)*$")


@cache
def tops() -> frozenset[str]:
    """The folders at the top of the repository: a path that begins with one is a path in it."""
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split("\n")
    return frozenset(name.split("/")[0] for name in listed if "/" in name)


def named_paths(text: str) -> set[str]:
    """The paths of this repository that a document names in code."""
    found = {match[1] for code in _CODE.findall(text) if (match := _PATH.match(code))}
    return {path for path in found if path.split("/")[0] in tops()}


def is_there(path: str) -> bool:
    """Whether a path, which may be a pattern, exists, or is one that tools make and git ignores."""
    if any(True for _ in ROOT.glob(path.rstrip("/"))):
        return True
    return subprocess.call(["git", "check-ignore", "-q", path], cwd=ROOT) == 0


def module_is_there(name: str) -> bool:
    """Whether a module exists; its last part may be a name in it."""
    wing = next(wing for wing in sorted(FOLDERS, key=len, reverse=True) if name.startswith(wing))
    parts = name.removeprefix(wing).strip(".").split(".") if name != wing else []
    place = ROOT / FOLDERS[wing]
    for number, part in enumerate(parts):
        if (place / part).is_dir():
            place = place / part
        elif (place / f"{part}.py").is_file():
            rest = parts[number + 1 :]
            text = (place / f"{part}.py").read_text(encoding="utf-8")
            return len(rest) <= 1 and all(re.search(rf"\b{name}\b", text) for name in rest)
        else:
            return False
    return True


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_and_folders_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert {path for path in named_paths(text) if not is_there(path)} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    codes = {code.removeprefix("python -m ") for code in _CODE.findall(text)}
    named = {code for code in codes if _MODULE.match(code)}
    assert {name for name in named if not module_is_there(name)} == set()


def test_what_is_not_there_is_found() -> None:
    assert named_paths("`compiler/gone.py` `models/a.py` `tests/unit/`") == {
        "compiler/gone.py",
        "tests/unit/",
    }
    assert not is_there("compiler/gone.py")
    assert is_there("tests/unit/")
    assert is_there("vscode-client/test-artifacts/")
    assert module_is_there("glue_compiler.workspace.Workspace")
    assert not module_is_there("glue_compiler.workspaces")
    assert not module_is_there("dbt.adapters.glue.endpoint")


@pytest.mark.parametrize("name", ["house.svg", "rooms.svg"])
def test_a_picture_shows_the_house_as_it_is(name: str) -> None:
    drawn = pictures()[name]
    assert (IMAGES / name).read_text(encoding="utf-8") == drawn, "run python -m tools.pictures"
