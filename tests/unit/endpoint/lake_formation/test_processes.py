"""Lake Formation's API as other processes see it: clients by the variables alone, and writers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.operations import GlueService
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.lake_formation.service import READS, WRITES, LakeFormation
from glue_endpoint.process.state import EndpointHandle
from glue_endpoint.process.variables import client_variables
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIENT = """
import json, boto3
glue, lake = boto3.client("glue"), boto3.client("lakeformation")
glue.create_database(DatabaseInput={"Name": "d"})
lake.create_lf_tag(TagKey="team", TagValues=["data"])
database = {"Database": {"Name": "d"}}
added = lake.add_lf_tags_to_resource(
    Resource=database, LFTags=[{"TagKey": "team", "TagValues": ["data"]}]
)
who = {"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:role/r"}
lake.grant_permissions(Principal=who, Resource=database, Permissions=["CREATE_TABLE"])
try:
    lake.get_lf_tag(TagKey="nobody")
except lake.exceptions.EntityNotFoundException as error:
    refused = str(error)
(granted,) = lake.list_permissions(Resource=database)["PrincipalResourcePermissions"]
tags = lake.get_resource_lf_tags(Resource=database)["LFTagOnDatabase"]
updated = granted.pop("LastUpdated").year
print(json.dumps([added["Failures"], granted, tags, updated > 2000, refused]))
"""

WRITER = """
import sys
from pathlib import Path
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.errors import AlreadyExistsException
from glue_endpoint.lake_formation.service import WRITES
from glue_endpoint.store.store import Store

store, mine = Store(Path(sys.argv[1])), sys.argv[2]
try:
    Catalog(store).call("CreateDatabase", {"DatabaseInput": {"Name": "d"}})
except AlreadyExistsException:
    pass
principal = {"DataLakePrincipalIdentifier": "everybody"}
for permission in ("ALTER", "DROP", "DESCRIBE") if mine == "0" else ("CREATE_TABLE", "DESCRIBE"):
    request = {"Principal": principal, "Resource": {"Database": {"Name": "d"}}}
    request["Permissions"] = [permission]
    store.write(lambda transaction: WRITES["GrantPermissions"](transaction, request))
for number in range(50):
    request = {"TagKey": f"{mine}_{number}", "TagValues": ["x"]}
    store.write(lambda transaction: WRITES["CreateLFTag"](transaction, request))
"""


def test_boto3_finds_it_by_the_variables_alone(served: Callable[..., Any], tmp_path: Path) -> None:
    keys, store = Credentials.generate(), Store(tmp_path)
    services = {"glue": GlueService(Catalog(store)), "lakeformation": LakeFormation(store)}
    with served(services, keys) as server:
        handle = EndpointHandle(server.url, keys.access_key_id, keys.secret_access_key, 1)
        environment = {"PATH": os.environ["PATH"], **client_variables(handle, {})}
        command = [sys.executable, "-c", CLIENT]
        printed = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout
    store.close()
    failures, granted, tags, has_time, refused = json.loads(printed)
    assert (failures, has_time) == ([], True)
    assert granted == {
        "Principal": {"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:role/r"},
        "Resource": {"Database": {"CatalogId": "000000000000", "Name": "d"}},
        "Permissions": ["CREATE_TABLE"],
        "PermissionsWithGrantOption": [],
        "LastUpdatedBy": "arn:aws:iam::000000000000:user/dbt-glue-local",
    }
    assert tags == [{"CatalogId": "000000000000", "TagKey": "team", "TagValues": ["data"]}]
    assert refused.startswith("An error occurred (EntityNotFoundException)")


def test_processes_grant_and_tag_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    store = Store(tmp_path)
    (granted,) = store.read(lambda transaction: READS["ListPermissions"](transaction, {}))[
        "PrincipalResourcePermissions"
    ]
    assert sorted(granted["Permissions"]) == ["ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"]
    request = {"MaxResults": 1000}
    tags = store.read(lambda transaction: READS["ListLFTags"](transaction, request))["LFTags"]
    assert len(tags) == 150
    store.write(
        lambda transaction: WRITES["DeleteLFTag"](transaction, {"TagKey": tags[0]["TagKey"]})
    )
    store.close()
