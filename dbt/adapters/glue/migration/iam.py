"""The permissions that this adapter's two roles need: the caller's, who runs dbt, and the session's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_compiler.knowledge.tables import S3_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["Policies", "Uses", "policies", "uses_of"]

_ACCOUNT = re.compile(r"arn:(?P<partition>aws[^:]*):iam::(?P<account>\d+):role/")
_BUCKET = re.compile(r"s3[an]?://([^/]+)(/.*)?")

SESSIONS = (
    "CancelStatement", "CreateSession", "DeleteSession", "GetSession", "GetStatement", "ListStatements", "RunStatement",
    "StopSession",
)  # fmt: skip
"""Calls of sessions and statements, by the caller."""

LIST_SESSIONS = ("ListSessions",)
"""By which the caller knows whether another run is at work, whose unfinished data it would remove. IAM has no resource for it."""

READ_CATALOG = ("GetDatabase", "GetDatabases", "GetPartitions", "GetTable", "GetTables")
WRITE_CATALOG = (
    "BatchCreatePartition", "BatchDeletePartition", "BatchUpdatePartition", "CreateDatabase", "CreateTable",
    "DeleteDatabase", "DeleteTable", "UpdateTable",
)  # fmt: skip
"""Calls of the Data Catalog that the adapter makes itself: a table is switched to its new version by one of them."""

SPARK_READS = (
    *READ_CATALOG,
    "BatchGetPartition",
    "GetPartition",
    "GetUserDefinedFunction",
    "GetUserDefinedFunctions",
)
SPARK_WRITES = (
    "BatchCreatePartition", "BatchDeletePartition", "CreatePartition", "CreateTable", "DeletePartition", "DeleteTable",
    "UpdatePartition", "UpdateTable",
)  # fmt: skip
"""Calls of Spark's clients of the Data Catalog, Hive's and Iceberg's, in a session."""

GOVERN = (
    "AddLFTagsToResource", "BatchGrantPermissions", "BatchRevokePermissions", "CreateDataCellsFilter",
    "DeleteDataCellsFilter", "GetResourceLFTags", "ListDataCellsFilter", "ListPermissions", "RemoveLFTagsFromResource",
    "UpdateDataCellsFilter",
)  # fmt: skip
"""Calls of Lake Formation that `grants`, `lf_tags_config` and `lf_grants` are about, by whoever writes the catalog."""

DATA_ACCESS = "lakeformation:GetDataAccess"
NEW_DATABASES = "lakeformation:BatchGrantPermissions"
"""By which the caller lets sessions build in a database that it has made, where Lake Formation decides of its tables."""

S3_READS = ("s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket")
S3_WRITES = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
TABLE_BUCKET = (
    "s3tables:CreateNamespace", "s3tables:CreateTable", "s3tables:DeleteTable", "s3tables:GetNamespace",
    "s3tables:GetTable", "s3tables:GetTableBucket", "s3tables:GetTableData", "s3tables:GetTableMetadataLocation",
    "s3tables:ListNamespaces", "s3tables:ListTables", "s3tables:PutTableData", "s3tables:RenameTable",
    "s3tables:UpdateTableMetadataLocation",
)  # fmt: skip


class Uses(NamedTuple):
    """What a project uses of AWS: formats of its tables, databases that it writes and reads, places, tables' governance."""

    formats: frozenset[str]
    written: tuple[str, ...]
    read: tuple[str, ...]
    locations: tuple[str, ...]
    lake_formation: bool


class Policies(NamedTuple):
    """Two documents of IAM, as JSON takes them, and notes on what no policy says."""

    caller: dict[str, Any]
    session_role: dict[str, Any]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return self._asdict()


def uses_of(
    formats: Iterable[str],
    written: Iterable[str],
    read: Iterable[str],
    locations: Iterable[str],
    *,
    lake_formation: bool,
) -> Uses:
    """Sorted, without doubles, and without what is written in what is read."""
    own = sorted(set(written))
    others = sorted(set(read) - set(own))
    return Uses(
        frozenset(formats), tuple(own), tuple(others), tuple(sorted(set(locations))), lake_formation
    )


