"""The jars of table formats: fetched by Spark's Ivy as its users set it up, once, whole, or with an error that helps."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.spark.formats import FormatUnavailable, jars_of
from glue_endpoint.spark.jars import JarCache

from tests.integration.endpoint.repository import CONTENT, JAR, Repository, ivy_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.spark.java_home import Java

ROOT = Path(__file__).parents[3]
NOWHERE = "http://127.0.0.1:9/maven2/"
"""A port where nobody listens."""

FETCH = """
import json, sys
from pathlib import Path
from glue_endpoint.spark.jars import JarCache
from tests.integration.endpoint.repository import JAR
folder, settings = sys.argv[1:]
JarCache(Path(folder)).paths(
    [JAR], settings=json.loads(settings), report=lambda line: print(line, flush=True)
)
"""


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository() as repository:
        threading.Thread(target=repository.serve_forever, args=(0.02,), daemon=True).start()
        yield repository
        for event in repository.events:
            event.set()
        repository.shutdown()


@pytest.fixture(autouse=True)
def _nothing_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository of Maven's, and no cache, but those of the test."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def cache(tmp_path: Path) -> JarCache:
    return JarCache(tmp_path / "jars", patience=30)


def no_java() -> Java:
    raise AssertionError("a JVM is to be started")


def fetch(cache: JarCache, settings: dict[str, str], **given: Any) -> list[str]:
    """Has the cache fetch JAR; what was reported."""
    lines: list[str] = []
    assert cache.paths([JAR], report=lines.append, settings=settings, **given) == [cache.path(JAR)]
    assert cache.path(JAR).read_bytes() == CONTENT
    return lines


def files(cache: JarCache) -> list[str]:
    """What is in the cache's folder beside its lock."""
    return sorted(
        file.name for file in cache.folder.rglob("*") if file.is_file() and file.name != "lock"
    ) + [folder.name for folder in cache.folder.glob(".*")]


def test_a_jar_is_fetched_once_and_there_without_a_network_and_without_java(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    lines = fetch(cache, ivy_settings(tmp_path, repository.url))
    assert lines[0] == "fetching thing-1.0.jar (307 kB), 1 of 1"
    assert lines[-1].startswith("fetched thing-1.0.jar in ")
    assert files(cache) == ["thing-1.0.jar"]
    assert fetch(cache, ivy_settings(tmp_path, NOWHERE), java=no_java) == []
    assert repository.jars_given() == 1


def test_a_jar_that_is_not_whole_is_fetched_again(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    place = cache.path(JAR)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:-1])
    assert cache.missing([JAR]) == [JAR]
    fetch(cache, ivy_settings(tmp_path, repository.url))


