"""The report as people read it: findings by file, tables' old files, permissions, what was not seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_COLORS = {"error": "red", "change": "yellow", "warning": "blue", "note": "bright_black"}
LEVELS = tuple(_COLORS)
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_KINDS = {
    "error": ("error", "errors"),
    "change": ("change", "changes"),
    "warning": ("warning", "warnings"),
    "note": ("note", "notes"),
}


def lines(report: Mapping[str, Any], *, color: bool, notes: bool, policies: bool) -> Iterator[str]:
    """The report, line by line; `notes` with what needs nothing to be done, `policies` with the whole policies."""
    findings: Sequence[Mapping[str, Any]] = report["findings"]
    yield from _findings(findings, color=color, notes=notes)
    if report["files"]:
        yield _title("Files of dbt-glue's that no table of these databases points at", color)
        for files in report["files"]:
            size = readable_size(files["size"])
            yield f"  {files['table']}: {files['files']} files, {size}, in {files['folder']}/"
            yield f"      {files['remove']}"
        yield "  Nothing removes them but you: look at the list of a command above, and run it without --dryrun."
        yield ""
    yield from _policies(report["policies"], color=color, whole=policies)
    if report["unseen"]:
        yield _title("Not seen", color)
        for unseen in report["unseen"]:
            following = f" ({unseen['next']})" if unseen["next"] else ""
            yield f"  {unseen['what']}: {unseen['why']}{following}"
        yield ""
    yield summary(report)


def _findings(findings: Iterable[Mapping[str, Any]], *, color: bool, notes: bool) -> Iterator[str]:
    place, told = None, set()
    for finding in findings:
        if finding["level"] == "note" and not notes:
            continue
        if finding["where"] != place:
            if place is not None:
                yield ""
            place = finding["where"]
            yield click.style(place, bold=True) if color else place
        line = f"line {finding['line']}: " if finding["line"] else ""
        level = finding["level"].ljust(7)
        shown = click.style(level, fg=_COLORS[finding["level"]]) if color else level
        yield f"  {shown} {finding['about']}: {line}{finding['said']}"
        following = finding["next"]
        # What is said of many models alike is said in full once.
        if following and (finding["about"], following) not in told:
            told.add((finding["about"], following))
            fixed = " (--fix does it)" if finding["fix"] else ""
            yield f"          next: {following}{fixed}"
    if place is not None:
        yield ""


def _policies(policies: Mapping[str, Any], *, color: bool, whole: bool) -> Iterator[str]:
    yield _title("Permissions", color)
    for name, who in (("caller", "the caller, who runs dbt"), ("session_role", "the session role")):
        statements = policies[name]["Statement"]
        if whole:
            yield f"  {who}:"
            yield from (f"    {line}" for line in json.dumps(policies[name], indent=2).splitlines())
        else:
            yield f"  {who}: {', '.join(each['Sid'] for each in statements)}"
    yield from (f"  {note}" for note in policies["notes"])
    if not whole:
        yield "  --policies shows both documents, ready for IAM."
    yield ""


def summary(report: Mapping[str, Any]) -> str:
    """How many there are of each level."""
    count = dict.fromkeys(LEVELS, 0)
    for finding in report["findings"]:
        count[finding["level"]] += 1
    counted = ", ".join(f"{number} {_KINDS[level][number != 1]}" for level, number in count.items())
    return f"{report['nodes']} models, seeds and snapshots: {counted}."


def readable_size(count: int) -> str:
    """Bytes as people read them: `512 bytes`, `3.4 MiB`."""
    size, unit = float(count), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{count} bytes" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"


def _title(text: str, color: bool) -> str:
    return click.style(text, bold=True) if color else text
