"""The process of `dbt-glue doctor`; its request is `{id, root, profilesDir?, target?, offline?}`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.one_request import answer_one

if TYPE_CHECKING:
    from collections.abc import Callable


def _report(request: dict[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
    from glue_compiler.project.profiles import ProfileChoice

    from dbt.adapters.glue.migration.report import project_report

    return project_report(
        Path(request["root"]),
        ProfileChoice(request.get("profilesDir"), None, request.get("target")),
        offline=bool(request.get("offline")),
        tell=tell,
    )


if __name__ == "__main__":
    answer_one(_report)
