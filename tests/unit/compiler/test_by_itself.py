"""A finding that asks for what a run does by itself is not shown; where the run does not, it says why."""

from __future__ import annotations

from pathlib import Path

from glue_compiler.editor.hints import plan_hints
from glue_compiler.project.context import Node, ProjectContext, RelationColumn
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

COLUMNS = tuple(RelationColumn(f"c{n}", "string", "contract") for n in range(58))
EVENTS = Node(
    "model", "events", "shop", "models/events.sql",
    columns=(RelationColumn("id", "bigint", "contract"), RelationColumn("day", "date", "contract"), *COLUMNS),
    columns_complete=True, contract=True,
)  # fmt: skip
BODY = "    pdf = dbt.ref('events').toPandas()\n    pdf['twice'] = pdf['id'] * 2\n    return pdf[['day', 'twice']]\n"
DONE = f"def model(dbt, session):\n{BODY}"
READ_BY_TEXT = f"def model(dbt, session):\n{BODY}".replace(
    "    return", "    print(eval('pdf'))\n    return"
)


def workspace() -> Workspace:
    return Workspace(
        Surroundings(Path("/shop"), ProjectContext("/shop", "shop", (EVENTS,), (), ("shop",)))
    )


def found(text: str) -> dict[str, tuple[str, str | None]]:
    findings = workspace().findings("models/report.py", SourceText(text))
    return {item.code: (item.message, item.help) for item in findings}


def test_what_a_run_does_is_a_hint_and_no_finding() -> None:
    assert "GLU703" not in found(DONE)
    made = workspace().planned("models/report.py", SourceText(DONE))
    (hint,) = plan_hints(made)
    assert hint.label == "  projected to 2 of 60"
    assert hint.offset == DONE.index(".toPandas()") + len(".toPandas()")
    assert hint.text is not None
    assert "2 of 60 columns: id, day (~99% fewer bytes to the driver)" in hint.text


def test_what_a_run_does_not_is_a_finding_that_says_why() -> None:
    message, help_ = found(READ_BY_TEXT)["GLU703"]
    assert message.startswith(
        "collects 60 columns of dbt.ref('events'), uses 2: `select(...)` first; "
    )
    assert help_ is not None
    assert "A run does not do it by itself: the value is also reached under a name" in help_
    assert plan_hints(workspace().planned("models/report.py", SourceText(READ_BY_TEXT))) == ()


def test_a_place_that_only_one_kind_of_run_rewrites_is_a_finding() -> None:
    text = (
        "def model(dbt, session):\n    df = dbt.ref('events')\n    if dbt.is_incremental:\n        df = df.cache()\n"
        "    if df.count() == 0:\n        return df\n    return df.limit(1)\n"
    )
    assert ("GLU701" in found(text)) == (not _applied(text, True) or not _applied(text, False))


def _applied(text: str, incremental: bool) -> bool:
    made = workspace().planned("models/report.py", SourceText(text), incremental=incremental)
    return any(d.applied for d in made.decisions if d.rewrite == "emptiness")


def test_a_frame_that_several_actions_compute_is_a_hint_with_what_to_do() -> None:
    text = (
        "def model(dbt, session):\n    events = dbt.ref('events')\n    days = events.groupBy('day').count()\n"
        "    if days.filter('count > 5').count() > 3:\n        print('full')\n    days.show()\n    return days.limit(7)\n"
    )
    (hint,) = plan_hints(workspace().planned("models/report.py", SourceText(text)))
    assert hint.label == "  computed more than once"
    assert text[: hint.offset].endswith("days = events.groupBy('day').count()")
    assert hint.text is not None
    assert hint.text.startswith("`days` is computed by lines 4, 6 and the write. Put `.cache()`")
