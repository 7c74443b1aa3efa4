"""Writes the policies of docs/iam.md anew, from the code that `dbt-glue doctor` prints them by: python -m tools.iam_page"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.migration import iam

PAGE = Path(__file__).resolve().parent.parent / "docs" / "iam.md"
BEGIN, END = "<!-- policies: begin -->", "<!-- policies: end -->"

PROFILE: dict[str, Any] = {
    "schema": "analytics",
    "role_arn": "arn:aws:iam::123456789012:role/GlueInteractiveSession",
    "region": "eu-west-1",
    "location": "s3://my-bucket/warehouse/",
}
USES = iam.uses_of(
    ["parquet", "iceberg"], ["analytics"], ["raw"], [PROFILE["location"]], lake_formation=False
)


def page() -> str:
    """The page with its policies as they are to be."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    made = iam.policies(GlueCredentials(**PROFILE), USES)
    parts = [
        f"{title}\n\n```json\n{json.dumps(document, indent=2)}\n```\n"
        for title, document in (
            ("### The caller", made.caller),
            ("### The session role", made.session_role),
        )
    ]
    return f"{before}{BEGIN}\n{chr(10).join(parts)}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