def test_a_jar_that_is_not_as_pinned_is_refused_and_not_kept(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    repository.content = CONTENT[::-1]
    with pytest.raises(FormatUnavailable) as error:
        fetch(cache, ivy_settings(tmp_path, repository.url))
    for said in ("thing-1.0.jar (org.example:thing:1.0) is not what it should be", JAR.sha256):
        assert said in str(error.value)
    assert files(cache) == []


def test_a_repository_that_cannot_be_reached_is_an_error_with_next_steps(
    cache: JarCache, tmp_path: Path
) -> None:
    with pytest.raises(FormatUnavailable) as error:
        fetch(cache, ivy_settings(tmp_path, NOWHERE.replace("//", "//user:secret@")))
    said = str(error.value)
    assert said.startswith("thing-1.0.jar (org.example:thing:1.0) could not be fetched: ")
    assert "Connection refused" in said
    for step in (
        "dbt-glue endpoint formats install",
        "spark.jars.ivySettings",
        "DEFAULT_ARTIFACT_REPOSITORY",
        "extra_jars",
    ):
        assert step in said
    assert "secret" not in said
    assert len(said) < 2000
    assert files(cache) == []


def test_a_repository_that_says_nothing_is_given_up(repository: Repository, tmp_path: Path) -> None:
    repository.hold("pom")
    cache = JarCache(tmp_path / "jars", patience=1)
    with pytest.raises(FormatUnavailable, match="nothing has come for 1 second"):
        fetch(cache, ivy_settings(tmp_path, repository.url))
    assert files(cache) == []


def test_a_mirror_in_the_variable_of_spark_and_an_added_repository(
    cache: JarCache, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", repository.url)
    fetch(cache, {})
    cache.path(JAR).unlink()
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", NOWHERE)
    fetch(cache, {"spark.jars.repositories": repository.url})


def test_a_mirror_in_sparks_own_file_of_settings(
    cache: JarCache, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (setting,) = ivy_settings(tmp_path, repository.url).items()
    (tmp_path / "spark-defaults.conf").write_text(f"# ours\n{setting[0]}   {setting[1]}\n")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    fetch(cache, {})
    assert repository.jars_given() == 1


def test_a_proxy_of_the_environment_with_a_password(
    cache: JarCache, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.password = "me:p@ss"
    monkeypatch.setenv("http_proxy", f"http://me:p%40ss@{repository.address}")
    monkeypatch.setenv("no_proxy", "localhost")
    fetch(cache, ivy_settings(tmp_path, "http://repository.invalid/maven2/"))
    assert f"http://repository.invalid/maven2/org/example/thing/1.0/{JAR.file_name}" in (
        repository.requests
    )


def test_what_maven_has_already_is_taken_from_there(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    place = tmp_path / "home/.m2/repository/org/example/thing/1.0" / JAR.file_name
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    settings = ivy_settings(tmp_path, repository.url)
    assert fetch(cache, settings, java=no_java) == [f"copied thing-1.0.jar from {place.parent}"]
    cache.path(JAR).unlink()
    place.write_bytes(CONTENT[::-1])
    assert fetch(cache, settings)[0].startswith("fetching")


def test_two_processes_fetch_once_and_the_second_says_that_it_waits(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    release = repository.hold("jar")
    settings = ivy_settings(tmp_path, repository.url)
    with _fetching(cache, settings) as first:
        assert repository.asked["jar"].wait(60)
        with _fetching(cache, settings) as second:
            assert second.stdout is not None
            assert (
                second.stdout.readline() == "waiting: another session or command is fetching jars\n"
            )
            release.set()
            assert second.stdout.read() == ""
            assert (first.wait(60), second.wait(60)) == (0, 0)
    assert repository.jars_given() == 1
    assert cache.path(JAR).read_bytes() == CONTENT


def test_a_killed_process_leaves_nothing_that_is_used(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    repository.hold("jar")
    settings = ivy_settings(tmp_path, repository.url)
    with _fetching(cache, settings) as killed:
        assert repository.asked["jar"].wait(60)
        killed.send_signal(signal.SIGKILL)
        killed.wait(60)
    assert cache.missing([JAR]) == [JAR]
    fetch(cache, settings)
    assert files(cache) == ["thing-1.0.jar"]


def test_an_interrupted_process_leaves_nothing(
    cache: JarCache, repository: Repository, tmp_path: Path
) -> None:
    repository.hold("jar")
    with _fetching(cache, ivy_settings(tmp_path, repository.url)) as process:
        assert repository.asked["jar"].wait(60)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) != 0
    assert files(cache) == []


def test_a_folder_that_cannot_be_written_is_an_error_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FormatUnavailable, match=r"thing-1\.0\.jar: .*/file/jars cannot be written"):
        JarCache(tmp_path / "file" / "jars").paths([JAR], report=print, java=no_java)


def test_the_pinned_jars_come_from_where_spark_gets_its_packages(tmp_path: Path) -> None:
    jars = jars_of(["delta"], "5.1", "3.5.6")
    installed = _command("install", "delta", "--glue-version", "5.1")
    assert (installed.returncode, installed.stdout) == (
        0,
        f"delta for Glue 5.1: 7.2 MB in {tmp_path}/cache/dbt-glue/jars\n",
    )
    assert "fetched delta-storage-3.3.2.jar" in installed.stderr
    assert JarCache().missing(jars) == []
    assert JarCache().paths(jars, report=print, java=no_java) == [
        JarCache().path(jar) for jar in jars
    ]
    settings = ivy_settings(tmp_path, NOWHERE)
    conf = [f"--conf={name}={value}" for name, value in settings.items()]
    again = _command("install", "delta", "--glue-version", "5.1", *conf)
    assert (again.returncode, again.stderr) == (0, "")
    refused = _command("install", "delta", "--glue-version", "5.0", *conf)
    assert refused.returncode == 1
    assert "Error: delta-spark_2.12-3.3.0.jar (io.delta:delta-spark_2.12:3.3.0)" in refused.stderr
    assert "dbt-glue endpoint formats install delta --glue-version 5.0" in refused.stderr


def test_the_same_name_with_another_hash_is_another_jar(cache: JarCache) -> None:
    assert cache.path(JAR) != cache.path(replace(JAR, sha256="0" * 64))


@contextlib.contextmanager
def _fetching(cache: JarCache, settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that has the cache fetch JAR, and prints what is reported."""
    command = [sys.executable, "-c", FETCH, str(cache.folder), json.dumps(settings)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from glue_cli.main import script; script()"]
    return subprocess.run(
        [*command, "endpoint", "formats", *arguments], capture_output=True, text=True, check=False
    )
