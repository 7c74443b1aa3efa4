"""What the adapter says of calls of the Data Catalog that IAM or Lake Formation denies, over the endpoint's own denials."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.operations import GlueService
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.errors import AccessDeniedException
from glue_endpoint.lake_formation.enforcement import Enforcement
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.store.store import Store

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.errors import GlueApiError
from tests.endpoint_clients import client_of
from tests.unit.endpoint.conftest import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["served"]

_NUMBERS = itertools.count()
GRANT = "aws lakeformation grant-permissions --permissions "


def refuse_deletes(_key: str, name: str, request: dict[str, Any]) -> None:
    """As IAM, in a database whose name says so."""
    if name == "DeleteTable" and request["DatabaseName"] == "kept":
        raise AccessDeniedException("User: x is not authorized to perform: glue:DeleteTable")


@pytest.fixture(scope="module")
def catalogs(
    served: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[bool], DataCatalog]]:
    """The Data Catalog of who has made the databases, and of somebody else, where Lake Formation decides."""
    store, keys = Store(tmp_path_factory.mktemp("denials")), Credentials.generate()
    glue = GlueService(Catalog(store), authorize=refuse_deletes, around=Enforcement(store).run)
    with served({"glue": glue, "lakeformation": LakeFormation(store)}, keys) as server:
        client_of(server.url, "lakeformation", keys).put_data_lake_settings(
            DataLakeSettings={
                "CreateDatabaseDefaultPermissions": [],
                "CreateTableDefaultPermissions": [],
            }
        )
        own, other = (client_of(server.url, "glue", each) for each in (keys, keys.assume()))
        yield lambda owns: DataCatalog(lambda: own if owns else other)
    store.close()


def test_a_missing_table_of_ones_own_database_is_none(catalogs: Any) -> None:
    name = f"d{next(_NUMBERS)}"
    catalogs(True).create_database(name, None)
    assert catalogs(True).table(name, "t__dbt_new") is None


def test_a_table_that_may_be_missing_or_hidden_is_no_guess(catalogs: Any) -> None:
    name = f"d{next(_NUMBERS)}"
    catalogs(True).create_database(name, None)
    with pytest.raises(GlueApiError) as denied:
        catalogs(False).table(name, "t__dbt_new")
    assert denied.value.code == "AccessDeniedException"
    refused = "Insufficient Lake Formation permission(s): Required Describe on t__dbt_new. Lake"
    assert refused in denied.value.msg
    assert "and of one that is not there where its database may not be seen" in denied.value.msg
    assert (
        f'{GRANT}DESCRIBE --resource \'{{"Database": {{"Name": "{name}"}}}}\'' in denied.value.msg
    )


@pytest.mark.parametrize(
    ("call", "permission", "on"),
    [
        (lambda catalog, name: catalog.create_table(name, {"Name": "u"}), "CREATE_TABLE", "Database"),
        (lambda catalog, name: catalog.update_table(name, {"Name": "t"}), "ALTER", "Table"),
        (lambda catalog, name: catalog.delete_table(name, "t"), "DROP", "Table"),
    ],
)  # fmt: skip
def test_what_to_grant_is_said(catalogs: Any, call: Any, permission: str, on: str) -> None:
    name = f"d{next(_NUMBERS)}"
    catalogs(True).create_database(name, None)
    catalogs(True).create_table(name, {"Name": "t"})
    with pytest.raises(GlueApiError) as denied:
        call(catalogs(False), name)
    assert f'{GRANT}{permission} --resource \'{{"{on}": ' in denied.value.msg


def test_what_iam_denies_is_for_iam_to_allow(catalogs: Any) -> None:
    with pytest.raises(GlueApiError, match="Next: have IAM allow it") as denied:
        catalogs(True).delete_table("kept", "t")
    assert "lakeformation" not in denied.value.msg
