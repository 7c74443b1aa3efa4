"""The tables of a project of dbt-glue's as the Data Catalog and S3 have them; nothing is changed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import DELTA, ICEBERG, OPEN_FORMATS, S3_TABLES

from dbt.adapters.glue.catalog import DataCatalog, Table, data_location, format_of, is_view
from dbt.adapters.glue.default_strategy import differs_from
from dbt.adapters.glue.migration.findings import CHANGE, ERROR, NOTE, Finding, Unseen
from dbt.adapters.glue.migration.nodes import format_of_node, known_config, language_of
from dbt.adapters.glue.model_config import table_root
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.replacement import VERSION, in_version_folder
from dbt.adapters.glue.unread_configs import listed
from dbt.adapters.glue.versions import MARKS, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from glue_compiler.project.context import Node

    from dbt.adapters.glue.aws import AwsClients
    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["Built", "Files", "Folders", "TableReport", "built_of", "look_at_tables", "root_of"]

_SUFFIX = "tmp"


class Built(NamedTuple):
    """A node that has a table: its database and name, None where only dbt can tell."""

    node: Node
    schema: str | None
    name: str


class Files(NamedTuple):
    """Files under a folder that no table of the catalog points at: how many, their bytes, and how to remove them."""

    table: str
    folder: str
    files: int
    size: int
    remove: str

    def to_dict(self) -> dict[str, Any]:
        return self._asdict()


class TableReport(NamedTuple):
    """What was found: findings by table, files that stay, and what could not be looked at."""

    findings: list[Finding]
    files: list[Files]
    unseen: list[Unseen]
    looked_at: int


def built_of(
    nodes: Iterable[Node], credentials: GlueCredentials, *, own_schemas: bool
) -> Iterator[Built]:
    """The nodes that are tables or views of a database.

    Without a manifest the schema is dbt's default, unless `own_schemas`: the project has a macro that says it.
    """
    for node in nodes:
        if node.enabled is False or node.materialized in ("ephemeral", None):
            continue
        yield Built(
            node, node.schema or _schema(node, credentials, own_schemas), node.relation.lower()
        )


def _schema(node: Node, credentials: GlueCredentials, own_schemas: bool) -> str | None:
    config = known_config(node)
    names = ("target_schema", "schema") if node.kind == "snapshot" else ("schema",)
    for name in names:
        if name in node.config and name not in config:
            return None
    if node.kind == "snapshot" and config.get("target_schema"):
        return str(config["target_schema"])
    if not config.get("schema"):
        return None if own_schemas else credentials.schema
    return None if own_schemas else f"{credentials.schema}_{config['schema']}"


def look_at_tables(
    built: list[Built],
    clients: AwsClients,
    credentials: GlueCredentials,
    tell: Callable[[str], None],
) -> TableReport:
    """Asks the Data Catalog about each database once, and S3 about the folders of tables in files.

    `tell` gets lines of progress. What cannot be asked is in `unseen`; nothing is raised for it.
    """
    report = TableReport([], [], [], 0)
    lost = [item.node.path for item in built if item.schema is None]
    if lost:
        report.unseen.append(
            Unseen(
                f"what {listed(lost)} build",
                "only dbt can tell the schema",
                "dbt parse",
            )
        )
    in_bucket = [
        item.node.path for item in built if format_of_node(item.node, credentials) == S3_TABLES
    ]
    if in_bucket:
        why = "S3 keeps their files, and a table of the new adapter is the same table"
        report.unseen.append(Unseen(f"tables of the table bucket, such as {in_bucket[0]}", why))
    catalog = DataCatalog(lambda: clients.catalog)
    schemas = sorted({item.schema for item in built if item.schema is not None})
    tables: dict[tuple[str, str], Table] = {}
    for schema in schemas:
        tell(f"Asking the Data Catalog about {schema}")
        try:
            tables.update(
                {(schema, table["Name"].lower()): table for table in catalog.tables(schema)}
            )
        except DbtRuntimeError as error:
            return TableReport(
                report.findings,
                report.files,
                [*report.unseen, Unseen("the Data Catalog", str(error.msg), "see docs/iam.md")],
                len(tables),
            )
    folders = Folders(clients, tables)
    places = [item for item in built if item.schema is not None]
    for number, item in enumerate(places, 1):
        tell(f"Looking at {item.schema}.{item.name} ({number} of {len(places)})")
        table = tables.get((str(item.schema), item.name))
        if table is not None:
            report.findings.extend(_of_table(item, table, credentials))
        try:
            root = root_of(item, credentials, catalog)
            report.files.extend(_leftovers(item, table, root, folders))
            report.files.extend(_temporary_files(item, root, tables, folders))
        except (DbtRuntimeError, ClientError, BotoCoreError) as error:
            report.unseen.append(
                Unseen(f"the files of {item.schema}.{item.name}", _said(error), "see docs/iam.md")
            )
        report.findings.extend(_temporary_tables(item, tables, credentials))
    return TableReport(report.findings, report.files, report.unseen, len(tables))


def _of_table(item: Built, table: Table, credentials: GlueCredentials) -> Iterator[Finding]:
    node, name = item.node, f"{item.schema}.{item.name}"
    location, made = data_location(table), format_of(table)
    ours = in_version_folder(location)
    config, language = known_config(node), language_of(node)
    wanted = format_of_node(node, credentials)
    if (
        node.materialized == "incremental"
        and language is not None
        and not ours
        and not is_view(table)
        and made != S3_TABLES
    ):
        differs = differs_from(config, language, wanted)
        if differs is not None:
            said = (
                f"{name} is there, was made by another tool, and the model names no incremental_strategy: a run stops "
                f"before it writes ({differs[1]} in dbt-glue, {differs[0]} here)"
            )
            yield Finding(ERROR, node.path, "strategy", said, "name the strategy that is meant")
    unnamed = "file_format" not in node.config or node.config["file_format"] is None
    if made in OPEN_FORMATS and unnamed and made != wanted and node.materialized != "view":
        said = f"{name} is in {made}, and the node names no file_format"
        yield Finding(ERROR, node.path, "file_format", said, f"write file_format: {made}")
    elif not ours and not is_view(table) and made in (ICEBERG, DELTA) and made == wanted:
        yield Finding(NOTE, node.path, "table", f"{name} in {made} is taken over where it is")
    elif not ours and not is_view(table) and made not in OPEN_FORMATS:
        said = (
            f"{name} is at {location}; what is built anew goes into a folder of its own beside it, and the files that it "
            "replaces stay"
        )
        if node.materialized == "incremental":
            said += "; rows that are added go where the table is"
        yield Finding(NOTE, node.path, "location", said)


def root_of(item: Built, credentials: GlueCredentials, catalog: DataCatalog) -> str:
    """The folder for the versions of a node's table. Raises DbtRuntimeError where nothing says it."""
    relation = GlueRelation.create(schema=str(item.schema), identifier=item.name)

    def of_database(name: str) -> str | None:
        found = catalog.database(name)
        return None if found is None else found.get("LocationUri")

    return table_root(credentials, relation, known_config(item.node), of_database)


