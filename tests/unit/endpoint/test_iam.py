"""The policy file: what it may say, and how requests are refused by it, as boto3 sees it."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.sts import Sts
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.errors import AccessDeniedException, EndpointStartError
from glue_endpoint.iam.decisions import ALLOWED, DENIED, NOT_ALLOWED, decide
from glue_endpoint.iam.documents import policies_of, read_policies
from glue_endpoint.iam.glue import resources_of
from glue_endpoint.iam.guard import RULES_FILE, USES_FILE, Guard, needed
from glue_endpoint.iam.principals import keys_of
from glue_endpoint.iam.s3 import OF_BUCKET, OF_OBJECT, permissions
from glue_endpoint.iam.spark_rules import spark_rules
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.s3.calls import SERVED
from glue_endpoint.s3.service import S3
from glue_endpoint.s3_tables.service import S3Tables
from glue_endpoint.store.store import Store

from tests.endpoint_clients import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOME = "arn:aws:glue:us-east-1:000000000000"
USER = "arn:aws:iam::000000000000:user/dbt-glue-local"


def statement(actions: Any, resources: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **others}


def denied_where(operator: str, key: str, value: str) -> dict[str, Any]:
    """A Deny of everything under a condition."""
    return statement("*", Effect="Deny", Condition={operator: {key: value}})


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


# -- the file ------------------------------------------------------------------------------------

MISFITS = {
    "no JSON": ("{", "Expecting property name"),
    "neither shape": ("[]", "the file: an object is wanted"),
    "unknown principal": (json.dumps({"caller": policy(), "rol": policy()}), "'rol' is not known"),
    "one is missing": (json.dumps({"caller": policy()}), "'session_role' is missing"),
    "version": (json.dumps({"Version": "2020", "Statement": []}), ".Version: '2020' is none of"),
    "principal": (
        json.dumps(policy(statement("s3:*", Principal="*"))),
        "Statement[0].Principal: is not supported, which only policies of resources have",
    ),
    "effect": (json.dumps(policy(statement("s3:*", Effect="allow"))), "'allow' is neither"),
    "action": (json.dumps(policy(statement("GetTable"))), "'GetTable' is no `service:Action`"),
    "both": (json.dumps(policy(statement("s3:*", NotAction="s3:*"))), "one of them"),
    "no ARN": (json.dumps(policy(statement("s3:*", "bucket/*"))), "'bucket/*' is no ARN"),
    "placeholder": (
        json.dumps(policy(statement("s3:*"), statement("s3:*", "arn:aws:s3:::<bucket>"))),
        "Statement[1].Resource: 'arn:aws:s3:::<bucket>' has a placeholder to be filled in",
    ),
    "variable": (
        json.dumps(policy(statement("s3:*", "arn:aws:s3:::b/${aws:username}"))),
        "policy variables are not supported",
    ),
    "key": (
        json.dumps(policy(statement("s3:*", Condition={"StringEquals": {"aws:TagKeys": "a"}}))),
        "Statement[0].Condition: the key aws:TagKeys is not supported; there are",
    ),
    "operator": (
        json.dumps(policy(statement("s3:*", Condition={"IpAddress": {"aws:SourceIp": "::"}}))),
        "Statement[0].Condition: IpAddress is not supported; there are",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISFITS)
def test_a_file_that_cannot_be_kept_to_is_refused_by_file_and_place(
    case: str, tmp_path: Path
) -> None:
    text, said = MISFITS[case]
    file = tmp_path / "policy.json"
    file.write_text(text)
    with pytest.raises(EndpointStartError) as refused:
        read_policies(file)
    assert str(refused.value).startswith(f"--policy {file}: ")
    assert said in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EndpointStartError, match=r"gone\.json: No such file"):
        read_policies(tmp_path / "gone.json")


def test_arns_of_another_account_and_region_are_the_endpoints_own() -> None:
    found = policies_of(policy(statement("glue:*", "arn:aws:glue:eu-west-1:123456789012:catalog")))
    assert (found.account, found.region) == ("123456789012", "eu-west-1")
    assert found.caller == found.session_role


IRELAND, FRANKFURT = (f"arn:aws:glue:{r}:123456789012" for r in ("eu-west-1", "eu-central-1"))


def test_arns_of_several_regions_are_refused_by_their_names(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    both = [f"{IRELAND}:catalog", f"{FRANKFURT}:database/d"]
    file.write_text(json.dumps(policy(statement("glue:*", both))))
    with pytest.raises(EndpointStartError, match=r"one: leave those of the others out") as refused:
        read_policies(file)
    assert "(123456789012 in eu-central-1, 123456789012 in eu-west-1)" in str(refused.value)


def test_the_endpoints_own_home_goes_before_others_and_notes_are_none() -> None:
    found = policies_of(policy(statement("glue:*", [f"{HOME}:catalog", f"{IRELAND}:catalog"])))
    assert (found.account, found.region) == ("000000000000", "us-east-1")
    one = policy(statement("glue:*", f"{IRELAND}:catalog"))
    noted = {"caller": one, "session_role": one, "notes": [f"not {FRANKFURT}:catalog"]}
    assert policies_of(noted).region == "eu-west-1"


DECISIONS = [
    (policy(statement("s3:GetObject", "arn:aws:s3:::b/a/*")), "arn:aws:s3:::b/a/x", {}, ALLOWED),
    (policy(statement("s3:getobject", "arn:aws:s3:::b/a/*")), "arn:aws:s3:::b/a/x", {}, ALLOWED),
    (policy(statement("s3:Get*", "arn:aws:s3:::b/?/x")), "arn:aws:s3:::b/a/x", {}, ALLOWED),
    (policy(statement("s3:GetObject", "arn:aws:s3:::b/A/*")), "arn:aws:s3:::b/a/x", {}, NOT_ALLOWED),
    (policy(statement("s3:GetObject", "arn:aws:s3:::b")), "arn:aws:s3:::b/a/x", {}, NOT_ALLOWED),
    (policy(statement("s3:PutObject")), "arn:aws:s3:::b/a/x", {}, NOT_ALLOWED),
    (policy(statement("*"), statement("s3:*", Effect="Deny")), "arn:aws:s3:::b/a/x", {}, DENIED),
    (policy(statement("s3:*", Effect="Deny"), statement("*")), "arn:aws:s3:::b/a/x", {}, DENIED),
    (policy({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}), "arn:aws:s3:::b/x", {}, ALLOWED),
    (policy({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}), "arn:aws:s3:::b/x", {}, NOT_ALLOWED),
    (policy(statement("*", Condition={"StringLike": {"s3:prefix": "a/*"}})), "*", {"s3:prefix": "a/b"}, ALLOWED),
    (policy(statement("*", Condition={"StringLike": {"S3:Prefix": "a/*"}})), "*", {"s3:prefix": "b"}, NOT_ALLOWED),
    (policy(statement("*", Condition={"StringLike": {"s3:prefix": "a/*"}})), "*", {}, NOT_ALLOWED),
    (policy(statement("*", Condition={"StringLikeIfExists": {"s3:prefix": "a/*"}})), "*", {}, ALLOWED),
    (policy(statement("*", Condition={"StringNotEquals": {"s3:prefix": ["a", "b"]}})), "*", {"s3:prefix": "b"}, NOT_ALLOWED),
    (policy(statement("*", Condition={"StringNotEquals": {"s3:prefix": "a"}})), "*", {}, ALLOWED),
]  # fmt: skip


@pytest.mark.parametrize(("document", "resource", "context", "decision"), DECISIONS)
def test_a_deny_wins_and_silence_denies(
    document: dict[str, Any], resource: str, context: dict[str, str], decision: str
) -> None:
    assert decide(policies_of(document).caller, "s3:GetObject", resource, context) == decision


TABLE = ["catalog", "database/d", "table/d/t"]
RESOURCES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("GetTable", {"DatabaseName": "D", "Name": "T"}, TABLE),
    ("CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}}, TABLE),
    ("GetPartitions", {"DatabaseName": "d", "TableName": "t"}, TABLE),
    ("BatchDeleteTable", {"DatabaseName": "d", "TablesToDelete": ["t", "u"]}, [*TABLE, "table/d/u"]),
    ("GetTables", {"DatabaseName": "d"}, ["catalog", "database/d", "table/d/*"]),
    ("GetDatabases", {}, ["catalog"]),
    ("CreateDatabase", {"DatabaseInput": {"Name": "d"}}, ["catalog", "database/d"]),
    ("DeleteDatabase", {"Name": "d"}, ["catalog", "database/d", "table/d/*", "userDefinedFunction/d/*"]),
    ("GetUserDefinedFunction", {"DatabaseName": "d", "FunctionName": "f"}, ["catalog", "database/d", "userDefinedFunction/d/f"]),
    ("GetUserDefinedFunctions", {"DatabaseName": "d", "Pattern": "*"}, ["catalog", "database/d", "userDefinedFunction/d/*"]),
    ("GetConnection", {"Name": "c"}, ["catalog", "connection/c"]),
    ("RunStatement", {"SessionId": "s", "Code": ""}, ["session/s"]),
    ("CreateSession", {"Id": "s"}, ["session/s"]),
    ("GetCatalog", {"CatalogId": "s3tablescatalog"}, ["catalog", "catalog/s3tablescatalog"]),
    (
        "GetTable",
        {"CatalogId": "000000000000:s3tablescatalog/b", "DatabaseName": "d", "Name": "t"},
        ["catalog", "catalog/s3tablescatalog", "catalog/s3tablescatalog/b", "database/s3tablescatalog/b/d",
         "table/s3tablescatalog/b/d/t"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "request_", "paths"), RESOURCES)
def test_an_operation_is_about_a_resource_its_ancestors_and_what_a_delete_takes_along(
    operation: str, request_: dict[str, Any], paths: list[str]
) -> None:
    assert resources_of(operation, request_, HOME) == [f"{HOME}:{path}" for path in paths]


# -- over the wire -------------------------------------------------------------------------------

CALLER = policy(
    statement(
        ["glue:GetDatabase", "glue:CreateDatabase", "glue:GetTable"],
        [f"{HOME}:catalog", f"{HOME}:database/mine", f"{HOME}:table/mine/*"],
    ),
    statement(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::b/open/*"),
    statement("s3:ListBucket", "arn:aws:s3:::b", Condition={"StringLike": {"s3:prefix": "open/*"}}),
    statement("s3:PutObject", "arn:aws:s3:::b/open/never/*", Effect="Deny"),
    statement("sts:AssumeRole", "arn:aws:iam::000000000000:role/one"),
)
ROLE = policy(statement("glue:GetDatabase", "*"), statement("s3:ListBucket", "*"))


@pytest.fixture(scope="module")
def clients(
    served: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """Makes a client of a service, with the caller's keys or with others."""
    folder, keys = tmp_path_factory.mktemp("iam"), Credentials.generate()
    file = folder / "policy.json"
    file.write_text(json.dumps({"caller": CALLER, "session_role": ROLE}))
    guard, store, buckets = Guard(file, folder), Store(folder), Buckets(folder / "s3")
    s3 = S3(buckets, folder, keys, lambda: datetime.now(timezone.utc), guard.s3_refusal)
    services = {
        "glue": GlueService(Catalog(store), authorize=partial(guard.check, "glue")),
        "s3tables": S3Tables(store, lambda: None, partial(guard.check, "s3tables")),
        "lakeformation": LakeFormation(store, partial(guard.check, "lakeformation")),
        "sts": Sts(keys, partial(guard.check, "sts"), guard.assumed),
        "s3": s3,
    }
    with served(services, keys) as server:

        def client(name: str, used: Credentials = keys) -> Any:
            return client_of(server.url, name, used)

        client.role = lambda name: client(name, keys.assume())  # type: ignore[attr-defined]
        client.owner = lambda name: client(name, keys.owner())  # type: ignore[attr-defined]
        client.folder = folder  # type: ignore[attr-defined]
        yield client
    s3.close()
    store.close()


