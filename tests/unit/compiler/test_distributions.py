"""dbt-glue installed beside this adapter: whose files are there is told from what the installers recorded."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from glue_compiler.project.distributions import two_distributions

if TYPE_CHECKING:
    from pathlib import Path

INIT, IMPL, OWN = (f"dbt/adapters/glue/{name}.py" for name in ("__init__", "impl", "aws"))
MACRO = "dbt/include/glue/macros/theirs.sql"


def installed(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Files in a site-packages as an installer puts them, over what is there, with their record."""
    record = []
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record.append(f"{path},sha256={digest.decode()},{len(text)}")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("\n".join(record) + "\n")


def ours(folder: Path) -> None:
    installed(folder, "dbt-glue-python", "0.1.0", {INIT: "ours", IMPL: "ours", OWN: "ours"})


def theirs(folder: Path) -> None:
    installed(folder, "dbt-glue", "1.12.4", {INIT: "theirs", IMPL: "theirs", MACRO: "theirs"})


def test_one_alone_is_nothing_to_tell(tmp_path: Path) -> None:
    ours(tmp_path)
    assert two_distributions([str(tmp_path)]) is None


def test_dbt_glue_that_was_installed_later_has_replaced_files(tmp_path: Path) -> None:
    ours(tmp_path)
    theirs(tmp_path)
    both = two_distributions([str(tmp_path)])
    assert both is not None
    assert not both.ours_runs
    assert both.overwritten == (INIT, IMPL)
    assert "2 of the 2 files that both have are dbt-glue's now" in both.told
    assert "pip uninstall -y dbt-glue dbt-glue-python && pip install dbt-glue-python" in both.told


def test_this_adapter_that_was_installed_later_runs(tmp_path: Path) -> None:
    theirs(tmp_path)
    ours(tmp_path)
    both = two_distributions([str(tmp_path)])
    assert both is not None
    assert both.ours_runs
    assert both.version == "1.12.4"
    assert both.beside == (MACRO,)
    assert "with 1 of dbt-glue's beside them, of which dbt loads the macros" in both.told


def test_a_checkout_beside_dbt_glue(tmp_path: Path) -> None:
    """An editable installation has its files elsewhere: what comes first on Python's path runs."""
    theirs(tmp_path)
    installed(tmp_path, "dbt-glue-python", "0.1.0", {"__editable__.pth": "/checkout\n"})
    both = two_distributions([str(tmp_path)])
    assert both is not None
    assert both.ours_runs  # the folder is not on Python's path, and ours is


def test_the_installation_that_runs_this_has_one_adapter() -> None:
    assert two_distributions() is None