def _leftovers(item: Built, table: Table | None, root: str, folders: Folders) -> Iterator[Files]:
    """Files of another tool's beside the version folders of a table of ours."""
    if table is None or not in_version_folder(data_location(table)):
        return
    count, size = folders.outside_of_versions(root)
    if count:
        remove = f"aws s3 rm {shlex.quote(root + '/')} --recursive --exclude 'v[0-9]*T*_*/*' --exclude '{MARKS}/*' --dryrun"
        yield Files(f"{item.schema}.{item.name}", root, count, size, remove)


def _temporary_tables(
    item: Built, tables: Mapping[tuple[str, str], Table], credentials: GlueCredentials
) -> Iterator[Finding]:
    """Tables that dbt-glue makes of an Iceberg model's new rows, and that a run which failed leaves."""
    if not _has_temporary(item):
        return
    name = _temporary_name(item)
    for schema in dict.fromkeys((credentials.temp_schema or item.schema, item.schema)):
        table = tables.get((str(schema), name))
        if table is not None and format_of(table) in (ICEBERG, S3_TABLES):
            said = f"the table {schema}.{name} of new rows was left by a run of dbt-glue"
            remove = f"aws glue delete-table --database-name {shlex.quote(str(schema))} --name {shlex.quote(name)}"
            yield Finding(CHANGE, item.node.path, "temporary table", said, remove)


