"""Does once, beside the first requests, what would make them slow: imports, tables, message types."""

from __future__ import annotations

import asyncio
import gc
from importlib import import_module
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cattrs import Converter

_MODEL = """
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table", packages=["numpy"])
    orders = dbt.ref("orders").where(F.col("amount") > 0)
    return orders.groupBy("customer").agg(F.sum("amount").alias("total"))
"""


_RANGE = types.Range(types.Position(0, 0), types.Position(0, 0))
_MESSAGES = (
    types.CompletionResponse(1, types.CompletionList(False, [types.CompletionItem("orders")])),
    types.HoverResponse(
        1, types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "orders"), _RANGE)
    ),
    types.PublishDiagnosticsNotification(
        types.PublishDiagnosticsParams("file:///orders.py", [types.Diagnostic(_RANGE, "orders")])
    ),
)
"""Messages whose serialisers are generated at first use."""


_FOR_FINDINGS = (
    "glue_compiler.analysis",
    "glue_compiler.semantics",
    "glue_compiler.checks.check",
    "glue_compiler.plan.by_itself",
)
_FOR_QUESTIONS = ("glue_compiler.editor.completion", "glue_compiler.editor.hover")


async def warm_up(converter: Converter) -> None:
    """Load all that the first findings need: analyse a small model and serialise some answers, beside the loop."""
    await _import(_FOR_FINDINGS)
    await _beside(_find, converter)


async def warm_up_questions() -> None:
    """The same for the first question of a person: complete and hover in the small model."""
    await _import(_FOR_QUESTIONS)
    await _beside(_ask)


async def _import(names: Iterable[str]) -> None:
    """Import modules between messages, on the loop's thread: requests import there too (see `glue_compiler.importing`)."""
    for name in names:
        import_module(name)
        await asyncio.sleep(0)


async def _beside(work: Callable[..., None], *arguments: object) -> None:
    try:
        done = asyncio.get_running_loop().run_in_executor(None, work, *arguments)
    except RuntimeError:
        return  # a server that ends has closed its executor, and has nothing to be quick for
    await done


def _find(converter: Converter) -> None:
    for message in _MESSAGES:
        converter.unstructure(message)
    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Surroundings, Workspace

    Workspace(Surroundings()).findings(None, SourceText(_MODEL))
    # What was imported stays, and is not looked through for garbage again.
    gc.freeze()


def _ask() -> None:
    from glue_compiler.editor.completion import Place, complete
    from glue_compiler.editor.hover import hover
    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Surroundings, Workspace

    workspace = Workspace(Surroundings())
    source, settings = SourceText(_MODEL), workspace.settings
    facts = workspace.facts(source)
    schemas = workspace.schemas_of(facts)
    for text in ("ref(", "orders.", '"amount', "groupBy", "materialized="):
        offset = _MODEL.index(text) + len(text)
        complete(Place(source, offset, workspace.facts, settings))
        hover(facts, source, offset - 1, schemas, None, settings.glue_version)
