"""Credentials that expire in the middle of a run: renewed before, read again after, else a clean end."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions import ending, keys, retries
from tests.unit.adapter.scripted_glue import Glue, clients, leased, statement_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROLE = "arn:aws:iam::123456789012:role/sessions"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "CREDENTIALS_EVERY", 0.02)
    monkeypatch.setattr(keys, "READ_EVERY", 0.01)
    monkeypatch.setattr(keys, "ASKED_EVERY", 0.02, raising=False)


def granted(key: str, minutes: float) -> bytes:
    expiry = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return (
        "<R><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t{key}</SessionToken>"
        f"<Expiration>{expiry:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials></AssumeRoleResult></R>"
    ).encode()


def role_catalog(glue: Glue) -> DataCatalog:
    aws = clients(glue, role_arn=ROLE, use_interactive_session_role_for_api_calls=True)
    return DataCatalog(lambda: aws.catalog)


def keys_of(glue: Glue, operation: str) -> list[str]:
    return [key for name, key in glue.keys if name == operation]


def test_a_role_is_assumed_again_before_its_credentials_expire(glue: Glue) -> None:
    glue.script["AssumeRole"] = [granted("one", 5), granted("two", 60)]
    catalog = role_catalog(glue)
    for _ in range(3):
        catalog.update_table("d", {"Name": "t"})
    assert keys_of(glue, "UpdateTable") == ["one", "two", "two"]
    assert keys_of(glue, "AssumeRole") == ["test", "test"]


def test_a_role_is_assumed_by_one_client(glue: Glue) -> None:
    """Roles are assumed again in whichever thread calls next."""
    glue.script["AssumeRole"] = [granted("one", 5)]
    aws = clients(glue, role_arn=ROLE, use_interactive_session_role_for_api_calls=True)
    made: list[Any] = []
    aws._session.events.register("creating-client-class.sts", lambda **_: made.append(1))
    for _ in range(3):
        DataCatalog(lambda: aws.catalog).update_table("d", {"Name": "t"})
    assert glue.count()["AssumeRole"] == 3
    assert len(made) == 1


def test_a_role_whose_credentials_are_refused_is_assumed_again(glue: Glue) -> None:
    glue.script["AssumeRole"] = [granted("one", 60), granted("two", 60)]
    glue.script["UpdateTable"] = ["ExpiredTokenException", {}]
    role_catalog(glue).update_table("d", {"Name": "t"})
    assert keys_of(glue, "UpdateTable") == ["one", "two"]


def test_a_role_that_cannot_be_assumed_is_named(glue: Glue) -> None:
    glue.script["AssumeRole"] = ["AccessDenied@403"]
    with pytest.raises(GlueApiError, match=f"cannot assume {ROLE}"):
        role_catalog(glue).update_table("d", {"Name": "t"})


@pytest.fixture
def log_in(glue: Glue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Writes credentials to the file where AWS's tools have them."""
    file = tmp_path / "credentials"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    def write(key: str) -> None:
        file.write_text(f"[default]\naws_access_key_id={key}\naws_secret_access_key=s\naws_session_token=t\n")  # fmt: skip

    write("old")
    return write


@pytest.mark.parametrize("operation", ["CreateSession", "GetSession", "RunStatement", "GetStatement", "StopSession"])  # fmt: skip
def test_new_credentials_are_read_in_the_middle_of_a_run(
    glue: Glue, log_in: Callable[[str], None], operation: str
) -> None:
    working = glue.script[operation][0]
    refused = 0

    def answer() -> Any:
        nonlocal refused
        if keys_of(glue, operation)[-1] == "new":
            return working
        refused += 1
        if refused == 3:
            log_in("new")
        return "ExpiredTokenException"

    glue.script[operation] = [answer]
    pool, session = leased(glue)
    assert session.run(["1"]).status == "ok"
    pool.stop_all()
    assert glue.count()["StopSession"] == (refused + 1 if operation == "StopSession" else 1)
    assert glue.count()["CreateSession"] == (refused + 1 if operation == "CreateSession" else 1)


def test_credentials_that_stay_expired_are_a_clean_end(
    glue: Glue, log_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(ending.logger, "warning", said.append)
    monkeypatch.setattr(retries, "CREDENTIALS_PATIENCE", 0.3)
    pool, session = leased(glue, idle_timeout=17)
    session.run(["1"])
    name = session.id
    glue.script.update(
        {each: ["ExpiredTokenException"] for each in ("GetStatement", "CancelStatement", "StopSession")}
    )  # fmt: skip
    with pytest.raises(GlueApiError, match=r"have expired: log in again\. Statement .* could not be cancelled; its session .* could not be stopped"):  # fmt: skip
        session.run(["1"])
    assert any(str(name) in each and "17 min after its last statement" in each for each in said)

    log_in("new")
    glue.script.update(GetStatement=[statement_in("AVAILABLE")], StopSession=[{}])
    pool.stop_all()
    assert [p["Id"] for operation, p in glue.calls if operation == "StopSession"][-1] == name
    assert keys_of(glue, "StopSession")[-1] == "old"  # which the server takes again


def test_a_second_expiry_has_its_own_time(
    glue: Glue, log_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of keys that the clock of AWS took for expired, or that their source renewed by itself."""
    monkeypatch.setattr(retries, "CREDENTIALS_PATIENCE", 1.0)
    aws = clients(glue)
    catalog = DataCatalog(lambda: aws.catalog)
    glue.script["UpdateTable"] = ["ExpiredTokenException", {}]
    catalog.update_table("d", {"Name": "t"})
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        catalog.update_table("d", {"Name": "t"})
    glue.script["UpdateTable"] = ["ExpiredTokenException", "ExpiredTokenException", {}]
    catalog.update_table("d", {"Name": "t"})
    assert glue.script["UpdateTable"] == [{}]


@pytest.fixture
def tool(log_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file with a line for each of the next times that the profile's tool gives no credentials."""
    fails, script, config = tmp_path / "fails", tmp_path / "tool.py", tmp_path / "config"
    fails.write_text("")
    expiry = datetime.now(timezone.utc) + timedelta(minutes=5)  # too soon to be used twice
    given = {
        "Version": 1, "AccessKeyId": "tool", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": expiry.isoformat(),
    }  # fmt: skip
    script.write_text(
        "import json, pathlib, sys\n"
        f"fails = pathlib.Path({str(fails)!r})\n"
        "left = fails.read_text().splitlines()\n"
        "fails.write_text('\\n'.join(left[1:]))\n"
        f"sys.exit('log in') if left else print(json.dumps({given!r}))\n"
    )
    config.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    (tmp_path / "credentials").unlink()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return fails


def test_a_tool_that_gives_no_credentials_for_a_while_is_waited_for(glue: Glue, tool: Path) -> None:
    aws = clients(glue)
    catalog = DataCatalog(lambda: aws.catalog)
    catalog.update_table("d", {"Name": "t"})
    tool.write_text("no\n" * 5)
    catalog.update_table("d", {"Name": "t"})
    assert tool.read_text() == ""
    assert keys_of(glue, "UpdateTable") == ["tool", "tool"]


def test_a_tool_that_never_gives_any_again_is_a_clean_end(
    glue: Glue, tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "CREDENTIALS_PATIENCE", 0.3)
    aws = clients(glue)
    catalog = DataCatalog(lambda: aws.catalog)
    catalog.update_table("d", {"Name": "t"})
    tool.write_text("no\n" * 1000)
    with pytest.raises(GlueApiError, match=r"update_table failed: .*log in"):
        catalog.update_table("d", {"Name": "t"})
    assert glue.count()["UpdateTable"] == 1
