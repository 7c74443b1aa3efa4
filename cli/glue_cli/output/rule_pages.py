"""Rules as text, JSON and Markdown pages, all from the rule and its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.findings.render import render, to_text
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from glue_compiler.rules.definition import Case, Rule

FAMILIES = {
    "GLU0": "File",
    "GLU1": "Model function",
    "GLU2": "dbt API",
    "GLU3": "Configuration",
    "GLU4": "Packages",
    "GLU5": "Names",
    "GLU6": "Frames",
    "GLU7": "Engine",
    "GLU8": "Portability",
}
_MOST_CHARACTERS = 400
_BEGINNING = 100
_ALONE = Workspace(Surroundings())
"""A model by itself: no project, and every setting as it is by default."""


def as_json(rules: Sequence[Rule]) -> dict[str, Any]:
    """The rules with their texts and cases, and how many there are of each."""
    return {
        "counts": {
            "rules": len(rules),
            "valid": sum(len(rule.valid) for rule in rules),
            "invalid": sum(len(rule.invalid) for rule in rules),
        },
        "rules": [rule.to_dict() for rule in rules],
    }


def text(rule: Rule) -> str:
    """A rule for a terminal."""
    return "\n".join(
        [
            f"{rule.code} {rule.name} ({rule.severity.value})",
            "",
            rule.summary,
            "",
            "Why:",
            *_indented(rule.why),
            "",
            "Fix:",
            *_indented(rule.fix),
            "",
            "Example:",
            *_indented(_report(rule, rule.invalid[0]) or rule.invalid[0].source),
            "",
        ]
    )


def _indented(block: str) -> list[str]:
    return [f"    {_shortened(line)}".rstrip() for line in block.strip().split("\n")]


def _shortened(line: str) -> str:
    """A line as it is, or the beginning of one that is an example of too much."""
    return (
        line
        if len(line) <= _MOST_CHARACTERS
        else f"{line[:_BEGINNING]}... ({len(line)} characters)"
    )


def markdown(rule: Rule) -> str:
    """The page of a rule."""
    parts = [
        f"# {rule.code}: {rule.name}",
        "",
        f"{rule.summary} Severity: **{rule.severity.value}**.",
        "",
        "## Why",
        "",
        rule.why.strip(),
        "",
        "## Fix",
        "",
        rule.fix.strip(),
        "",
        "## Reported",
        "",
    ]
    for case in rule.invalid:
        parts += [*_files(case), "```python", _code(case.source), "```", ""]
        report = _report(rule, case)
        if report:
            parts += ["```text", report, "```", ""]
        if case.fixed is not None:
            title = "After `--fix --unsafe-fixes`:" if case.unsafe else "After `--fix`:"
            parts += [title, "", "```python", case.fixed.rstrip("\n"), "```", ""]
    parts += ["## Not reported", ""]
    for case in rule.valid:
        parts += [*_files(case), "```python", _code(case.source), "```", ""]
    parts += [
        "## Suppress",
        "",
        f"`# noqa: {rule.code}` at the end of the line, or with a reason on the line above:",
        "",
        "```python",
        f"# dbt-glue: ignore[{rule.code}] why this is right here",
        "```",
    ]
    return "\n".join(parts) + "\n"


def _code(source: str) -> str:
    return "\n".join(map(_shortened, source.rstrip("\n").split("\n")))


def _files(case: Case) -> list[str]:
    lines: list[str] = []
    for path, content in case.files.items():
        lines += [f"`{path}`", "", "```", content.rstrip("\n"), "```", ""]
    if case.files:
        lines += [f"`{case.path}`", ""]
    return lines


def _report(rule: Rule, case: Case) -> str:
    """What is printed for a case, when it needs no other file of a project to say so."""
    if case.files or len(case.source) > 3000:
        return ""
    source = SourceText(case.source)
    if case.outcome is None:
        every = _ALONE.findings(None, source)
    else:
        every = _ALONE.session_findings(None, source, case.outcome, case.expected)
    found = [item for item in every if item.code == rule.code]
    return to_text([line for item in found[:1] for line in render(source, item, case.path)])


def index(rules: Sequence[Rule]) -> str:
    """The page that lists all rules by family."""
    parts = ["# Rules", ""]
    for prefix, title in FAMILIES.items():
        members = [rule for rule in rules if rule.code.startswith(prefix)]
        if not members:
            continue
        parts += [f"## {title}", "", "| code | name | severity | finds |", "|---|---|---|---|"]
        parts += [
            f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} "
            f"| {rule.summary.replace('|', '&#124;')} |"
            for rule in members
        ]
        parts.append("")
    return "\n".join(parts)


def write_pages(rules: Sequence[Rule], folder: Path) -> int:
    """Write `index.md` and a page per rule; returns how many pages that are.

    Raises:
        OSError: when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.md").write_text(index(rules), encoding="utf-8")
    for rule in rules:
        (folder / f"{rule.code}.md").write_text(markdown(rule), encoding="utf-8")
    return len(rules) + 1