@pytest.fixture
def s3_under(served: Callable[..., Any]) -> Callable[..., Any]:
    """`with s3_under(policy_file, folder) as s3:` a client of S3 in a folder of its own."""

    @contextlib.contextmanager
    def client(file: Path, folder: Path) -> Iterator[Any]:
        keys, guard = Credentials.generate(), Guard(file, folder)
        buckets = Buckets(folder / "s3")
        s3 = S3(buckets, folder, keys, lambda: datetime.now(timezone.utc), guard.s3_refusal)
        with contextlib.closing(s3), served({"s3": s3}, keys) as server:
            yield client_of(server.url, "s3", keys)

    return client


def refused(call: Callable[..., Any], **given: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as error:
        call(**given)
    answer: Any = error.value.response
    return (
        answer["Error"]["Code"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Message"],
    )


def test_glue_refuses_as_aws_words_it(clients: Any) -> None:
    glue = clients("glue")
    glue.create_database(DatabaseInput={"Name": "mine"})
    assert glue.get_database(Name="mine")["Database"]["Name"] == "mine"
    said = (
        f"User: {USER} is not authorized to perform: glue:CreateDatabase on resource: {HOME}:database/other "
        "because no identity-based policy allows the glue:CreateDatabase action"
    )
    asked = refused(glue.create_database, DatabaseInput={"Name": "other"})
    assert asked == ("AccessDeniedException", 400, said)
    assert refused(glue.get_tables, DatabaseName="mine")[2].startswith(
        f"User: {USER} is not authorized to perform: glue:GetTables on resource: {HOME}:catalog "
    )


def test_keys_of_a_session_are_the_roles(clients: Any) -> None:
    assert clients.role("glue").get_database(Name="mine")["Database"]["Name"] == "mine"
    code, _, message = refused(
        clients.role("glue").create_database, DatabaseInput={"Name": "roles"}
    )
    assert code == "AccessDeniedException"
    assert message.startswith("User: arn:aws:sts::000000000000:assumed-role/")
    assert ":assumed-role/" in clients.role("sts").get_caller_identity()["Arn"]
    assert clients("sts").get_caller_identity()["Arn"] == USER


def test_the_owner_is_not_held_to_it_and_not_noted(clients: Any) -> None:
    glue, s3 = clients.owner("glue"), clients.owner("s3")
    glue.create_database(DatabaseInput={"Name": "owners"})
    s3.put_object(Bucket="b", Key="shut/owners", Body=b"1")
    assert glue.get_database(Name="owners")["Database"]["Name"] == "owners"
    assert "owners" not in (clients.folder / USES_FILE).read_text()
    of_others = Credentials.generate().owner()
    assert refused(clients("glue", of_others).get_databases)[0] == "InvalidSignatureException"


def test_other_services_refuse_in_their_own_protocols(clients: Any) -> None:
    assert refused(clients("lakeformation").get_data_lake_settings)[:2] == (
        "AccessDeniedException",
        400,
    )
    assert refused(clients("s3tables").list_table_buckets)[:2] == ("AccessDeniedException", 403)
    role = {"RoleSessionName": "test", "RoleArn": "arn:aws:iam::000000000000:role/one"}
    assert clients("sts").assume_role(**role)["AssumedRoleUser"]["Arn"].endswith("/one/test")
    role["RoleArn"] = "arn:aws:iam::000000000000:role/two"
    assert refused(clients("sts").assume_role, **role)[:2] == ("AccessDenied", 403)


def test_s3_refuses_by_object_and_prefix(clients: Any) -> None:
    s3 = clients("s3")
    s3.put_object(Bucket="b", Key="open/a", Body=b"1")
    assert s3.get_object(Bucket="b", Key="open/a")["Body"].read() == b"1"
    code, status, message = refused(s3.put_object, Bucket="b", Key="shut/a", Body=b"1")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: {USER} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/shut/a "
        "because no identity-based policy allows the s3:PutObject action"
    )
    assert refused(s3.put_object, Bucket="b", Key="open/never/a", Body=b"1")[2].endswith(
        "with an explicit deny in an identity-based policy"
    )
    source = {"Bucket": "b", "Key": "shut/a"}
    assert "s3:GetObject" in refused(s3.copy_object, Bucket="b", Key="open/b", CopySource=source)[2]
    assert s3.list_objects_v2(Bucket="b", Prefix="open/")["KeyCount"] == 1
    assert "s3:ListBucket" in refused(s3.list_objects_v2, Bucket="b")[2]
    answer = s3.delete_objects(
        Bucket="b", Delete={"Objects": [{"Key": "open/a"}, {"Key": "shut/a"}]}
    )
    assert [each["Key"] for each in answer["Deleted"]] == ["open/a"]
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [
        ("shut/a", "AccessDenied")
    ]


def test_s3_does_not_tell_what_is_missing_to_who_may_not_list(clients: Any) -> None:
    code, status, _ = refused(clients("s3").get_object, Bucket="b", Key="open/gone")
    assert (code, status) == ("AccessDenied", 403)
    assert refused(clients("s3").head_object, Bucket="b", Key="open/gone")[1] == 403


def test_tags_and_an_acl_in_the_headers_of_a_put_need_their_own_permissions(clients: Any) -> None:
    s3, at = clients("s3"), {"Bucket": "b", "Key": "open/headers"}
    assert "s3:PutObjectTagging" in refused(s3.put_object, **at, Tagging="a=b")[2]
    assert "s3:PutObjectAcl" in refused(s3.put_object, **at, ACL="private")[2]
    assert "s3:PutObjectTagging" in refused(s3.create_multipart_upload, **at, Tagging="a=b")[2]
    source = {"Bucket": "b", "Key": "open/a"}
    copy = {**at, "CopySource": source, "TaggingDirective": "REPLACE"}
    assert "s3:PutObjectTagging" in refused(s3.copy_object, **copy, Tagging="a=b")[2]


def test_every_operation_of_s3_has_its_permission() -> None:
    """An operation that was forgotten would be refused by its own name, and not let through."""
    known = {*OF_BUCKET, *OF_OBJECT, "ListBuckets", "DeleteObjects"}
    assert known >= SERVED
    assert list(permissions("GetObjectAcl", "b", "k", None)) == [
        ("s3:GetObjectAcl", "arn:aws:s3:::b/k")
    ]


def test_a_missing_object_is_judged_on_the_bucket_that_was_read_and_not_noted(
    s3_under: Callable[..., Any], tmp_path: Path
) -> None:
    given = policy(
        statement("s3:GetObject", "*"),
        statement("s3:PutObject", "*"),
        statement("s3:ListBucket", "arn:aws:s3:::read"),
    )
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(given))
    with s3_under(file, tmp_path) as s3:
        for bucket in ("read", "hidden", "b"):
            (tmp_path / "s3" / bucket).mkdir()
        copy = partial(s3.copy_object, Bucket="b", Key="k")
        assert refused(copy, CopySource="read/gone")[0] == "NoSuchKey"
        assert refused(copy, CopySource="hidden/gone")[0] == "AccessDenied"
        assert refused(s3.get_object, Bucket="read", Key="gone")[0] == "NoSuchKey"
        assert refused(s3.get_object, Bucket="hidden", Key="gone")[0] == "AccessDenied"
    assert "ListBucket" not in (tmp_path / USES_FILE).read_text()


