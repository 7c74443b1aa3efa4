"""The one line of dbt_project.yml that makes all models without a strategy do what they did in dbt-glue, where one line can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.project.context import is_jinja
from glue_compiler.project.yaml_columns import YamlNotEdited
from glue_compiler.project.yaml_configs import project_config

from dbt.adapters.glue.default_strategy import dbt_glues_default, differs_from
from dbt.adapters.glue.migration.findings import CHANGE, PROJECT, Finding, Fix
from dbt.adapters.glue.migration.nodes import known_config, language_of
from dbt.adapters.glue.unread_configs import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.project.context import Node

__all__ = ["strategy_answer"]

_KEY = "incremental_strategy"


def strategy_answer(project: str, nodes: Iterable[Node], text: str) -> Finding | None:
    """The finding about the project's default strategy; None where no model of the project needs an answer.

    It has a fix only where the line changes nothing for the models whose default is another one in dbt-glue (Hudi
    upserts, Python models in Iceberg append), and where it can be put into dbt_project.yml without a doubt.
    """
    unnamed = [
        node
        for node in nodes
        if node.package == project
        and node.enabled is not False
        and node.config.get("materialized") == "incremental"
        and node.config.get(_KEY) in (None, "default")
    ]
    differing = [
        node
        for node in unnamed
        if differs_from(known_config(node), str(language_of(node)), _format(node))
    ]
    if not differing:
        return None
    theirs = {dbt_glues_default(str(language_of(node)), _format(node)) for node in unnamed}
    paths = listed(node.path for node in differing)
    said = (
        f"{len(differing)} incremental models name no strategy, and it is another one here: {paths}"
    )
    if len(theirs) > 1 or any(is_jinja(node.config.get("file_format")) for node in unnamed):
        return Finding(
            CHANGE, PROJECT, _KEY, said,
            "name it in each: no one line does what dbt-glue did, which appends to Python models in Iceberg and upserts "
            "in Hudi",
        )  # fmt: skip
    answer = theirs.pop()
    line = f"models: {{{project}: {{+{_KEY}: {answer}}}}}"
    try:
        edit = project_config(text, "models", project, _KEY, answer)
    except YamlNotEdited as error:
        return Finding(
            CHANGE, PROJECT, _KEY, said, f"write {line} (not done by --fix: {error}) to keep what dbt-glue did"
        )  # fmt: skip
    fix = Fix(f"+{_KEY}: {answer}", PROJECT, (edit,))
    return Finding(CHANGE, PROJECT, _KEY, said, f"write {line} to keep what dbt-glue did", fix=fix)


def _format(node: Node) -> str | None:
    value = known_config(node).get("file_format")
    return None if value is None else str(value).lower()
