"""The dbt object: what dbt's own template defines, and the names that people try."""

from __future__ import annotations

import re
from pathlib import Path

import dbt.include.global_project
import pytest
from glue_compiler.knowledge.dbt_api import (
    MISSING,
    RESERVED_GLOBALS,
    dbt_member,
    dbt_members,
    missing_member,
    nearest_member,
)

TEMPLATE = Path(dbt.include.global_project.PACKAGE_PATH) / "macros/python_model/python.sql"


def test_the_members_are_those_of_dbts_own_template() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    dbt_object = text.partition("class dbtObj")[2]
    attributes = set(re.findall(r"self\.(\w+)\s*=", dbt_object))
    assert {member.path for member in dbt_members()} == attributes
    config = text.partition("class config:")[2].partition("class this")[0]
    methods = {name for name in re.findall(r"def (\w+)\(", config) if not name.startswith("_")}
    assert {member.path.partition(".")[2] for member in dbt_members("config")} == methods
    this = text.partition("class this:")[2].partition("class dbtObj")[0]
    assert {member.path.partition(".")[2] for member in dbt_members("this")} == set(
        re.findall(r"^\s+(\w+) = ", this, flags=re.MULTILINE)
    )


def test_the_reserved_globals_are_those_that_dbts_template_defines() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    defined = set(re.findall(r"^(?:def|class) (\w+)", text, flags=re.MULTILINE))
    defined |= set(re.findall(r"^(\w+) = ", text, flags=re.MULTILINE))
    assert defined == RESERVED_GLOBALS


def test_no_missing_name_exists_and_every_rename_does() -> None:
    for missing in MISSING:
        assert dbt_member(missing.path) is None, missing.path
        if missing.rename:
            prefix = missing.path.rpartition(".")[0]
            target = f"{prefix}.{missing.rename}" if prefix else missing.rename
            assert dbt_member(target) is not None, missing.path


@pytest.mark.parametrize("path", ["var", "env_var", "get_config", "this.name", "adapter"])
def test_names_that_people_try_come_with_the_next_step(path: str) -> None:
    missing = missing_member(path)
    assert missing is not None
    assert missing.instead
    assert not missing.instead.endswith(".")


def test_a_misspelt_member_finds_its_neighbour() -> None:
    assert nearest_member("is_incrementl") == "is_incremental"
    assert nearest_member("this.shema") == "this.schema"
    assert nearest_member("zzyzx") is None
