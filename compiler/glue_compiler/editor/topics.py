"""The documentation of things by their topic, as Markdown: for hovers and the details of completions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_compiler.project.context import Node, ProjectContext, RelationColumn, RelationColumns
    from glue_compiler.schemas.resolver import FrameSchemas

_MOST_COLUMNS = 40
_PROVENANCE = {
    "contract": "columns of its contract",
    "yaml": "columns declared in YAML",
    "seed": "columns of the file's header",
    "session": "columns from the session",
    "catalog": "columns from the Data Catalog",
    "inferred": "columns inferred from its code",
}


def explain_topic(
    topic: Sequence[str], project: ProjectContext | None, glue_version: str, schemas: FrameSchemas
) -> str | None:
    """The documentation of a topic of a completion item; None when there is none."""
    if not topic:
        return None
    kind, rest = topic[0], topic[1:]
    if kind == "text":
        return rest[0]
    if kind == "config":
        return config_text(rest[0])
    if kind == "dbt":
        return dbt_text(rest[0])
    if kind == "member":
        return member_text(rest[0], rest[1], glue_version)
    if kind == "package":
        return package_text(rest[0], glue_version)
    if kind == "ref" and project is not None:
        match = project.find_ref(rest[1], rest[0])
        return None if match.node is None else node_text(match.node, schemas)
    if kind == "source" and project is not None:
        return source_text(project, rest[0], rest[1])
    return None


def config_text(name: str) -> str | None:
    """A config key: what it does, its values and default."""
    from glue_compiler.knowledge.config import config_key

    key = config_key(name)
    if key is None:
        return None
    lines = [f"**{key.name}** (config)", "", key.doc]
    if key.values:
        lines += ["", "Values: " + ", ".join(f"`{value}`" for value in key.values)]
    if key.default is not None:
        lines += ["", f"Default: `{key.default!r}`"]
    return "\n".join(lines)


def dbt_text(path: str) -> str | None:
    """A member of the dbt object."""
    from glue_compiler.knowledge.dbt_api import dbt_member

    member = dbt_member(path)
    if member is None:
        return None
    since = f"\n\nSince dbt-core {member.since}." if member.since else ""
    return f"```python\ndbt.{member.path}{member.signature}\n```\n{member.doc}{since}"


def member_text(owner: str, name: str, glue_version: str) -> str | None:
    """A method or property of a frame, session or column in the version of the target."""
    from glue_compiler.knowledge.frames import frame_api

    table = frame_api(owner, glue_version)
    member = table.member(name)
    if member is None:
        return None
    lines = [f"```python\n{name}{member.signature}\n```"]
    if member.summary:
        lines.append(member.summary)
    if member.runs_job:
        lines.append("\nMakes Spark compute: it runs a job.")
    if member.since:
        lines.append(f"\nSince {owner.partition('.')[0].replace('_', '-')} {member.since}.")
    return "\n".join(lines)


def package_text(name: str, glue_version: str) -> str:
    """A Python distribution: the version that is preinstalled."""
    from glue_compiler.knowledge.packages import dropped_since, preinstalled
    from glue_compiler.knowledge.requirement import canonical_name

    version = preinstalled(glue_version).get(canonical_name(name))
    if version is not None:
        return f"**{name}** {version} is preinstalled in Glue {glue_version}."
    dropped = dropped_since(name, glue_version)
    if dropped is not None:
        return f"**{name}** is not in Glue {glue_version}; Glue {dropped} was the last to have it."
    return f"**{name}** is not preinstalled in Glue {glue_version}: the session installs it."


def node_text(node: Node, schemas: FrameSchemas) -> str:
    """A model, seed or snapshot: relation, description, columns with types and where they come from."""
    from glue_compiler.facts.schemas import Relation

    kind = f"{node.language} {node.kind}" if node.kind == "model" else node.kind
    title = f"**{node.name}** ({kind}"
    title += f", version {node.version})" if node.version is not None else ")"
    place = ".".join(part for part in (node.database, node.schema, node.relation) if part)
    lines = [
        title,
        "",
        f"Table `{place}`" + (f", {node.materialized}" if node.materialized else ""),
    ]
    lines[-1] += f", from `{node.path}`"
    if node.description:
        lines += ["", node.description]
    version = None if node.version is None or node.is_latest else repr(node.version)
    parts = (node.package, node.name)
    return "\n".join([*lines, *columns_text(schemas.relation(Relation("ref", parts, version)))])


def source_text(project: ProjectContext, source: str, name: str) -> str | None:
    """A table of a source."""
    table = project.source_table(source, name)
    if table is None:
        return None
    parts = (table.database, table.schema or table.source, table.relation)
    lines = [f"**{source}.{name}** (source)", "", "Table `" + ".".join(p for p in parts if p) + "`"]
    if table.place is not None:
        lines[-1] += f", declared in `{table.place.path}`"
    if table.description:
        lines += ["", table.description]
    return "\n".join([*lines, *columns_text(project.columns_of_source(source, name))])


def columns_text(found: RelationColumns | None) -> list[str]:
    """A table of columns, with where they come from, as lines of Markdown."""
    if found is None or not found.columns:
        return ["", "Its columns are not known."]
    origin = provenance_text(found) + ("" if found.complete else "; there may be more")
    return ["", *column_rows(found.columns), "", f"*{origin}*"]


def provenance_text(found: RelationColumns) -> str:
    """Where columns come from, and how old they are: `columns from the session, 3 min ago`."""
    text = _PROVENANCE[found.provenance]
    if found.fetched_at is not None:
        from glue_compiler.project.schemas import age_text

        text += f", {age_text(found.fetched_at)}"
    return f"{text}; stale: refresh the schemas" if found.stale else text


def column_rows(columns: Iterable[RelationColumn]) -> list[str]:
    """Columns as the rows of a Markdown table."""
    every = list(columns)
    described = any(column.description for column in every)
    rows = ["| column | type |" + (" |" if described else "")]
    rows.append("|---|---|" + ("---|" if described else ""))
    for column in every[:_MOST_COLUMNS]:
        row = f"| `{column.name}` | {column.type or ''} |"
        if described:
            text = " ".join((column.description or "").split()).replace("|", "\\|")
            row += f" {text} |"
        rows.append(row)
    if len(every) > _MOST_COLUMNS:
        rows.append(f"| and {len(every) - _MOST_COLUMNS} more | |" + (" |" if described else ""))
    return rows
