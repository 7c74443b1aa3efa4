"""UpdateTable for the version that was read: what counts as done after an answer that tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dbt.adapters.glue import table_updates
from dbt.adapters.glue.catalog import table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.table_updates import TableChanged, update
from dbt.adapters.glue.versions import new_version

REFUSED = ["ConcurrentModificationException", "OperationTimeoutException"]


class OneTable:
    """A table, as Glue keeps it; each of `answers` is a code for one call, after which it was carried out, or not."""

    def __init__(self, *answers: tuple[str, bool], version: str | None = "7") -> None:
        self.answers = list(answers)
        self.calls = 0
        self.now: Any = {
            "Name": "t",
            "VersionId": version,
            "StorageDescriptor": {"Location": f"s3://b/s/t/{new_version()}"},
            "Parameters": {},
        }

    def table(self, _database: str, _name: str) -> Any:
        return dict(self.now)

    def update_table(self, _database: str, wanted: Any, version: str | None = None) -> None:
        self.calls += 1
        code, is_done = self.answers.pop(0) if self.answers else ("", True)
        if version != self.now["VersionId"]:
            code, is_done = "ConcurrentModificationException", False
        if is_done:
            self.now = {**self.now, **wanted}
            if version is not None:
                self.now["VersionId"] = str(int(version) + 1)
        if code:
            raise GlueApiError("said so", code)


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_updates, "_WAITS", (0.0, 0.0))


@pytest.mark.parametrize("code", REFUSED)
def test_a_call_that_changes_nothing_gives_another_version(code: str) -> None:
    """It is refused once, and the description is as wanted before it is asked again."""
    catalog = OneTable((code, False))
    read = catalog.table("s", "t")
    update(catalog, "s", table_input(read), read)  # type: ignore[arg-type]
    assert catalog.calls == 2
    assert catalog.now["VersionId"] == "8"


@pytest.mark.parametrize("code", REFUSED)
def test_a_call_whose_answer_got_lost_is_done(code: str) -> None:
    catalog = OneTable((code, True))
    read = catalog.table("s", "t")
    update(catalog, "s", table_input(read, Description="ours"), read)  # type: ignore[arg-type]
    assert catalog.calls == 1
    assert catalog.now["Description"] == "ours"


@pytest.mark.parametrize("code", REFUSED)
def test_a_call_that_is_always_refused_fails(code: str) -> None:
    catalog = OneTable(*[(code, False)] * 9)
    read = catalog.table("s", "t")
    with pytest.raises(GlueApiError, match="said so") as found:
        update(catalog, "s", table_input(read), read)  # type: ignore[arg-type]
    assert not isinstance(found.value, TableChanged)
    assert catalog.calls == 3


@pytest.mark.parametrize("code", REFUSED)
def test_a_table_that_has_no_versions_tells_by_what_it_is(code: str) -> None:
    catalog = OneTable((code, True), version=None)
    read = catalog.table("s", "t")
    update(catalog, "s", table_input(read, Description="ours"), read)  # type: ignore[arg-type]
    assert catalog.calls == 1
