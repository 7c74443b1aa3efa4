"""The page that tells of a project that was moved: see tools/migration.py."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.migration import Moved, Rows

__all__ = ["page"]

BEGIN, END = "<!-- run: begin -->", "<!-- run: end -->"


def page(text: str, done: Moved, expected: Rows) -> str:
    """The page with what was run between its marks."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{chr(10).join(_told(done, expected))}\n{END}{rest.split(END)[1]}"


def _told(done: Moved, expected: Rows) -> Iterator[str]:
    for name, title in (
        ("doctor", "What doctor says before anything is run"),
        ("unchanged", "The third batch, with the project unchanged"),
        ("without tags", "The same without the model whose tags nobody would set"),
        ("without names", "The same without the model that needs names of dbt-glue's"),
        ("fix", "What doctor mends"),
        ("mended", "The model that it mended"),
    ):
        command = done.commands.get(name)
        if command is not None:
            yield f"## {title}\n"
            shown = " ".join(f"'{part}'" if " " in part else part for part in command.arguments)
            yield f"```console\n$ {shown}\n{_shown(command.said)}\n```\n"
    yield "## The rows\n"
    yield "| table | after two batches by dbt-glue | after the third by dbt-glue | after the third by this adapter | |\n|---|---|---|---|---|"
    for name, rows in sorted(expected.items()):
        ours, verdict = done.rows.get(name, []), done.verdict(name, expected)
        yield f"| `{name}` | {len(done.before.get(name, []))} | {len(rows)} | {len(ours)} | {verdict} |"


_OF_SESSIONS = tuple(f"Glue adapter: {word}" for word in ("Starting ", "Stopped ", "Glue session "))


def _shown(said: str) -> str:
    """Without times and the machine's places."""
    lines = []
    for line in said.rstrip().splitlines():
        kept = re.sub(r"^\d\d:\d\d:\d\d  ?", "", line)
        kept = re.sub(
            r" in (\d+ hours? )?(\d+ minutes? (and )?)?[\d.]+ ?s(econds)?( \([\d.]+s\))?", "", kept
        )
        kept = re.sub(r"\.{4,} \[", ".... [", kept)
        kept = re.sub(r"v\d{8}T\d{6}_[0-9a-f]{8}", "v20260101T000000_00000000", kept)
        if not kept.startswith(
            (
                "Running with dbt=",
                "Registered adapter",
                "Concurrency",
                "Unable to do partial",
                *_OF_SESSIONS,
            )
        ):
            lines.append(kept)
    return "\n".join(lines).strip()
