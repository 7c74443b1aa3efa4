"""Does once, beside the first requests, what would make them slow: imports, tables, message types."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
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


def warm_up(converter: Converter) -> None:
    """Analyse a small model and serialise some answers, so that all that the first findings need is loaded."""
    for message in _MESSAGES:
        converter.unstructure(message)
    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Surroundings, Workspace

    Workspace(Surroundings()).findings(None, SourceText(_MODEL))
    # What was imported stays, and is not looked through for garbage again.
    gc.freeze()


def warm_up_questions() -> None:
    """Complete and hover in the small model, so that the first question of a person is answered at once."""
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
