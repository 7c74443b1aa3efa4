"""GLU502: a variable that is not set on every way to where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import UnboundName

_WORLDS = {
    "full": "in a full run (`dbt.is_incremental` is false)",
    "incremental": "in an incremental run (`dbt.is_incremental` is true)",
}


def _check(context: Context) -> Iterator[Finding]:
    # A flag next to the import usually tells whether it succeeded; that is not followed.
    guarded = {item.bound for item in context.facts.imports if item.guarded}
    for item in context.facts.unbound_names:
        if item.name in guarded and not item.always:
            continue
        world = f" {_WORLDS[item.worlds[0]]}" if len(item.worlds) == 1 else ""
        if item.always:
            message = f"`{item.name}` has no value here{world}"
        else:
            message = f"`{item.name}` may have no value here{world}"
        yield Finding(
            item.span,
            message,
            help="Give it a value on every way, or before the condition.",
            related=tuple(Related(None, span, "it is set here") for span in item.bound_at[:2]),
            severity=_severity(item),
        )


def _severity(item: UnboundName) -> Severity | None:
    """A loop over nothing and a `try` that fails early are possible, but often ruled out."""
    if item.always:
        return None
    return Severity.INFORMATION if item.why in ("loop", "try") else Severity.WARNING


_START = "df = dbt.ref('orders')\nif dbt.is_incremental:\n    since = session.version\n"
_GUARDED = (
    f"{_START}if dbt.is_incremental and since is not None:\n    df = df.limit(since)\nreturn df",
    f"{_START}return df.limit(since) if dbt.is_incremental else df",
    f"{_START}if not dbt.is_incremental or since is None:\n    return df\nreturn df.limit(since)",
    f"{_START}print([since if dbt.is_incremental else None])\nreturn df",
    (
        "df = dbt.ref('orders')\nmost = None\nif dbt.is_incremental:\n    most = df.count()\n"
        "    batch = 3\nif most is not None:\n    df = df.limit(batch)\nreturn df"
    ),
    (
        "df = dbt.ref('orders')\nfound = False\nif df.columns:\n    found = True\n    size = 1\n"
        "if found:\n    df = df.limit(size)\nreturn df"
    ),
    (
        "df = dbt.ref('orders')\nmode = 'full'\nif df.columns:\n    mode = 'part'\n    size = 1\n"
        'if mode == "part":\n    df = df.limit(size)\nreturn df'
    ),
    "df = dbt.ref('orders')\ntry:\n    size\nexcept NameError:\n    size = 1\nreturn df.limit(size)",
)

_FILLED = (
    "items = ('x', 'y')\nfor item in items:\n    last = item",
    "for key, value in {'a': 1}.items():\n    last = value",
    "kinds = {'a': 1}\nfor number, key in enumerate(kinds):\n    last = key",
    "names = ['a']\nfor name, kind in zip(names, [1, 2]):\n    last = kind",
    "for item in NAMES:\n    last = item",
)
_EMPTY = (
    "items = ()\nfor item in items:\n    last = item",
    "items = ['x']\nitems = items[1:]\nfor item in items:\n    last = item",
    "items = {}\nfor key, value in items.items():\n    last = value",
    "for item in zip(['a'], session.names()):\n    last = item",
    "NAMES = []\nfor item in NAMES:\n    last = item",
)

_TYPED = (
    "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pyspark.sql import DataFrame\n\n\n"
    "def newest(df: DataFrame):\n    return df.limit(1)\n\n\n"
    + model("return newest(dbt.ref('orders'))")
)

RULE = Rule(
    code="GLU502",
    name="unbound-name",
    severity=Severity.ERROR,
    summary="A variable is read where it may not have been set.",
    why="""
A variable that is set under `if dbt.is_incremental:` only is an UnboundLocalError in the first run and
in every full refresh, and works in between. Both kinds of run are looked at: an error means that it
cannot work in one of them, a warning that it depends on other conditions, and a note
that it takes a loop without any round, or a `try` that fails early.
""",
    fix="Set it on every way, for instance before the condition.",
    check=_check,
    valid=(
        Case(
            model("df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df")
        ),
        Case(
            model(
                "if dbt.is_incremental:\n    df = dbt.ref('orders').limit(1)\nelse:\n"
                "    df = dbt.ref('orders')\nreturn df"
            )
        ),
        Case(
            model(
                "if dbt.is_incremental:\n    start = 3\ndf = dbt.ref('orders')\n"
                "if dbt.is_incremental:\n    df = df.limit(start)\nreturn df"
            )
        ),
        Case(
            "try:\n    import numpy\n\n    HAS_NUMPY = True\nexcept ImportError:\n"
            "    HAS_NUMPY = False\n\n\n"
            + model(
                "size = numpy.int64(1) if HAS_NUMPY else 1\nreturn dbt.ref('orders').limit(size)"
            )
        ),
        *(Case(model(body)) for body in _GUARDED),
        *(
            Case(
                model(f"{loop}\nreturn dbt.ref('orders').filter(last)", head="NAMES = ['a']\n\n\n")
            )
            for loop in _FILLED
        ),
        Case(f"from __future__ import annotations\n\n{_TYPED}"),
    ),
    invalid=(
        *(
            Case(
                model(
                    f"{loop}\nreturn dbt.ref('orders').filter(⟦last⟧)", head="NAMES = ['a']\n\n\n"
                )
            )
            for loop in _EMPTY
        ),
        Case(_TYPED.replace("df: DataFrame", "df: ⟦DataFrame⟧")),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    since = 3\n"
                "return df.limit(⟦since⟧) if not dbt.is_incremental else df"
            ),
            message="has no value here in a full run",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    since = 3\n"
                "if df.columns and ⟦since⟧:\n    df = df.limit(1)\nreturn df"
            ),
            message="may have no value here in a full run",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nsince = None\nif dbt.is_incremental:\n    since = 3\n"
                "    until = 4\nif since is None:\n    df = df.limit(⟦until⟧)\nreturn df"
            ),
            message="has no value here in a full run",
        ),
        Case(
            model("if dbt.is_incremental:\n    df = dbt.ref('orders')\nreturn ⟦df⟧"),
            message="in a full run",
        ),
        Case(
            model("for name in session.names():\n    df = dbt.ref('orders')\nreturn ⟦df⟧"),
            message="may have no value",
        ),
        Case(
            model("if session.version > '3':\n    df = dbt.ref('orders')\nreturn ⟦df⟧"),
            message="may have no value",
        ),
    ),
)
