"""A project in a database that Lake Formation alone decides of, and whose S3 has no rename, made by the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process.client import ensure_endpoint, stop

from tests.endpoint_clients import client_of
from tests.functional.test_policies import FILES, ROLE, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark


class Shop:
    """A project, and Lake Formation and Glue as the caller."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".dbt-glue"
        handle = ensure_endpoint(self.state)
        self.lake: Any = client_of(handle.url, "lakeformation", handle)
        self.glue: Any = client_of(handle.url, "glue", handle)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("governed")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DBT_GLUE_ENDPOINT_AS_AWS", "lake-formation,s3")
        shop = Shop(folder)
    nobody = {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
    shop.lake.put_data_lake_settings(DataLakeSettings=nobody)
    yield shop
    stop(shop.state)


def test_the_run_lets_its_sessions_and_itself_work(shop: Shop) -> None:
    for _ in range(2):
        done = run(shop.folder, "dbt", "build")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "was given no permissions" not in done.stdout
    names = {table["Name"] for table in shop.glue.get_tables(DatabaseName="shop")["TableList"]}
    assert {"names", "plain", "seen", "lake", "merged", "days", "python", "kept"} <= names
    requests = (shop.state / "s3-requests.log").read_text()
    assert "COPY s3://lake/warehouse/shop/days/" in requests


def test_what_is_not_granted_any_more_is_said_with_what_to_grant(shop: Shop) -> None:
    for resource in (
        {"Database": {"Name": "shop"}},
        {"Table": {"DatabaseName": "shop", "TableWildcard": {}}},
    ):
        entries = shop.lake.list_permissions(Resource=resource)["PrincipalResourcePermissions"]
        for entry in entries:
            if entry["Principal"]["DataLakePrincipalIdentifier"] == ROLE:
                shop.lake.revoke_permissions(
                    Principal=entry["Principal"],
                    Resource=entry["Resource"],
                    Permissions=entry["Permissions"],
                )
    done = run(shop.folder, "dbt", "run", "-s", "plain")
    assert done.returncode != 0
    assert "Insufficient Lake Formation permission(s): Required" in done.stdout
