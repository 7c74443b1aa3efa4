"""The flow analysis of a module: the libraries that it knows, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core import dbt, python
from glue_compiler.flow.core.library import Libraries
from glue_compiler.flow.core.run import interpreted
from glue_compiler.flow.pandas import library as pandas
from glue_compiler.flow.pandas_on_spark import library as pandas_on_spark
from glue_compiler.flow.spark import library as spark

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.facts.frames import FlowFacts
    from glue_compiler.flow.core.interpretation import Module

LIBRARIES = Libraries(
    python.LIBRARY, dbt.LIBRARY, spark.LIBRARY, pandas.LIBRARY, pandas_on_spark.LIBRARY
)


def flow_facts(module: Module, model: cst.FunctionDef, two_worlds: bool) -> FlowFacts:
    """The facts about frames of a model; empty and not `complete` when it is too large."""
    return interpreted(module, model, LIBRARIES, two_worlds=two_worlds)
