"""The clients of a profile: what making them costs a process that runs several commands of dbt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.loaders import JSONFileLoader

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials

if TYPE_CHECKING:
    import pytest


def test_services_are_read_once_by_the_commands_of_a_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    load = JSONFileLoader.load_file

    def load_file(self: JSONFileLoader, path: str) -> Any:
        found = load(self, path)
        if found is not None:
            read.append(path)
        return found

    def services() -> list[Any]:
        aws = AwsClients(GlueCredentials(endpoint="http://127.0.0.1:9", schema="x"))
        return [aws.catalog, aws.storage, aws.lake_formation]

    first = services()
    monkeypatch.setattr(JSONFileLoader, "load_file", load_file)
    second = services()
    assert read == []
    assert [c.meta.service_model.service_name for c in second] == ["glue", "s3", "lakeformation"]
    assert not any(one is other for one, other in zip(first, second, strict=True))
