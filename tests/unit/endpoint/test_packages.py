"""Environments of sessions with packages: what is installed, what is not, what is said when it fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.sessions import packages
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.packages import COMPLETE, Packages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def buckets(tmp_path: Path) -> Buckets:
    return Buckets(tmp_path / "s3")


def wheel(folder: Path, name: str, version: str, needs: str = "") -> Path:
    """A small wheel: `import name; name.VERSION`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(
            f"{info}/METADATA", metadata + (f"Requires-Dist: {needs}\n" if needs else "")
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    return file


def run(python: str, code: str) -> str:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "modules", ["", "packaging", "packaging>=20,<1000, pytest", "nothing; python_version<'3'"]
)
def test_what_is_there_needs_no_other_python(
    modules: str, buckets: Buckets, tmp_path: Path
) -> None:
    python = packages.python_for(
        {"--additional-python-modules": modules}, buckets, folder=tmp_path / "venvs"
    )
    assert python == sys.executable
    assert not (tmp_path / "venvs").exists()


@pytest.mark.parametrize("module", ["packaging<1", "packaging[x]", "packaging @ https://x/y.whl"])
def test_what_the_installer_has_to_look_at(module: str, buckets: Buckets) -> None:
    asked = Packages.of({"--additional-python-modules": f"pytest,{module}"}, buckets)
    assert asked.requirements == (module,)


def test_wheels_of_all_kinds_are_installed_once_and_beside_what_is_there(
    buckets: Buckets, tmp_path: Path
) -> None:
    on_s3 = buckets.path("s3://libs/first-1.0-py3-none-any.whl")
    wheel(on_s3.parent, "first", "1.0", needs="packaging")
    wheel(tmp_path / "index", "second", "2.0")
    wheel(tmp_path / "zipped", "third", "3.0")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(
            tmp_path / "zipped" / "third-3.0-py3-none-any.whl", "third-3.0-py3-none-any.whl"
        )
    (tmp_path / "requirements.txt").write_text("second==2.0\n")
    arguments = {
        "--additional-python-modules": f"s3://libs/first-1.0-py3-none-any.whl,{tmp_path}/requirements.txt,{tmp_path}/more.zip",
        "--python-modules-installer-option": f"-r --no-index --find-links {tmp_path / 'index'}",
    }
    said: list[str] = []
    python = packages.python_for(arguments, buckets, said.append, tmp_path / "venvs")
    code = "import first, second, third, packaging; print(first.VERSION, second.VERSION, third.VERSION, packaging.__file__)"
    first, second, third, own = run(python, code).split()
    assert (first, second, third) == ("1.0", "2.0", "3.0")
    assert str(tmp_path) not in own
    assert said[0].startswith("installing first-1.0")
    assert "installed" in said[1]

    said.clear()
    assert packages.python_for(arguments, buckets, said.append, tmp_path / "venvs") == python
    assert said == []

    wheel(on_s3.parent, "first", "1.0", needs="pytest")  # another file of the same name
    assert packages.python_for(arguments, buckets, said.append, tmp_path / "venvs") != python


def test_own_packages_come_first(buckets: Buckets, tmp_path: Path) -> None:
    file = wheel(tmp_path, "packaging", "1.0")
    arguments = {
        "--additional-python-modules": str(file),
        "--python-modules-installer-option": "--no-index",
    }
    python = packages.python_for(arguments, buckets, folder=tmp_path / "venvs")
    assert run(python, "import packaging; print(packaging.VERSION)") == "1.0"


def test_two_at_once_install_once(buckets: Buckets, tmp_path: Path) -> None:
    arguments = {
        "--additional-python-modules": str(wheel(tmp_path, "once", "1.0")),
        "--python-modules-installer-option": "--no-index",
    }
    said: list[str] = []
    pythons: list[str] = []

    def ask() -> None:
        pythons.append(packages.python_for(arguments, buckets, said.append, tmp_path / "venvs"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pythons)) == 1
    assert sum(line.startswith("installing") for line in said) == 1


def test_a_failure_names_the_package_and_leaves_nothing(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "0")
    good = wheel(tmp_path, "good", "1.0")
    arguments = {
        "--additional-python-modules": f"{good},no-such-package==7",
        "--python-modules-installer-option": "--no-index --find-links http://user:secret@localhost:1/x",
    }
    with pytest.raises(EnvironmentUnavailable) as error:
        packages.python_for(arguments, buckets, folder=tmp_path / "venvs")
    message = str(error.value)
    assert message.startswith(
        "--additional-python-modules: no-such-package==7 could not be installed"
    )
    assert "No matching distribution found" in message
    assert "secret" not in message
    assert [entry for entry in (tmp_path / "venvs").iterdir() if entry.is_dir()] == []


def test_what_an_interrupted_installation_left_is_not_used(
    buckets: Buckets, tmp_path: Path
) -> None:
    arguments = {
        "--additional-python-modules": str(wheel(tmp_path, "again", "1.0")),
        "--python-modules-installer-option": "--no-index",
    }
    python = packages.python_for(arguments, buckets, folder=tmp_path / "venvs")
    (place,) = (entry for entry in (tmp_path / "venvs").iterdir() if entry.is_dir())
    (place / COMPLETE).unlink()
    (module,) = place.glob("lib/*/site-packages/again.py")
    module.unlink()
    assert packages.python_for(arguments, buckets, folder=tmp_path / "venvs") == python
    assert run(python, "import again; print(again.VERSION)") == "1.0"


@pytest.mark.parametrize("file", ["gone.whl", "s3://libs/gone.txt", "s3://../x.whl"])
def test_a_file_that_is_not_there_is_named(file: str, buckets: Buckets) -> None:
    with pytest.raises(EnvironmentUnavailable) as error:
        packages.python_for({"--additional-python-modules": file}, buckets)
    assert file.rpartition("/")[2] in str(error.value)