def policies(credentials: GlueCredentials, uses: Uses) -> Policies:
    """What the two roles need for a project. Placeholders stand in angle brackets where the profile does not tell."""
    arns = _Arns(credentials)
    switched = credentials.use_interactive_session_role_for_api_calls
    caller = [
        _statement("Sessions", _glue(SESSIONS), [arns.glue("session/*")]),
        _statement(
            "PassTheSessionRole", ["iam:PassRole"], [arns.role],
            {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
        ),
    ]  # fmt: skip
    if credentials.tags:
        caller.append(_statement("TagSessions", ["glue:TagResource"], [arns.glue("session/*")]))
    catalog = [*_catalog(arns, uses, READ_CATALOG, WRITE_CATALOG, functions=False)]
    if switched:
        caller.append(_statement("AssumeTheSessionRole", ["sts:AssumeRole"], [arns.role]))
    else:
        caller += [*catalog, *_reading(arns, uses)]
    caller.append(_statement("FindRuns", _glue(LIST_SESSIONS), ["*"]))
    session = _catalog(
        arns,
        uses,
        tuple(sorted({*SPARK_READS, *(READ_CATALOG if switched else ())})),
        tuple(sorted({*SPARK_WRITES, *(WRITE_CATALOG if switched else ())})),
        functions=True,
    )
    default = arns.glue("database/default")
    session += [
        # Spark's current database at its start, and the one of its global views.
        _statement(
            "SparksDatabases",
            ["glue:GetDatabase"],
            [arns.glue("catalog"), default, arns.glue("database/global_temp")],
        ),
        # AWS's client of the catalog in Spark makes it when it starts, where there is none.
        _statement("DefaultDatabase", ["glue:CreateDatabase"], [arns.glue("catalog"), default]),
    ]
    session += _storage(arns, uses)
    keys = session if switched else caller  # the statements of whoever writes the catalog
    if uses.lake_formation:
        govern = [f"lakeformation:{name}" for name in GOVERN]
        keys.append(_statement("GovernTables", govern, ["*"]))
    session.append(
        _statement(
            "Logs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [f"arn:{arns.partition}:logs:{arns.region}:{arns.account}:log-group:/aws-glue/*"],
        )
    )
    if uses.lake_formation or S3_TABLES in uses.formats:
        access = _statement("LakeFormationAccess", [DATA_ACCESS], ["*"])
        session.append(access)
        if not switched:
            caller.append(access)
    if S3_TABLES in uses.formats:
        bucket = credentials.table_bucket
        arn = (
            f"arn:{arns.partition}:s3tables:{arns.region}:{arns.account}:bucket/<table bucket>"
            if bucket is None
            else bucket.arn
        )
        statement = _statement("TableBucket", list(TABLE_BUCKET), [arn, f"{arn}/table/*"])
        session.append(statement)
        keys.append(_statement("TableBucketsCatalog", ["glue:GetCatalog"], arns.table_buckets()))
        if not switched:  # logs of tables: when the rows of a source last changed
            caller.append(
                _statement("ReadTableBucket", ["s3tables:GetTableData"], [f"{arn}/table/*"])
            )
    if credentials.security_configuration:
        session.append(
            _statement(
                "Encryption", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], ["<key>"]
            )
        )
    if credentials.connections:
        session.append(
            _statement(
                "Connections",
                [
                    "glue:GetConnection", "glue:GetConnections", "ec2:CreateNetworkInterface", "ec2:CreateTags",
                    "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables",
                    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute",
                    "ec2:DescribeVpcEndpoints",
                ],
                ["*"],
            )
        )  # fmt: skip
    return Policies(_document(caller), _document(session), tuple(_notes(uses, switched=switched)))


def _notes(uses: Uses, *, switched: bool) -> list[str]:
    notes = [
        "the session role trusts glue.amazonaws.com"
        + (", and the caller too, who assumes it for calls of the Data Catalog" if switched else "")
    ]
    if not switched:
        notes.append(
            "tables are switched in the Data Catalog by the caller; dbt-glue writes them in the session role alone. For "
            "that here, too: use_interactive_session_role_for_api_calls: true in the profile"
        )
    if uses.lake_formation:
        who = "the session role" if switched else "the caller and the session role"
        notes.append(
            f"in a database of Lake Formation, IAM is half of it: {who} need CREATE_TABLE, DESCRIBE and DROP there, "
            "ALTER on its tables, and DATA_LOCATION_ACCESS where they are stored (aws lakeformation grant-permissions)"
        )
    else:
        more = [f"the session role needs {DATA_ACCESS}"]
        if not switched:
            more.append(
                f"the caller {DATA_ACCESS} and {NEW_DATABASES}, without which sessions cannot build in a database that "
                "a run has made"
            )
        notes.append(
            f"where Lake Formation governs the account's catalog, also on the resource *: {', '.join(more)}"
        )
    return notes


class _Arns:
    def __init__(self, credentials: GlueCredentials) -> None:
        role = credentials.role_arn or "arn:aws:iam::<account>:role/<session role>"
        found = _ACCOUNT.match(role)
        self.partition = found["partition"] if found else "aws"
        self.account = found["account"] if found else "<account>"
        self.region = credentials.region or "<region>"
        self.role = role

    def glue(self, resource: str) -> str:
        return f"arn:{self.partition}:glue:{self.region}:{self.account}:{resource}"

    def databases(self, names: Iterable[str], *, functions: bool) -> list[str]:
        """Of each all tables; with `functions` those too, which also a delete of a database needs (glue-specifying-resource-arns)."""
        kinds = ("table", "userDefinedFunction") if functions else ("table",)
        found = [self.glue("catalog")]
        for name in names:
            found += [
                self.glue(f"database/{name}"),
                *(self.glue(f"{kind}/{name}/*") for kind in kinds),
            ]
        return found

    def table_buckets(self) -> list[str]:
        return [
            self.glue("catalog"),
            self.glue("catalog/s3tablescatalog"),
            self.glue("catalog/s3tablescatalog/*"),
        ]

    def bucket(self, name: str) -> str:
        return f"arn:{self.partition}:s3:::{name}"


def _catalog(
    arns: _Arns, uses: Uses, reads: Iterable[str], writes: Iterable[str], *, functions: bool
) -> list[dict[str, Any]]:
    written = arns.databases(uses.written, functions=True)
    if S3_TABLES in uses.formats:
        written += [
            *arns.table_buckets()[1:],
            *(arns.glue(f"{kind}/s3tablescatalog/*") for kind in ("database", "table")),
        ]
    found = [_statement("WriteDatabases", _glue(sorted({*reads, *writes})), written)]
    if uses.read:
        others = arns.databases(uses.read, functions=functions)
        found.append(_statement("ReadDatabases", _glue(reads), others))
    return found


def _reading(arns: _Arns, uses: Uses) -> list[dict[str, Any]]:
    """What the adapter itself reads of S3: logs of tables in open formats, and for `doctor` what there is."""
    of_buckets, folders = _places(arns, uses)
    return [
        _statement("ListFiles", ["s3:ListBucket"], of_buckets),
        _statement("ReadLogs", ["s3:GetObject"], folders),
    ]


def _storage(arns: _Arns, uses: Uses) -> list[dict[str, Any]]:
    of_buckets, folders = _places(arns, uses)
    objects = [*S3_WRITES, "s3:GetObject"]
    found = [
        _statement("ListBuckets", ["s3:GetBucketLocation", "s3:ListBucket"], of_buckets),
        _statement("WriteData", sorted(objects), folders),
    ]
    if uses.read:
        found.append(
            _statement(
                "ReadSources",
                list(S3_READS),
                [arns.bucket(f"<bucket of the sources>{inside}") for inside in ("", "/*")],
            )
        )
    return found


def _places(arns: _Arns, uses: Uses) -> tuple[list[str], list[str]]:
    """The buckets of the project's tables, and the folders in them."""
    buckets: dict[str, set[str]] = {}
    for location in uses.locations:
        named = _BUCKET.match(location)
        if named:
            buckets.setdefault(named[1], set()).add((named[2] or "/").strip("/"))
    if not buckets:
        buckets = {"<bucket>": {"<path>"}}
    folders = [
        f"{arns.bucket(bucket)}/{path + '/' if path else ''}*"
        for bucket, paths in sorted(buckets.items())
        for path in sorted(paths)
    ]
    return [arns.bucket(bucket) for bucket in sorted(buckets)], folders


def _glue(names: Iterable[str]) -> list[str]:
    return [f"glue:{name}" for name in names]


def _statement(
    sid: str, actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return made if condition is None else {**made, "Condition": condition}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
