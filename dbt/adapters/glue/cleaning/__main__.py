"""The process of `dbt-glue clean`.

Its request is `{id, root, profilesDir?, profile?, target?, dryRun?, olderThan?, select?}`, with minutes and names of nodes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.one_request import answer_one

if TYPE_CHECKING:
    from collections.abc import Callable


def _clean(request: dict[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
    from glue_compiler.project.profiles import ProfileChoice

    from dbt.adapters.glue.cleaning.project import clean_project

    return clean_project(
        Path(request["root"]),
        ProfileChoice(request.get("profilesDir"), request.get("profile"), request.get("target")),
        dry_run=bool(request.get("dryRun")),
        older_than=request.get("olderThan"),
        select=request.get("select") or (),
        tell=tell,
    )


if __name__ == "__main__":
    answer_one(_clean)
