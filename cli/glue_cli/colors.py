"""Colours of the styles that the compiler renders with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from glue_compiler.findings.render import Line

_STYLES: dict[str, dict[str, Any]] = {
    "path": {"bold": True},
    "code": {"fg": "red", "bold": True},
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "information": {"fg": "blue", "bold": True},
    "hint": {"fg": "cyan"},
    "gutter": {"fg": "bright_black"},
    "underline": {"fg": "red", "bold": True},
    "help": {"fg": "cyan"},
    "added": {"fg": "green"},
    "removed": {"fg": "red"},
}


def styled(line: Line, color: bool) -> str:
    """A line of segments as text, with terminal colours or without."""
    if not color:
        return "".join(segment.text for segment in line).rstrip()
    return "".join(
        click.style(segment.text, **_STYLES[segment.style])
        if segment.style in _STYLES
        else segment.text
        for segment in line
    )
