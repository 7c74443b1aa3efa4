"""Lake Formation as the adapter calls it: boto3 over HTTP to the endpoint's own, with every call counted."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.tags import Tags
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.lake_formation import service
from glue_endpoint.store.store import Store

from dbt.adapters.glue.lake_formation.calls import LakeFormation, LakeTable
from dbt.adapters.glue.sessions.polling import Pace
from dbt.adapters.glue.sessions.retries import Patience, watch_calls
from tests.unit.endpoint.conftest import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.api.auth import Caller, HttpRequest

__all__ = ["ACCOUNT", "Lake", "served"]

ACCOUNT = "000000000000"
_NUMBERS = itertools.count()


class Breaking:
    """The endpoint's Lake Formation, which answers the next call of an operation as it is told to: an error, or a body."""

    def __init__(self, store: Store) -> None:
        self._whole = service.LakeFormation(store)
        self.faults: dict[str, tuple[str, str] | dict[str, Any]] = {}

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        fault = self.faults.pop(request.path.lstrip("/"), None)
        if isinstance(fault, dict):
            return HttpResponse.of_json(fault)
        if fault is not None:
            return HttpResponse.of_error(*fault, 400)
        return self._whole.handle(request, caller)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        return self._whole.error(code, message, status)


class Lake(LakeFormation):
    """What the adapter has, with the names of the calls that were made, and boto3's own client as `api`."""

    def __init__(self, api: Any, glue: Any, breaking: Breaking) -> None:
        super().__init__(lambda: api)
        self.api, self.glue, self.faults = api, glue, breaking.faults
        self.calls: list[str] = []
        api.meta.events.register("before-call", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)

    def called(self) -> list[str]:
        """The calls since this was asked the last time."""
        made, self.calls = self.calls, []
        return made


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, served: Callable[..., Any]) -> Iterator[Lake]:
    store = Store(tmp_path_factory.mktemp("catalog"))
    keys, breaking = Credentials.generate(), Breaking(store)
    glue = GlueService(Catalog(store, lambda _: None), Tags(store))
    with served({"glue": glue, "lakeformation": breaking}, keys) as server:
        given = {
            "endpoint_url": server.url,
            "region_name": "us-east-1",
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key,
        }
        clients = [boto3.client(name, **given) for name in ("lakeformation", "glue")]
        watch_calls(clients[0], Patience(), None, Pace(near=True))
        yield Lake(*clients, breaking)
    store.close()


@pytest.fixture
def table(lake: Lake) -> LakeTable:
    """A new table with the columns a, b and c in a new database."""
    name = f"database_{next(_NUMBERS)}"
    lake.glue.create_database(DatabaseInput={"Name": name})
    columns = [{"Name": each, "Type": "int"} for each in "abc"]
    given = {"Name": "t", "StorageDescriptor": {"Columns": columns}}
    lake.glue.create_table(DatabaseName=name, TableInput=given)
    lake.called()
    return LakeTable(ACCOUNT, name, "t")


@pytest.fixture(scope="module", autouse=True)
def known_tags(lake: Lake) -> None:
    """The tags that there are."""
    for key, values in (("team", ["data", "web"]), ("pii", ["yes", "no"]), ("env", ["prod"])):
        lake.api.create_lf_tag(TagKey=key, TagValues=values)
