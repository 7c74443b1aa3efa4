"""The rules, one per module: `glu201_lost_dbt_call.py` holds GLU201, `lost-dbt-call`."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.facts.screens import Screen
    from glue_compiler.rules.definition import Rule

_MODULE = re.compile(r"(glu(\d{3})_(\w+))\.py$")


@cache
def _modules() -> dict[str, str]:
    """Module names by code, in order of the code; no rule is imported."""
    found = {}
    for path in sorted(Path(__file__).parent.iterdir()):
        if match := _MODULE.fullmatch(path.name):
            found[f"GLU{match[2]}"] = match[1]
    return found


@cache
def rule_names() -> dict[str, str]:
    """The names of all rules by code, in order of the code; no rule is imported."""
    return {code: module[7:].replace("_", "-") for code, module in _modules().items()}


@cache
def rule(code_or_name: str) -> Rule:
    """One rule by its code (`GLU201`, any case) or name (`lost-dbt-call`).

    Raises:
        KeyError: when there is none.
    """
    wanted = code_or_name.upper()
    if wanted not in _modules():
        names = {name: code for code, name in rule_names().items()}
        wanted = names[code_or_name.lower()]
    found: Rule = import_module(f"{__name__}.{_modules()[wanted]}").RULE
    return found


@cache
def all_screens() -> tuple[Screen, ...]:
    """The screens of the rules, each once."""
    rules = [rule for rule in all_rules() if rule.statement is not None]
    screens = [screen for rule in rules for screen in (rule.statement, *rule.more) if screen]
    return tuple(dict.fromkeys(screens))


@cache
def all_rules() -> tuple[Rule, ...]:
    """All rules in order of their code."""
    return tuple(rule(code) for code in _modules())