def test_what_was_asked_for_is_noted_once(clients: Any) -> None:
    for _ in range(2):
        refused(clients("lakeformation").list_permissions)
    uses = [json.loads(line) for line in (clients.folder / USES_FILE).read_text().splitlines()]
    assert uses.count(["caller", "lakeformation:ListPermissions", "*", "not allowed"]) == 1


# -- who asks, as conditions see it ----------------------------------------------------------------

ROLE_ARN = "arn:aws:iam::000000000000:role/service/builder"


def role_guard(folder: Path, *denials: dict[str, Any]) -> Guard:
    """Everything is allowed to both principals but what the role is denied."""
    file = folder / "policy.json"
    everything = policy(statement("*"))
    file.write_text(
        json.dumps({"caller": everything, "session_role": policy(statement("*"), *denials)})
    )
    return Guard(file, folder)


def test_a_session_is_its_role_to_conditions(tmp_path: Path) -> None:
    guard = role_guard(tmp_path, denied_where("ArnLike", "aws:PrincipalArn", ROLE_ARN))
    rules = tmp_path / RULES_FILE
    guard.check_session("GetDatabase", {"Name": "d"})
    assert "Deny" not in rules.read_text()
    guard.check("glue", "AKIA", "CreateSession", {"Id": "s", "Role": ROLE_ARN})
    with pytest.raises(AccessDeniedException, match=r"assumed-role/.* with an explicit deny"):
        guard.check_session("GetDatabase", {"Name": "d"})
    assert rules.read_text().splitlines()[1].startswith("Deny\t")
    assert [file.name for file in tmp_path.glob("s3-permissions*")] == [RULES_FILE]