def _temporary_files(
    item: Built, root: str, tables: Mapping[tuple[str, str], Table], folders: Folders
) -> Iterator[Files]:
    """What such a table leaves in S3 when it is dropped: dbt-glue drops it without its data."""
    name = _temporary_name(item)
    if not _has_temporary(item) or (str(item.schema), name) in tables:
        return
    folder = f"{root.rpartition('/')[0]}/{name}"
    count, size = folders.all_of(folder)
    if count:
        remove = f"aws s3 rm {shlex.quote(folder + '/')} --recursive --dryrun"
        yield Files(f"{item.schema}.{name}", folder, count, size, remove)


def _has_temporary(item: Built) -> bool:
    config = known_config(item.node)
    return item.node.materialized == "incremental" and str(config.get("file_format")).lower() in (
        ICEBERG,
        S3_TABLES,
    )


def _temporary_name(item: Built) -> str:
    suffix = known_config(item.node).get("custom_temp_suffix") or _SUFFIX
    return f"{item.name}_{suffix}".lower()


class Folders:
    """Counts files under folders of S3. A folder in which another table has its data is left alone."""

    def __init__(self, clients: AwsClients, tables: Mapping[tuple[str, str], Table]) -> None:
        self._clients = clients
        self._used = [bare(data_location(table)) for table in tables.values()]

    def outside_of_versions(self, root: str) -> tuple[int, int]:
        """Files and bytes under a table's folder that are in none of its version folders."""
        own = f"{bare(root)}/"
        others = [
            used
            for used in self._used
            if f"{used}/".startswith(own) and not VERSION.match(used[len(own) :])
        ]
        if others:
            return 0, 0
        count = size = 0
        # The folders first: a version's own files, which may be many, are not listed.
        for page in self._pages(root, Delimiter="/"):
            files = [int(item["Size"]) for item in page.get("Contents", ())]
            count, size = count + len(files), size + sum(files)
            for folder in page.get("CommonPrefixes", ()):
                name = str(folder["Prefix"]).rstrip("/").rpartition("/")[2]
                if name != MARKS and not VERSION.fullmatch(name):
                    more = self._count(f"{own}{name}")
                    count, size = count + more[0], size + more[1]
        return count, size

    def all_of(self, folder: str) -> tuple[int, int]:
        """Files and bytes under a folder that no table has."""
        own = f"{bare(folder)}/"
        used = any(f"{each}/".startswith(own) for each in self._used)
        return (0, 0) if used else self._count(folder)

    def _count(self, folder: str) -> tuple[int, int]:
        sizes = [
            int(item["Size"]) for page in self._pages(folder) for item in page.get("Contents", ())
        ]
        return len(sizes), sum(sizes)

    def _pages(self, folder: str, **options: str) -> Iterator[dict[str, Any]]:
        scheme, _, rest = folder.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme.startswith("s3") and key:
            pages = self._clients.storage.get_paginator("list_objects_v2")
            yield from pages.paginate(Bucket=bucket, Prefix=f"{key.rstrip('/')}/", **options)


def _said(error: Exception) -> str:
    return str(getattr(error, "msg", None) or error)
