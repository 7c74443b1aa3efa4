"""What a project's runs left of its tables: found in the Data Catalog and on S3, and removed where it is provably of no use."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import S3_TABLES
from glue_compiler.project.load import read_project_settings
from glue_compiler.project.profiles import ReadProfile, read_profile
from glue_compiler.workspace import Overrides, Workspace

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.cleaning.leavings import Cleaning, Places
from dbt.adapters.glue.migration.findings import Unseen
from dbt.adapters.glue.migration.nodes import format_of_node, known_config
from dbt.adapters.glue.migration.profile import credentials_of
from dbt.adapters.glue.migration.report import says_schemas
from dbt.adapters.glue.migration.tables import built_of, root_of
from dbt.adapters.glue.model_config import retention
from dbt.adapters.glue.old_versions import unknown_seconds
from dbt.adapters.glue.one_request import NoProject
from dbt.adapters.glue.versions import beside, join_location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from glue_compiler.project.context import ProjectContext
    from glue_compiler.project.profiles import ProfileChoice

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.migration.tables import Built

    Tell = Callable[[str], None]

__all__ = ["clean_project"]


class _Known(NamedTuple):
    """A project with its profile, and the nodes that have tables."""

    project: ProjectContext
    target: str
    credentials: GlueCredentials
    built: list[Built]
    unseen: list[Unseen]


def clean_project(
    root: Path,
    choice: ProfileChoice,
    *,
    dry_run: bool,
    older_than: float | None,
    select: Sequence[str],
    tell: Tell,
) -> dict[str, Any]:
    """Removes what is of no use, or with `dry_run` finds it; what `dbt-glue clean` shows, as JSON takes it.

    `older_than` are the minutes since a version was replaced, in place of the profile's and the models' own; `select`
    names of nodes, with `*`. Raises NoProject where the project or its profile cannot be read, DbtRuntimeError where the
    Data Catalog or S3 cannot be asked at all.
    """
    tell("Reading the project")
    known = _known(root, choice)
    clients = AwsClients(known.credentials, str(root))
    catalog = DataCatalog(lambda: clients.catalog)
    places = Places(clients.catalog_name)
    chosen = [
        item
        for item in known.built
        if not select or any(fnmatch.fnmatch(item.node.name, pattern) for pattern in select)
    ]
    for pattern in select:
        if not any(fnmatch.fnmatch(item.node.name, pattern) for item in chosen):
            known.unseen.append(Unseen(pattern, "no node of the project has this name"))
    temporary = known.credentials.temp_schema
    cleaning = Cleaning(
        catalog,
        clients,
        places,
        temporary,
        unknown_seconds=unknown_seconds(known.credentials.query_timeout_in_minutes),
        dry_run=dry_run,
        tell=tell,
    )
    minutes = known.credentials.old_version_retention_in_minutes
    for item in chosen:
        try:
            place = root_of(item, known.credentials, catalog)
        except DbtRuntimeError as error:
            known.unseen.append(Unseen(f"{item.schema}.{item.name}", str(error.msg)))
            continue
        own = retention(known_config(item.node))
        kept = older_than if older_than is not None else minutes if own is None else own
        for folder in filter(None, (place, beside(place, place))):
            places.add(folder, (str(item.schema), item.name), 60 * kept)
    if not select:
        kept = minutes if older_than is None else older_than
        for schema, base in _bases(known, catalog):
            places.search(schema, base, 60 * kept)
    report = cleaning.run()
    return {
        "project": known.project.name,
        "target": known.target,
        "dryRun": dry_run,
        **report,
        "unseen": [each.to_dict() for each in (*known.unseen, *cleaning.unseen)],
    }


def _known(root: Path, choice: ProfileChoice) -> _Known:
    workspace = Workspace.open(root, Overrides(profile=choice))
    project = workspace.project
    if workspace.root is None or project is None:
        raise NoProject("\n".join(workspace.around.problems) or f"no dbt_project.yml in {root}")
    read = read_profile(workspace.root, choice)
    if not isinstance(read, ReadProfile):
        raise NoProject(read)
    credentials, unseen = credentials_of(read)
    if credentials is None:
        told = "; ".join(f"{each.what}: {each.why}" for each in unseen)
        raise NoProject(
            f"target {read.target} of {read.file} does not say how to reach Glue; dbt debug tells why. {told}".strip()
        )
    own_schemas = any(map(says_schemas, _texts(workspace.root)))
    nodes = [node for node in project.nodes if node.enabled is not False]
    built = [
        item
        for item in built_of(nodes, credentials, own_schemas=own_schemas)
        if format_of_node(item.node, credentials) != S3_TABLES
    ]
    lost = [item.node.path for item in built if item.schema is None]
    if lost:
        why = "only dbt can tell the schema"
        unseen.append(Unseen(f"what {', '.join(lost)} build", why, "dbt parse"))
    return _Known(
        project, read.target, credentials, [i for i in built if i.schema is not None], unseen
    )


def _texts(root: Path) -> Iterator[str]:
    """The project's own macros."""
    for folder in read_project_settings(root).other_paths:
        for file in sorted((root / folder).rglob("*.sql")):
            yield file.read_text(encoding="utf-8", errors="replace")


def _bases(known: _Known, catalog: DataCatalog) -> Iterator[tuple[str, str]]:
    """The folder in which each schema has its tables' folders: of tables, too, that the project makes no longer."""
    warehouse = known.credentials.warehouse
    for schema in sorted({str(item.schema) for item in known.built}):
        if warehouse is not None:
            base: str | None = (
                warehouse.rstrip("/")
                if known.credentials.root_location
                else join_location(warehouse, schema)
            )
        else:
            base = (catalog.database(schema) or {}).get("LocationUri")
        if base:
            yield schema, base.rstrip("/")
