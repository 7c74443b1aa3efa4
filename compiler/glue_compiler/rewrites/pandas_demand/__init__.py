"""Which columns of a pandas frame the code after its conversion uses, where every use has a form that is known.

A use that is not listed makes the answer "all": `tables` lists methods whose result depends, row by row, on
nothing but the columns that they name; `walk` follows the frame through names, functions of the file and lambdas;
`literals` tells the strings that an expression can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.literals import columns_of
from glue_compiler.rewrites.pandas_demand.tables import is_member
from glue_compiler.rewrites.pandas_demand.uses import Unknown
from glue_compiler.rewrites.pandas_demand.walk import Walk

if TYPE_CHECKING:
    import ast

    from glue_compiler.rewrites.model import Model

Demand = tuple[set[str] | str, str]
"""The names and "", or a reason code and what stands in the way."""

__all__ = ["Demand", "columns_of", "is_member", "pandas_demand"]


def pandas_demand(model: Model, call: ast.Call) -> Demand:
    """The columns of the frame that `call` (a `toPandas()`) makes which the file can use."""
    walk = Walk(model)
    try:
        walk.used(call)
        walk.follow_names()
    except Unknown as problem:
        return problem.reason, problem.detail
    return walk.all_names(), ""
