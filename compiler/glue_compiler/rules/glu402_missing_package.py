"""GLU402: an import that the Glue session does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import (
    canonical_name,
    distributions_for_import,
    dropped_since,
    foreign_import,
    provision_of,
    stdlib_until,
)
from glue_compiler.rules._packages import (
    add_package,
    dotted_name,
    installed_by_code,
    module_span,
    requirements,
    shipped_modules,
    ships_unknown_code,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Import


def _check(context: Context) -> Iterator[Finding]:
    settings = context.settings
    declared = requirements(context)
    opaque = ships_unknown_code(context)
    shipped = shipped_modules(context)
    installed = installed_by_code(context)
    local = () if context.project is None else context.project.local_modules
    seen: set[str] = set()
    for item in context.facts.imports:
        if item.level or item.type_checking or item.guarded or not item.module:
            continue
        if item.top in shipped or item.top in local or item.top in seen:
            continue
        name = dotted_name(item)
        foreign = foreign_import(name)
        if foreign is not None:
            seen.add(item.top)
            yield Finding(
                module_span(context, item), f"`{item.module}` is not there on Glue: {foreign}"
            )
            continue
        found = provision_of(name, settings.glue_version, declared, settings.package_map)
        if found.origin != "missing" or not found.distributions:
            continue
        if installed is None or not installed.isdisjoint(map(canonical_name, found.distributions)):
            continue
        seen.add(item.top)
        known = _names(context, name) != (canonical_name(item.top),)
        unclear = opaque or any(
            requirement.name and not _is_imported(context, requirement.name)
            for requirement in declared
        )
        if opaque and not known:
            continue
        yield _finding(context, item, found.distributions[0], bool(declared) or unclear)


def _names(context: Context, name: str) -> tuple[str, ...]:
    found = distributions_for_import(name, context.settings.package_map)
    return tuple(canonical_name(item) for item in found)


def _is_imported(context: Context, distribution: str) -> bool:
    """Whether some import of the file is certainly of this distribution."""
    return any(distribution in _names(context, dotted_name(item)) for item in context.facts.imports)


def _import_in_words(context: Context, item: Import) -> str:
    """The top module, or the dotted name where several packages share that."""
    name = dotted_name(item)
    return item.top if _names(context, item.top) == _names(context, name) else name


def _finding(context: Context, item: Import, distribution: str, maybe: bool) -> Finding:
    glue = context.settings.glue_version
    until = dropped_since(distribution, glue)
    module_until = stdlib_until(item.top, glue)
    why = f"is neither part of Glue {glue} nor declared in `packages`"
    if until is not None:
        why = f"was part of Glue {until} and is not in Glue {glue}"
    elif module_until is not None:
        why = f"was in the standard library of Glue {module_until}'s Python, not in Glue {glue}'s"
    return Finding(
        module_span(context, item),
        f"`{_import_in_words(context, item)}` {why}",
        help=f"Declare it: dbt.config(packages=['{distribution}'])."
        + (" If another package brings it along, ignore this." if maybe else ""),
        fixes=add_package(context, distribution),
        severity=Severity.WARNING if maybe else None,
    )


def _uses(name: str, packages: str = "") -> str:
    config = f"dbt.config(packages={packages})\n" if packages else ""
    return model(f"{config}return dbt.ref('orders').alias({name}.__version__)")


def _installing(what: str, then: str = "") -> str:
    return (
        "import subprocess\nimport sys\n\nname = 'polars'\ntry:\n    import polars\nexcept ImportError:\n"
        f"    subprocess.check_call([sys.executable, '-m', 'pip', 'install', {what}])\n{then}"
    )


RULE = Rule(
    code="GLU402",
    name="missing-package",
    severity=Severity.ERROR,
    summary="An imported package is not in the Glue session.",
    why="""
A Glue session has Python's standard library, the packages that AWS preinstalls in this Glue version,
and those of `packages`. Anything else is a ModuleNotFoundError after the session has started. Many
models break this way when they move from Glue 4.0 to 5.0, which no longer has scikit-learn, scipy,
PyYAML, tqdm and others.

Packages that every session of the project gets from the profile can be listed in the settings:
`[tool.dbt-glue] packages = [...]`, and modules that are shipped with `extra_py_files` as
`modules = [...]`. A package that depends on another brings it along: what common ones bring is known (scikit-learn
has scipy and joblib), and with others this is a warning; it is an error where the model declares no packages.
What the file itself installs with pip is left alone.
""",
    fix="Declare the package in `dbt.config(packages=[...])`. The fix adds it.",
    check=_check,
    valid=(
        Case(
            "import json\nimport pandas as pd\nimport pyspark.sql.functions as F\n\n\n"
            + model("return dbt.ref('orders').select(F.lit(json.dumps(pd.__version__)))")
        ),
        Case(
            model(
                "import sklearn\n\ndbt.config(packages=['scikit-learn==1.5.2'])\nreturn dbt.ref('orders').alias(sklearn.__version__)"
            )
        ),
        Case(
            "import helpers\n\n\n" + model("return helpers.clean(dbt.ref('orders'))"),
            settings={"modules": ["helpers"]},
        ),
        Case(
            "import yaml\n\n\n" + model("return dbt.ref('orders').alias(yaml.dump('a'))"),
            settings={"glue-version": "6.0"},
        ),
        Case(
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import polars\n\n\n"
            + model("return dbt.ref('orders')")
        ),
        *(
            Case(f"import {name}\n\n\n" + _uses(name, "['scikit-learn>=1.4']"))
            for name in ("joblib", "scipy", "numpy", "threadpoolctl")
        ),
        Case(
            _installing("'polars==1.2'")
            + "\n\n"
            + model("import polars as pl\n\nreturn dbt.ref('orders').alias(pl.__version__)")
        ),
        Case(_installing("name", "    import polars\n") + "\n\n" + _uses("polars")),
        Case(
            "import os\n\nos.system('pip install -q polars')\nimport polars\n\n\n" + _uses("polars")
        ),
    ),
    invalid=(
        Case(
            _installing("'splink'") + "import ⟦polars⟧\n\n\n" + _uses("polars"),
        ),
        Case(
            "import ⟦joblib⟧\n\n\n" + _uses("joblib", "['requests']"),
            message="`joblib` was part of Glue 4.0",
        ),
        Case(
            "import ⟦sklearn⟧\n\n\n" + model("return dbt.ref('orders').alias(sklearn.__version__)"),
            fixed="import sklearn\n\n\n"
            + model(
                "dbt.config(packages=['scikit-learn'])\n"
                "return dbt.ref('orders').alias(sklearn.__version__)"
            ),
            unsafe=True,
            message="was part of Glue 4.0",
        ),
        Case(
            "import ⟦polars⟧ as pl\n\n\n"
            + model(
                "dbt.config(packages=['requests'])\nreturn dbt.ref('orders').alias(pl.__version__)"
            ),
            fixed="import polars as pl\n\n\n"
            + model(
                "dbt.config(packages=['requests', 'polars'])\n"
                "return dbt.ref('orders').alias(pl.__version__)"
            ),
            unsafe=True,
        ),
        Case(
            model(
                "from ⟦snowflake.snowpark⟧ import functions\n\nreturn dbt.ref('orders').select(functions)"
            )
        ),
    ),
)
