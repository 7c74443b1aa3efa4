"""tools/ecosystem.py on two builds that are made up: what came, what went, what a reviewer reads."""

from __future__ import annotations

import hashlib
import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tools import ecosystem
from tools.incidence import Address

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "def model(dbt, session):\n    df = dbt.ref('a')\n    return df.x()\n"


def item(path: Path, code: str, line: int, severity: str, message: str) -> dict[str, Any]:
    location = {"line": line, "column": 5, "end_line": line, "end_column": 9}
    return {
        "path": str(path),
        "location": location,
        "code": code,
        "severity": severity,
        "message": message,
    }


def build(place: Path, items: list[dict[str, Any]]) -> Path:
    """A checkout whose dbt-glue says these findings and exits as the real one does."""
    program = place / ".venv" / "bin" / "dbt-glue"
    program.parent.mkdir(parents=True)
    (place / "said.json").write_text(json.dumps(items))
    program.write_text(f"#!/bin/sh\ncat '{place / 'said.json'}'\nexit {1 if items else 0}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return place


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    address = Address("owner/name", "models/m.py", "0" * 40, digest)
    file = address.file(tmp_path / "texts")
    file.parent.mkdir(parents=True)
    file.write_text(TEXT)
    monkeypatch.setattr(ecosystem, "addresses", lambda: [address])
    return tmp_path / "texts"


def test_a_reviewer_reads_what_came_and_went(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = folder.resolve() / "owner+name" / "models" / "m.py"
    stays = item(model, "GLU101", 1, "error", "stays")
    gone = item(model, "GLU502", 2, "warning", "goes")
    before = build(tmp_path / "one", [stays, gone, item(model, "GLU610", 3, "warning", "words")])
    after = build(
        tmp_path / "other",
        [
            stays,
            item(model, "GLU610", 3, "warning", "other words"),
            item(model, "GLU602", 3, "error", "frames have no `x`"),
        ],
    )
    asked = [str(folder), "--before", str(before), "--after", str(after)]
    assert ecosystem.main(asked) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines() == [
        "3 findings before, 3 after, on 1 models.",
        "",
        "| rule | before | after |",
        "|---|---:|---:|",
        "| GLU502 | 1 | 0 |",
        "| GLU602 | 0 | 1 |",
        "",
        "## Added: 1",
        "- error GLU602 owner+name/models/m.py:3:5: frames have no `x`",
        "    `return df.x()`",
        "",
        "## Removed: 1",
        "- warning GLU502 owner+name/models/m.py:2:5: goes",
        "    `df = dbt.ref('a')`",
        "",
        "## Said otherwise: 1",
        "- warning GLU610 owner+name/models/m.py:3:5: other words",
        "    `return df.x()`",
        "    before: warning: words",
    ]
    assert ecosystem.main([*asked, "--severity", "warning"]) == 0
    assert ecosystem.main([str(folder), "--before", str(after), "--after", str(before)]) == 0


def test_a_warning_that_is_an_error_now_has_to_be_read(folder: Path, tmp_path: Path) -> None:
    model = folder / "owner+name" / "models" / "m.py"
    files = []
    for severity in ("warning", "error"):
        files.append(tmp_path / f"{severity}.json")
        files[-1].write_text(json.dumps([item(model, "GLU601", 3, severity, "no column")]))
    found = [ecosystem.findings(file, folder) for file in files]
    difference = ecosystem.compared(*found)
    assert (difference.added, difference.removed) == ((), ())
    assert [one.severity for one in difference.new_errors] == ["error"]
    assert ecosystem.compared(found[0], found[0]).changed == ()


def test_another_text_or_no_build_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="neither a checkout"):
        ecosystem.findings(tmp_path / "nothing", folder)
    broken = build(tmp_path / "broken", [])
    program = broken / ".venv" / "bin" / "dbt-glue"
    program.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 2\n")
    with pytest.raises(RuntimeError, match="no such option"):
        ecosystem.findings(broken, folder)
    (folder / "owner+name" / "models" / "m.py").write_text("changed")
    with pytest.raises(ValueError, match="another text than was pinned"):
        ecosystem.main([str(folder), "--before", str(broken)])