def test_who_assumed_a_role_is_that_role_to_conditions(tmp_path: Path) -> None:
    guard = role_guard(tmp_path, denied_where("ArnLike", "aws:PrincipalArn", "*:role/service/*"))
    session = "arn:aws:sts::000000000000:assumed-role/builder/me"
    guard.assumed("ASIAONE", ROLE_ARN, session)
    with pytest.raises(AccessDeniedException, match=f"User: {session} is not authorized"):
        guard.check("glue", "ASIAONE", "GetDatabase", {"Name": "d"})
    guard.check("glue", "ASIAOTHER", "GetDatabase", {"Name": "d"})


def test_sts_tells_which_role_was_assumed(clients: Any) -> None:
    role = {"RoleSessionName": "test", "RoleArn": "arn:aws:iam::000000000000:role/one"}
    given = clients("sts").assume_role(**role)["Credentials"]
    used = Credentials(given["AccessKeyId"], given["SecretAccessKey"])
    message = refused(clients("glue", used).get_tables, DatabaseName="mine")[2]
    assert message.startswith("User: arn:aws:sts::000000000000:assumed-role/one/test is not")


SAME_FOR_ALL = [
    ("StringEquals", "aws:ResourceAccount", "123456789012"),
    ("StringEquals", "aws:PrincipalAccount", "123456789012"),
    ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"),
    ("Bool", "aws:SecureTransport", "true"),
]


