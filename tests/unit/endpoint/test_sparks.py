"""Environments with the Sparks of Glue versions: made once, whole or not there, and what is said where there is none.

pip is the real one. What it installs are small wheels of the same names, from a folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.sessions import packages
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.spark_setup import setup_for
from glue_endpoint.spark import sparks
from glue_endpoint.spark.glue_versions import PACKAGES_OF_GLUE, SPARK_OF_GLUE, requirements_of
from glue_endpoint.spark.setup import SparkSetup
from glue_endpoint.spark.sparks import SparkCache, Sparks, SparkUnavailable
from packaging.requirements import Requirement


def wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in files))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has everything but PySpark 3.5.4, and is all that pip sees."""
    folder = tmp_path / "index"
    folder.mkdir()
    for glue in ("5.0", "6.0"):
        for requirement in map(Requirement, requirements_of(glue)):
            (pin, *_) = (each for each in requirement.specifier)
            if requirement.name == "pyspark" and glue == "5.0":
                continue
            if requirement.marker is not None and not requirement.marker.evaluate():
                continue
            version = pin.version if pin.operator == "==" else "80.0"
            files = {f"{requirement.name}/__init__.py": f"__version__ = {version!r}\n"}
            if requirement.name == "pyspark":
                files |= {"pyspark/sql/__init__.py": "", "pyspark/version.py": ""}
            wheel(folder, requirement.name, version, files)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path, index: Path) -> SparkCache:
    return SparkCache(tmp_path / "sparks")


def folders(cache: SparkCache) -> list[str]:
    return sorted(entry.name for entry in cache.folder.iterdir() if entry.is_dir())


def test_every_version_that_has_an_environment_has_a_spark() -> None:
    assert PACKAGES_OF_GLUE.keys() <= SPARK_OF_GLUE.keys()
    assert requirements_of("6.0")[0] == "pyspark==4.1.1"


def test_it_is_made_once_and_then_found_without_an_index(
    cache: SparkCache, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    assert cache.find("6.0") is None
    made = cache.make("6.0", said.append)
    assert made.version == "4.1.1"
    code = "import pyspark; print(pyspark.__version__)"
    assert subprocess.check_output([made.python, "-c", code], text=True).strip() == "4.1.1"
    assert said[0].startswith("installing Spark 4.1.1 for Glue 6.0, once for this user")
    assert said[-1].startswith("installed Spark 4.1.1 in ")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index / "nothing"))
    said.clear()
    assert cache.make("6.0", said.append) == made
    assert said == []
    assert folders(cache) == [made.folder.name]


def test_without_an_index_the_error_says_what_to_do_and_nothing_stays(cache: SparkCache) -> None:
    with pytest.raises(SparkUnavailable) as error:
        cache.make("5.0", lambda _: None)
    message = str(error.value)
    assert message.startswith("Spark 3.5.4 could not be installed: ERROR: ")
    assert "pyspark==3.5.4" in message
    assert "`dbt-glue endpoint sparks install 5.0`" in message
    assert folders(cache) == []


def test_two_processes_at_once_make_one(cache: SparkCache) -> None:
    program = (
        "import sys; from pathlib import Path; from glue_endpoint.spark.sparks import SparkCache;"
        "print(SparkCache(Path(sys.argv[1])).make('6.0', lambda line: print(line, flush=True)).folder)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(cache.folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum("installing Spark" in text for text in said) == 1 + sum(
        "waiting: another session or command is installing Spark" in text for text in said
    )
    assert sum("installed Spark" in text for text in said) == 1
    assert len({text.splitlines()[-1] for text in said}) == 1
    assert folders(cache) == [cache.place("6.0").name]


def test_a_making_that_was_killed_is_never_used_and_cleared_away(
    cache: SparkCache, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from glue_endpoint.spark.sparks import SparkCache;"
        "SparkCache(Path(sys.argv[1])).make('6.0', lambda line: print(line, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(cache.folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert "installing" in process.stdout.readline()
        deadline = time.monotonic() + 30
        while not any((cache.folder / name / "bin").is_dir() for name in folders(cache)):
            assert time.monotonic() < deadline
        os.killpg(process.pid, signal.SIGKILL)
    assert len(folders(cache)) == 1
    assert cache.find("6.0") is None
    made = cache.make("6.0", lambda _: None)
    assert folders(cache) == [made.folder.name]


def test_one_whose_python_is_gone_is_made_anew(cache: SparkCache) -> None:
    made = cache.make("6.0", lambda _: None)
    python = Path(made.python)
    python.unlink()
    python.symlink_to("/no/such/python")
    assert cache.find("6.0") is None
    cache.make("6.0", lambda _: None)
    assert cache.find("6.0") == made


def test_what_does_not_import_is_not_kept(cache: SparkCache, index: Path) -> None:
    wheel(index, "pyspark", "4.1.1", {"pyspark/__init__.py": "raise ImportError('no such luck')"})
    with pytest.raises(SparkUnavailable, match=r"cannot be imported:[\s\S]*no such luck"):
        cache.make("6.0", lambda _: None)
    assert folders(cache) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, index: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SparkUnavailable, match="XDG_CACHE_HOME"):
        SparkCache(tmp_path / "file" / "sparks").make("6.0", lambda _: None)


