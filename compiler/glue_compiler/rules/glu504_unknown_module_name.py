"""GLU504: a name that an imported module does not have."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.frames import api
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.knowledge.modules import (
    RENAMED,
    classes_with,
    is_class,
    is_module,
    lacks,
    library_of,
    names_of,
    starred,
    version_in,
    versions_with,
)
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._packages import (
    module_span,
    requirements,
    shipped_modules,
    ships_unknown_code,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Import
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import ModuleName
    from glue_compiler.facts.schemas import Frame

_TITLES = {"python": "Python", "numpy": "numpy", "pandas": "pandas", "pyspark": "Spark"}
_HOMES = {"pyspark.sql.functions": "spark.functions", "pyspark.sql.types": "spark.types"}
_BY_VERSION = re.compile(r"\bversion_info\b|\b__version__\b|\bpython_version\b|\.version\b")


def _is_untried(use: ModuleName, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not use.tried


_SCREEN = Screen("module_names", _is_untried)


def _check(context: Context) -> Iterator[Finding]:
    if _BY_VERSION.search(context.source.text):
        return
    for use in context.kept_by(_SCREEN):
        if _surely_lacks(context, use.owner, use.name):
            yield _of_attribute(context, use)
    for item in context.facts.imports:
        name = item.name
        if name in (None, "*") or item.level or item.guarded or item.type_checking or item.dynamic:
            continue
        if is_module(item.module) and _surely_lacks(context, item.module, str(name)):
            yield _of_import(context, item, str(name))


def _surely_lacks(context: Context, owner: str, name: str) -> bool:
    """Whether the session's module has no such name, and nothing in the project may give it one."""
    if not lacks(owner, name, context.settings.glue_version):
        return False
    library, top = library_of(owner), owner.partition(".")[0]
    if top in shipped_modules(context) or _is_set(name, context.source.text):
        return False
    if context.project is not None and top in context.project.local_modules:
        return False
    if library in ("python", "pyspark"):
        return True
    # What is installed may bring another version of a library, if only as its own requirement.
    wanted = requirements(context)
    if ships_unknown_code(context) or any(item.name == library for item in wanted):
        return False
    return not (wanted and versions_with(owner, name))


def _is_set(name: str, text: str) -> bool:
    """Whether the text asks a module for a name, or gives it one: `hasattr(np, "float")`, `np.float = float`."""
    asked = rf"(?:hasattr|getattr|setattr)\(\s*[\w.]+\s*,\s*[\"']{name}[\"']"
    return re.search(rf"{asked}|\.{name}\s*=(?!=)", text) is not None


def _of_attribute(context: Context, use: ModuleName) -> Finding:
    glue = context.settings.glue_version
    owner, name, text = use.owner, use.name, context.text(use.span)
    receiver = text[: use.name_span.start - use.span.start].rstrip().removesuffix(".").rstrip()
    advice: str | None = None
    fixes: tuple[Fix, ...] = ()
    message = f"{_called(owner)} has no `{name}`{_when(owner, name, glue)}"
    classes = classes_with(owner, name, glue) if is_module(owner) else ()
    module = owner.rpartition(".")[0]
    if classes:
        written = [f"{receiver}.{item.rpartition('.')[2]}.{name}" for item in classes]
        message = (
            f"`{receiver}` is the module here, which has no `{name}`: the class of that name has"
            if classes == (f"{owner}.{owner}",)
            else message
        )
        advice = f"Write {' or '.join(f'`{item}`' for item in written)}."
        if len(written) == 1:
            fixes = (Fix(f"Write `{written[0]}`", (Edit(use.span, written[0]),), "unsafe"),)
    elif is_class(owner) and not lacks(module, name, glue) and name in names_of(module, glue):
        message = (
            f"`{receiver}` is the class here, which has no `{name}`: the module of that name has"
        )
        if f"{module}.{name}" == owner:
            fixes = (Fix(f"Write `{receiver}`", (Edit(use.span, receiver),), "unsafe"),)
            advice = f"Write `{receiver}`, which the import made the class itself."
        else:
            advice = f"Import it by itself: `from {module} import {name}`."
    elif meant := _renamed(owner, name, receiver, glue):
        advice = f"Write `{meant}`."
        if not re.search(rf"(?<![\w.]){re.escape(meant)}\s*=(?!=)", context.source.text):
            fixes = (Fix(f"Write `{meant}`", (Edit(use.span, meant),), "unsafe"),)
    elif home := _home(context, owner, name):
        advice = f"`{name}` is in {home}."
    elif (guess := closest(name, names_of(owner, glue))) and len(name) > 2:
        advice = f"Did you mean `{guess}`?"
        fixes = (Fix(f"Write `{guess}`", (Edit(use.name_span, guess),), "unsafe"),)
    return Finding(use.span, message + in_world(use.worlds), help=advice, fixes=fixes)


