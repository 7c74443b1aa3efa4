"""What the flow analysis found about UDFs: Python functions that Spark calls with the values of rows."""

from __future__ import annotations

from dataclasses import dataclass

from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time


@dataclass(frozen=True, slots=True)
class Udf:
    """A Python function made a UDF: `form` is udf, pandas_udf, udf_register, mapInPandas, ...

    `function` is the name of the Python function, `expression` the text of its only returned
    expression and `parameters` its parameters, when it is a lambda or a one-line function.
    """

    span: Span
    form: str
    name: str | None
    function: str | None
    worlds: tuple[World, ...] = ()
    return_type: str | None = None
    parameters: tuple[str, ...] = ()
    expression: str | None = None
    expression_span: Span | None = None


@dataclass(frozen=True, slots=True)
class UdfCall:
    """A call of a UDF with what it does not take.

    `kind` is a word for the argument at `span`, as in FrameArgument, or `named` for one under a keyword. It is empty
    where the function takes `least` to `most` arguments, not `given`; `span` is the callee's then.
    `name` is the callee's, empty where it has none. `tried` as in MemberUse.
    """

    span: Span
    name: str
    kind: str
    worlds: tuple[World, ...]
    given: int = 0
    least: int = 0
    most: int = 0
    tried: bool = False


@dataclass(frozen=True, slots=True)
class UdfReturn:
    """What a UDF surely returns, and the type of Spark that is declared for it.

    `span` is the returned expression, or the declared type where all that the function returns is known: `whole`.
    `kinds` are the names of Python's classes. `nothing` tells that the function may return None, too.
    `called` tells that it is a call by which Spark runs it, at least where there are rows. `tried` as in MemberUse.
    """

    span: Span
    declared: str
    kinds: tuple[str, ...]
    worlds: tuple[World, ...]
    whole: bool = False
    nothing: bool = False
    called: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class HeldUdf:
    """A UDF of each round of a loop that is kept for later, whose function names what the loop changes.

    `span` is that name in the function, `loop` where the loop binds it, `holder` the list or dict that keeps the UDF,
    None for that which a comprehension gives.
    """

    span: Span
    name: str
    loop: Span
    worlds: tuple[World, ...]
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class BatchFunction:
    """A function that PySpark refuses for rows in batches: `form` is pandas_udf, applyInPandas or mapInPandas.

    `problem`: untyped (no type of Spark is given), parameter or return (has no hint, others have), hint (is none that
    it takes: `hint`), iterator (one of parameter and return is one, the other not), empty (no parameter), or
    count, where it takes `given` arguments. `name` is the function's or the parameter's. `tried` as in MemberUse.
    """

    span: Span
    form: str
    problem: str
    worlds: tuple[World, ...]
    name: str = ""
    hint: str = ""
    given: int = 0
    tried: bool = False