def test_a_python_that_spark_does_not_run_on_is_named(
    cache: SparkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sparks.PYTHONS_OF_SPARK, "4.1", ((3, 2), (3, 3)))
    with pytest.raises(SparkUnavailable, match=r"Spark 4\.1\.1 runs on Python 3\.2 to 3\.3, and"):
        cache.make("6.0", lambda _: None)


# -- which Spark a session gets ------------------------------------------------------------------


def test_the_installed_spark_serves_its_own_glue_version(cache: SparkCache) -> None:
    chosen = Sparks(cache)
    assert chosen.of("5.1", lambda _: None) == (None, "")
    assert chosen.of("", lambda _: None) == (None, "")
    assert not cache.folder.exists()


def test_a_glue_version_without_an_environment_says_so(cache: SparkCache) -> None:
    spark, why = Sparks(cache).of("4.0", lambda _: None)
    assert spark is None
    assert why == "there is no environment for it, but for Glue 5.0, 5.1, 6.0"


def test_what_could_not_be_made_is_not_tried_for_every_session(cache: SparkCache) -> None:
    chosen, said = Sparks(cache), list[str]()
    first = chosen.of("5.0", said.append)
    assert first[0] is None
    assert "Next: where there is a network" in first[1]
    tried = len(said)
    assert chosen.of("5.0", said.append) == first
    assert len(said) == tried > 0


def test_the_variable_keeps_the_installed_spark(
    cache: SparkCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_GLUE_ENDPOINT_SPARK", "installed")
    assert Sparks(cache).of("6.0", lambda _: None) == (None, "DBT_GLUE_ENDPOINT_SPARK=installed")
    monkeypatch.setenv("DBT_GLUE_ENDPOINT_SPARK", "3.5")
    with pytest.raises(SparkUnavailable, match="takes `glue`"):
        Sparks(cache).of("6.0", lambda _: None)


def test_a_setup_has_its_spark_and_is_remembered_with_it(cache: SparkCache, tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "s3")
    chosen = Sparks(cache)
    setup, why = setup_for({"GlueVersion": "6.0"}, buckets, chosen, lambda _: None)
    plain, _ = setup_for({"GlueVersion": "5.1"}, buckets, chosen, lambda _: None)
    assert (why, plain.key) == ("", "")
    assert setup.spark == cache.find("6.0")
    assert setup.key not in ("", plain.key)
    assert setup.spark is not None
    assert setup.python == setup.spark.python
    assert SparkSetup.from_json(setup.as_json()) == setup
    (setup.spark.folder / "dbt-glue.json").unlink()
    with pytest.raises(ValueError, match="is gone"):
        SparkSetup.from_json(setup.as_json())


def test_a_jar_for_the_spark_that_is_not_here_is_refused_by_name(
    cache: SparkCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_GLUE_ENDPOINT_SPARK", "installed")
    jar = tmp_path / "lake-spark_2.13-1.0.jar"
    jar.touch()
    request = {"GlueVersion": "6.0", "DefaultArguments": {"--extra-jars": str(jar)}}
    with pytest.raises(
        EnvironmentUnavailable, match=r"lake-spark_2\.13-1\.0\.jar is for Scala 2\.13"
    ):
        setup_for(request, Buckets(tmp_path / "s3"), Sparks(cache), lambda _: None)


# -- packages are judged by the Spark's environment ----------------------------------------------


def test_packages_are_there_by_the_sparks_environment(
    cache: SparkCache, index: Path, tmp_path: Path
) -> None:
    buckets = Buckets(tmp_path / "s3")
    spark = cache.make("6.0", lambda _: None)
    venvs = tmp_path / "venvs"

    def python_for(modules: str) -> str:
        given = {"--additional-python-modules": modules}
        return packages.python_for(given, buckets, folder=venvs, spark=spark)

    assert python_for("pandas==2.3.3, boto3") == spark.python
    # `packaging` is beside the endpoint, and not there.
    wheel(index, "packaging", "99.0", {"packaging/__init__.py": "__version__ = 'its own'"})
    other = python_for("packaging")
    code = "import packaging, pyspark; print(packaging.__version__, pyspark.__version__)"
    assert other.startswith(str(venvs))
    assert subprocess.check_output([other, "-c", code], text=True).strip() == "its own 4.1.1"


def test_the_version_in_a_session_is_known_before_its_spark_is_made(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wanted = {"pandas": "2.3.3", "pyspark": "4.1.1", "packaging": None}
    before = {name: sparks.version_in_session(name, "6.0") for name in wanted}
    assert before == wanted
    SparkCache().make("6.0", lambda _: None)
    assert {name: sparks.version_in_session(name, "6.0") for name in wanted} == wanted
    assert sparks.version_in_session("packaging", "5.1") is not None
    assert index.exists()


def test_threads_of_one_process_make_one(cache: SparkCache) -> None:
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda: cache.make("6.0", said.append), daemon=True)
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(line.startswith("installed") for line in said) == 1
    with contextlib.suppress(FileNotFoundError):
        assert folders(cache) == [cache.place("6.0").name]