def _of_import(context: Context, item: Import, name: str) -> Finding:
    glue = context.settings.glue_version
    owner = item.module
    start = item.span.start
    span = Span(start, start + len(name))
    advice: str | None = None
    fixes: tuple[Fix, ...] = ()
    classes = classes_with(owner, name, glue)
    meant = _renamed(owner, name, owner, glue)
    if home := _home(context, owner, name):
        advice = f"Write `from {home} import {name}`."
        alone = [other for other in context.facts.imports if other.statement == item.statement]
        if len(alone) == 1:
            fixes = (Fix(f"Import it from {home}", (Edit(module_span(context, item), home),)),)
    elif classes:
        cls = classes[0].rpartition(".")[2]
        advice = f"It is of a class: `from {owner} import {cls}`, then `{cls}.{name}`."
    elif meant is not None:
        advice = f"Write `{meant}`."
    elif (guess := closest(name, names_of(owner, glue))) and len(name) > 2:
        advice = f"Did you mean `{guess}`?"
    return Finding(
        span,
        f"{_called(owner)} has no `{name}`{_when(owner, name, glue)}",
        help=advice,
        fixes=fixes,
    )


def _called(owner: str) -> str:
    return f"the class `{owner}`" if is_class(owner) else f"the module `{owner}`"


def _when(owner: str, name: str, glue: str) -> str:
    """In which versions of a library there is a name, seen from that of a Glue version."""
    library = library_of(owner)
    has, own = versions_with(owner, name), version_in(library, glue)
    title = _TITLES[library]
    known = [(version, other) for other in GLUE_VERSIONS if (version := version_in(library, other))]
    order = list(dict.fromkeys(version for version, _ in known))
    if own is None or not has:
        return f" in {title} {own}"
    if order.index(has[-1]) < order.index(own):
        return f" any more in {title} {own} (Glue {glue})"
    newer = next((g for version, g in known if version == has[0]), None)
    return f": it comes with {title} {has[0]} (Glue {newer}), and Glue {glue} runs {own}"


def _renamed(owner: str, name: str, receiver: str, glue: str) -> str | None:
    """What a name is called now, as the file would write it; None where nothing is known, or not there."""
    meant = RENAMED.get(owner, {}).get(name)
    if meant is None:
        return None
    module, _, last = meant.rpartition(".")
    if not module:
        return meant if hasattr(builtins, meant) else None
    return f"{receiver}.{last}" if last in names_of(module, glue) else None


def _home(context: Context, owner: str, name: str) -> str | None:
    """The module of Spark that a name which this one lacks is in."""
    if library_of(owner) != "pyspark":
        return None
    spark = context.settings.options.spark
    for module in _HOMES:
        if module == owner or api(_HOMES[module], spark).member(name) is None:
            continue
        return module
    return (
        "pyspark.sql"
        if owner != "pyspark.sql" and name in (starred("pyspark.sql", spark) or ())
        else None
    )


def _dated(body: str, head: str) -> str:
    return model(f"{body}\nreturn dbt.ref('orders')", head=f"{head}\n\n\n")


