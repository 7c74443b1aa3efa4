"""GLU404: a declared package that the model never imports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import (
    canonical_name,
    distributions_for_import,
    preinstalled,
    provision_of,
    stdlib_modules,
)
from glue_compiler.rules._packages import (
    declared_here,
    dotted_name,
    remove_entry,
    requirements,
    shipped_modules,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.diagnostics import Fix
    from glue_compiler.rules._packages import Declared

# Packages that other packages look for at run time, and that nobody imports by name.
_LOADED_BY_OTHERS = frozenset(
    {
        "adlfs", "boto3", "fastparquet", "fsspec", "gcsfs", "html5lib", "jinja2", "lxml", "numpy",
        "openpyxl", "pip", "psycopg2", "psycopg2-binary", "pyarrow", "pymysql", "pyodbc", "pyxlsb",
        "s3fs", "scipy", "setuptools", "snowflake-snowpark-python", "tables", "tabulate", "wheel",
        "xlrd", "xlsxwriter", "xlwt",
    }
)  # fmt: skip


def _check(context: Context) -> Iterator[Finding]:
    facts, settings = context.facts, context.settings
    if facts.star_import or any(item.dynamic and not item.module for item in facts.imports):
        return
    imported: set[str] = set()
    declared = requirements(context)
    for item in facts.imports:
        name = dotted_name(item)
        imported.update(
            canonical_name(found) for found in distributions_for_import(name, settings.package_map)
        )
        if item.level or item.top in shipped_modules(context):
            return  # what a shipped module imports is not known here
        origin = provision_of(name, settings.glue_version, declared, settings.package_map).origin
        if origin == "missing" and not item.guarded:
            return  # it may be the one that an entry provides under another name
    there = preinstalled(settings.glue_version)
    standard = stdlib_modules(settings.glue_version)
    for entry in declared_here(context):
        requirement = entry.requirement
        name = requirement.name or ""
        if requirement.kind != "index" or name in imported or name in _LOADED_BY_OTHERS:
            continue
        if name in there or requirement.extras:
            continue
        if name.replace("-", "_") in standard:
            continue  # GLU403 reports it
        yield Finding(
            entry.span,
            f"the model installs `{name}` and never imports it",
            help="Remove it, unless another package needs it.",
            fixes=_unsafe(context, entry),
            tags=("unnecessary",),
        )


def _unsafe(context: Context, entry: Declared) -> tuple[Fix, ...]:
    return tuple(replace(fix, safety="unsafe") for fix in remove_entry(context, entry))


RULE = Rule(
    code="GLU404",
    name="unused-package",
    severity=Severity.INFORMATION,
    summary="A declared package is never imported.",
    why="""
Every package costs time at the start of a session, and can change the versions of others. One that
nothing imports is often left over. It can still be right: some packages load others when they need
them; those that are known to be loaded that way are not reported.
""",
    fix="Remove it, unless another package needs it.",
    check=_check,
    minimum="full",
    valid=(
        Case(
            model(
                "import requests\n\ndbt.config(packages=['requests==2.32.3'])\nrequests.get('https://example.com')\nreturn dbt.ref('orders')"
            )
        ),
        Case(model("dbt.config(packages=['pandas==2.2.3', 'openpyxl'])\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(
            model("dbt.config(packages=['pandas', ⟦'faker'⟧])\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(packages=['pandas'])\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
    ),
)
