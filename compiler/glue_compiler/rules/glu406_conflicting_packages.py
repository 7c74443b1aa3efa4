"""GLU406: another model of the same session wants another version of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.packages import parse_requirement
from glue_compiler.rules._packages import declared_here
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.knowledge.packages import Requirement
    from glue_compiler.project.context import Node


def _check(context: Context) -> Iterator[Finding]:
    node, project = context.node, context.project
    group = context.config_value("group_session_id")
    if node is None or project is None or not isinstance(group, str):
        return
    others = [
        other
        for other in project.nodes
        if other.language == "python"
        and other.key != node.key
        and other.config.get("group_session_id") == group
    ]
    for item in declared_here(context):
        for other in others:
            clash = _clash(item.requirement, other)
            if clash is not None:
                yield Finding(
                    item.span,
                    f"`{other.name}` shares the session `{group}` and wants {clash.text!r}; a "
                    "session has one version of a package",
                    help="Agree on one version, or give one of them another group_session_id.",
                    related=(Related(other.path, None, "the other model", 1),),
                )
                break


def _clash(requirement: Requirement, other: Node) -> Requirement | None:
    packages = other.config.get("packages")
    for text in packages if isinstance(packages, list) else []:
        if not isinstance(text, str):
            continue
        theirs = parse_requirement(text)
        if theirs.name != requirement.name or requirement.name is None:
            continue
        if not (_fits(requirement, theirs) and _fits(theirs, requirement)):
            return theirs
    return None


def _fits(pinned: Requirement, other: Requirement) -> bool:
    """Whether the one version of a pinned requirement is right for another; True when not pinned."""
    return not pinned.pinned or other.accepts(pinned.specifier.removeprefix("=="))


_FILES = {
    "models/orders.sql": "select 1 as id",
    "models/scores.py": "def model(dbt, session):\n"
    "    dbt.config(packages=['pandas==2.2.3'], group_session_id='ml')\n"
    "    return dbt.ref('orders')\n",
}

RULE = Rule(
    code="GLU406",
    name="conflicting-packages",
    severity=Severity.ERROR,
    summary="Models of one session want different versions of a package.",
    why="""
Models with the same `group_session_id` share a session, and a session has one version of each
package. The one that comes second gets the version of the first, or the session fails to start.
Models without a group get a session that fits their packages.
""",
    fix="Agree on one version, or use another `group_session_id`.",
    check=_check,
    valid=(
        Case(
            model(
                "import pandas\n\ndbt.config(packages=['pandas>=2.2'], group_session_id='ml')\n"
                "return dbt.ref('orders').alias(pandas.__version__)"
            ),
            files=_FILES,
        ),
        Case(
            model("dbt.config(packages=['pandas==2.1.0'])\nreturn dbt.ref('orders')"), files=_FILES
        ),
    ),
    invalid=(
        Case(
            model(
                "dbt.config(packages=[⟦'pandas==2.1.0'⟧], group_session_id='ml')\n"
                "return dbt.ref('orders')"
            ),
            files=_FILES,
        ),
    ),
)