RULE = Rule(
    code="GLU504",
    name="unknown-module-name",
    severity=Severity.ERROR,
    summary="An imported module has no such name in the versions of the Glue version.",
    why="""
`import datetime` and then `datetime.now()` asks the module for what its class has; `np.float` is gone since numpy 1.24,
and `pyspark.sql` has no `col`. It is an AttributeError or ImportError, in the session. The names are those of the real
modules: the standard library, numpy, pandas and pyspark that the Glue version runs.
""",
    fix="Write the name that the module has, or import it from where it is.",
    check=_check,
    valid=(
        Case(_dated("print(datetime.datetime.now())", "import datetime")),
        Case(_dated("print(datetime.now(), datetime.max)", "from datetime import datetime")),
        Case(_dated("print(np.float64(1), np.nan, np.random.rand(2))", "import numpy as np")),
        Case(
            _dated("print(np.float(1))", "import numpy as np"),
            settings={"glue-version": "4.0"},
        ),
        Case(
            _dated("np.float = float\nprint(np.float(1))", "import numpy as np"),
        ),
        Case(
            _dated(
                "if hasattr(np, 'float'):\n    print(np.float(1))",
                "import numpy as np",
            ),
        ),
        Case(
            _dated(
                "try:\n    now = datetime.now()\nexcept AttributeError:\n"
                "    now = datetime.datetime.now()\nprint(now)",
                "import datetime",
            )
        ),
        Case(
            _dated(
                "print(UTC)",
                "import sys\n\nif sys.version_info >= (3, 11):\n    from datetime import UTC\n"
                "else:\n    from datetime import timezone\n\n    UTC = timezone.utc",
            ),
            settings={"glue-version": "4.0"},
        ),
        Case(
            _dated(
                "print(tomllib)",
                "try:\n    from typing import Self\nexcept ImportError:\n    Self = None\n\ntomllib = Self",
            ),
            settings={"glue-version": "4.0"},
        ),
        Case(
            _dated(
                "dbt.config(packages=['numpy==1.23.5'])\nprint(np.float(1))", "import numpy as np"
            )
        ),
        Case(_dated("print(os.path.join('a', 'b'), os.environ)", "import os")),
        Case(_dated("print(IntegerType())", "from pyspark.sql.types import IntegerType")),
    ),
    invalid=(
        Case(
            _dated("print(⟦datetime.now⟧())", "import datetime"),
            fixed=_dated("print(datetime.datetime.now())", "import datetime"),
            unsafe=True,
            message="`datetime` is the module here, which has no `now`",
        ),
        Case(
            _dated("print(⟦datetime.datetime⟧.now())", "from datetime import datetime"),
            fixed=_dated("print(datetime.now())", "from datetime import datetime"),
            unsafe=True,
            message="`datetime` is the class here, which has no `datetime`",
        ),
        Case(
            _dated("print(⟦datetime.timedelta⟧(days=1))", "from datetime import datetime"),
        ),
        Case(
            _dated("print(⟦np.float⟧(1))", "import numpy as np"),
            fixed=_dated("print(float(1))", "import numpy as np"),
            unsafe=True,
            message="has no `float` any more in numpy 2.3 (Glue 5.1)",
        ),
        Case(
            _dated("print(⟦np.NaN⟧)", "import numpy as np"),
            fixed=_dated("print(np.nan)", "import numpy as np"),
            unsafe=True,
        ),
        Case(
            model(
                "return dbt.ref('orders').select(col('id'))",
                head="from pyspark.sql import ⟦col⟧\n\n\n",
            ),
            fixed=model(
                "return dbt.ref('orders').select(col('id'))",
                head="from pyspark.sql.functions import col\n\n\n",
            ),
        ),
        Case(
            _dated("print(IntType())", "from pyspark.sql.types import ⟦IntType⟧"),
            message="the module `pyspark.sql.types` has no `IntType`",
        ),
        Case(_dated("print(⟦T.IntType⟧())", "from pyspark.sql import types as T")),
        Case(_dated("print(⟦os.pth⟧.join('a', 'b'))", "import os")),
        Case(_dated("print(⟦math.sqr⟧(4))", "import math")),
        Case(
            _dated("print(⟦json.parse⟧('{}'))", "import json"),
            fixed=_dated("print(json.loads('{}'))", "import json"),
            unsafe=True,
        ),
        Case(
            _dated("print(⟦pd.datetime⟧.now())", "import pandas as pd"),
            message="has no `datetime` any more in pandas 2.3",
        ),
        Case(
            _dated("print(UTC)", "from datetime import ⟦UTC⟧"),
            settings={"glue-version": "4.0"},
            message="it comes with Python 3.11 (Glue 5.0), and Glue 4.0 runs 3.10",
        ),
        Case(
            _dated("print(⟦Window.partitonBy⟧('id'))", "from pyspark.sql.window import Window"),
        ),
    ),
)
