"""A project in a database that Lake Formation alone decides of, and whose S3 has no rename, made by the run itself, under the printed policies."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.iam.guard import USES_FILE
from glue_endpoint.process.client import ensure_endpoint, stop

from tests.endpoint_clients import client_of
from tests.functional.test_policies import FILES, ROLE, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark


class Shop:
    """A project under the policies that are printed for it, and Lake Formation and Glue as the account's owner."""

    def __init__(self, folder: Path, patched: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.state = folder / ".dbt-glue"
        done = run(folder, "dbt-glue", "doctor", "--policies", "--output-format", "json")
        self.printed = json.loads(done.stdout)["policies"]
        self._patched = patched

    def begin(self, policies: dict[str, Any]) -> None:
        """An endpoint under these policies."""
        file = self.folder / "policies.json"
        file.write_text(json.dumps(policies))
        self._patched.setenv("DBT_GLUE_ENDPOINT_POLICY", str(file))
        stop(self.state)
        handle = ensure_endpoint(self.state)
        owner = handle.credentials.owner()
        self.lake: Any = client_of(handle.url, "lakeformation", owner)
        self.glue: Any = client_of(handle.url, "glue", owner)

    def as_noted(self) -> dict[str, Any]:
        """The policies with what their note says is needed under Lake Formation."""
        found = [note for note in self.printed["notes"] if "where Lake Formation governs" in note]
        of_role, of_caller = found[0].split("the caller")
        more = {
            who: {
                "Effect": "Allow",
                "Action": re.findall(r"lakeformation:\w+", text),
                "Resource": "*",
            }
            for who, text in (("session_role", of_role), ("caller", of_caller))
        }
        return {
            who: [self.printed[who], {"Statement": [statement]}] for who, statement in more.items()
        }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("governed")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DBT_GLUE_ENDPOINT_AS_AWS", "lake-formation,s3")
        shop = Shop(folder, patched)
        shop.begin(shop.printed)
        nobody = {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
        shop.lake.put_data_lake_settings(DataLakeSettings=nobody)
        yield shop
        stop(shop.state)


def test_without_the_permission_of_the_note_sessions_cannot_build(shop: Shop) -> None:
    done = run(shop.folder, "dbt", "seed")
    assert done.returncode != 0
    assert "was given no permissions of Lake Formation on the new database shop" in done.stdout
    assert "is not authorized to perform: lakeformation:BatchGrantPermissions" in done.stdout
    shop.glue.delete_database(Name="shop")


def test_the_run_lets_its_sessions_and_itself_work(shop: Shop) -> None:
    shop.begin(shop.as_noted())
    for _ in range(2):
        done = run(shop.folder, "dbt", "build")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "was given no permissions" not in done.stdout
    names = {table["Name"] for table in shop.glue.get_tables(DatabaseName="shop")["TableList"]}
    assert {"names", "plain", "seen", "lake", "merged", "days", "python", "kept"} <= names
    requests = (shop.state / "s3-requests.log").read_text()
    assert "COPY s3://lake/warehouse/shop/days/" in requests
    used = [json.loads(line) for line in (shop.state / USES_FILE).read_text().splitlines()]
    assert [use for use in used if use[3] != "allowed"] == []


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
