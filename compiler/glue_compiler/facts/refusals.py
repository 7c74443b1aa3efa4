"""What the flow analysis found about values where Python, Spark or pandas does not take them."""

from __future__ import annotations

from dataclasses import dataclass

from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time


@dataclass(frozen=True, slots=True)
class TruthTest:
    """A place where Python asks whether a value holds that cannot say so: a Spark column, a pandas series or frame.

    `span` is the value's expression and `whole` what asks, by `how`: and, or, not, if, while, assert, chain
    (`1 < x < 5`), in (`x in [...]`), in column (`x in column`). `kind` is that of a MemberUse.
    `tried` as in MemberUse.
    """

    span: Span
    whole: Span
    how: str
    kind: str
    worlds: tuple[World, ...]
    tried: bool = False


@dataclass(frozen=True, slots=True)
class TightOperator:
    """`&` or `|` that takes what a comparison was to take: `column > 1 & other`, or (`compared`) `column & other > 1`.

    `span` is the operand between the two operators, `whole` the comparison, or the operation where it is in none.
    `constant` is what stands where a condition belongs, or what the condition is compared with: number or text.
    `kind` and `tried` as in MemberUse.
    """

    span: Span
    whole: Span
    operator: str
    kind: str
    constant: str
    comparison: str | None
    worlds: tuple[World, ...]
    compared: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class NothingUse:
    """None where it has an attribute, an item or a loop (`how`): what a call gave that gives nothing else.

    `source` is the callee as written, `source_span` the call; `name` the name by which it is used.
    `tried` as in MemberUse.
    """

    span: Span
    how: str
    source: str
    source_span: Span
    worlds: tuple[World, ...]
    name: str | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class WrongCall:
    """A call of a value that cannot be called; `value` is a word of FrameReturn, `span` the callee's."""

    span: Span
    value: str
    worlds: tuple[World, ...]
    name: str | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class ModuleName:
    """`module.name` where some version of the module, or of the class (`owner`), has no such name.

    `span` is the whole expression. `tried` as in MemberUse.
    """

    span: Span
    name_span: Span
    owner: str
    name: str
    worlds: tuple[World, ...]
    tried: bool = False


@dataclass(frozen=True, slots=True)
class DriverName:
    """What is on the driver only, named in the body of a UDF that is sent to the workers by the call at `sent`.

    `kind`: frame, column, window, session, or function (the call of one that makes a column). `tried` as in MemberUse.
    """

    span: Span
    name: str
    kind: str
    sent: Span
    worlds: tuple[World, ...]
    tried: bool = False


@dataclass(frozen=True, slots=True)
class ForeignUse:
    """A Spark column or frame (`kind`) as the first argument of a function of Python, numpy or pandas.

    `callee` is its dotted name, or `pandas[]`, `pandas[]=` for an item of a pandas frame. `tried` as in MemberUse.
    """

    span: Span
    callee: str
    kind: str
    worlds: tuple[World, ...]
    tried: bool = False


@dataclass(frozen=True, slots=True)
class MissingComparison:
    """`operand == None`, whose answer no row changes: of a Spark column, a pandas series or a pandas frame.

    `span` is the whole comparison, `missing` the missing value in it. `kind` is that of a MemberUse. `plain` tells
    that the operand takes a method without parentheses. `use` is where the answer of `is` and `is not` goes:
    argument (of a method that wants a column), operator (`&`, `|`, `~`), subscript, or value.
    """

    span: Span
    operand: Span
    missing: Span
    operator: str
    kind: str
    worlds: tuple[World, ...]
    plain: bool = False
    use: str = ""


@dataclass(frozen=True, slots=True)
class PlainUse:
    """A value of Python's own where it has a `member` that such values do not have, or (empty) an item.

    `kind` is its class: int, float, bool, str, list, tuple, set, dict, or method, which is not called.
    `span` is the value's; `name` and `tried` as in NothingUse.
    """

    span: Span
    kind: str
    member: str
    worlds: tuple[World, ...]
    name: str | None = None
    tried: bool = False