@pytest.mark.parametrize(("operator", "key", "value"), SAME_FOR_ALL)
def test_conditions_hold_for_spark_as_for_every_client(operator: str, key: str, value: str) -> None:
    home = statement("glue:*", f"{IRELAND}:catalog")
    found = policies_of(policy(home, denied_where(operator, key, value)))
    keys = keys_of(found, "arn:aws:iam::123456789012:role/one")
    assert decide(found.session_role, "s3:GetObject", "arn:aws:s3:::b/k", keys) == DENIED
    assert [rule.split("\t")[0] for rule in spark_rules(found.session_role, keys)] == [
        "Allow",
        "Deny",
    ]
    other = policies_of(policy(home, denied_where(operator, key, "no")))
    assert len(spark_rules(other.session_role, keys)) == 1


def test_what_a_policy_lacks_is_judged_with_the_same_conditions() -> None:
    here = {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
    document = policy(statement("glue:*", f"{IRELAND}:*", Condition=here))
    uses = [["caller", "glue:GetTable", f"{IRELAND}:catalog", "allowed"]]
    assert needed(document, uses) == set()
    assert needed(document, [["session_role", "s3:GetObject", "arn:aws:s3:::b/k", "allowed"]]) == {
        ("session_role", "s3:GetObject")
    }


def test_conditions_on_a_list_are_left_to_spark_with_all_that_they_say() -> None:
    conditions = {
        "StringNotLikeIfExists": {"s3:prefix": ["a/*", "b"]},
        "StringEquals": {"s3:delimiter": "/"},
    }
    found = policies_of(policy(statement("s3:*", Effect="Deny", Condition=conditions)))
    (rule,) = spark_rules(found.session_role, keys_of(found, ROLE_ARN))
    assert rule.split("\t")[3:] == ["prefix!?:(?:a\\/.*)|(?:b)", "delimiter=:(?:/)"]
