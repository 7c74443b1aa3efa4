"""The types of column expressions, and what Spark takes for some types only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.types import Operand, TypedExpression
from glue_compiler.flow.core.objects import ConstValue, items_or_itself
from glue_compiler.flow.core.schemas import find, plain
from glue_compiler.flow.spark.values import SparkColumn, Term, Typed
from glue_compiler.knowledge import types
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_compiler.flow.core.calls import Call, CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.flow.spark.values import SparkFrame

VOID = "void"
"""The type of NULL, which goes with every other."""
_LITERALS: dict[type, str] = {str: "string", int: "int", float: "double", bool: "boolean"}
_SYMBOLS: dict[type, str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.Modulo: "%",
    cst.BitAnd: "&",
    cst.BitOr: "&",
}
_COMPARISONS = {"==": "==", "!=": "==", "<": "<", "<=": "<", ">": "<", ">=": "<"}
_CONDITIONS = frozenset(
    {
        *("isNull", "isNotNull", "isNaN", "isin", "between", "eqNullSafe", "like", "ilike"),
        *("rlike", "contains", "startswith", "endswith"),
    }
)
_OF_ONE = frozenset(
    {"like", "rlike", "contains", "startswith", "endswith", "substr", "getField", "getItem"}
)


def literal_type(value: object) -> str | None:
    """The type of a constant of Python's as a literal."""
    kind = _LITERALS.get(type(value))
    if kind == "int" and isinstance(value, int) and not -(2**31) <= value < 2**31:
        return "bigint" if -(2**63) <= value < 2**63 else None
    return kind


def term(it: Interpretation, value: Value, node: cst.CSTNode) -> Term | None:
    """A value as part of an expression; None where nothing tells its type."""
    if isinstance(value, SparkColumn):
        if value.window or not value.sure:
            return None
        if value.type is not None:
            return Term(it.spans[node], value.type)
        return None if value.plain is None else Term(it.spans[node], None, value.plain)
    kind = literal_type(value.value) if isinstance(value, ConstValue) else None
    return None if kind is None else Term(it.spans[node], kind)


def with_operator(
    it: Interpretation, node: cst.BinaryOperation, column: SparkColumn, left: Value, right: Value
) -> SparkColumn:
    """`column` is `left operator right`."""
    operator = _SYMBOLS.get(type(node.operator), "")
    both = _all((term(it, left, node.left), term(it, right, node.right)))
    result: str | None = None
    if operator == "&":
        result = "boolean"
    elif both and (first := both[0].type) and (second := both[1].type):
        result = types.arithmetic(it.versions["spark"], operator, first, second)
    return _asked(it, changed(column, type=result), Typed(it.spans[node], operator, both))


def with_comparison(
    it: Interpretation,
    column: SparkColumn,
    operator: str,
    node: cst.CSTNode,
    left: Term | None,
    right: Term | None,
) -> SparkColumn:
    """`column` is `left operator right`."""
    word = _COMPARISONS.get(operator, "")
    made = changed(column, type="boolean")
    return _asked(it, made, Typed(it.spans[node], word, _all((left, right))))


def with_sign(
    it: Interpretation, node: cst.UnaryOperation, column: SparkColumn, value: Value
) -> SparkColumn:
    """`column` is `~value` or `-value`."""
    inverted = type(node.operator) is cst.BitInvert
    kind = "boolean" if inverted else value.type if isinstance(value, SparkColumn) else None
    operation = "~" if inverted else "negative"
    asked = Typed(it.spans[node], operation, _all((term(it, value, node.expression),)))
    return _asked(it, changed(column, type=kind), asked)


def with_field(
    it: Interpretation, node: cst.CSTNode, column: SparkColumn, value: SparkColumn, of: cst.CSTNode
) -> SparkColumn:
    """`column` is a field or an item of `value`."""
    asked = Typed(it.spans[node], "getItem", _all((term(it, value, of),)))
    return _asked(it, column, asked)


def with_cast(
    it: Interpretation, call: Call, value: SparkColumn, target: str | None
) -> SparkColumn:
    """`value.cast(target)`."""
    made = changed(value, type=target, plain=None)
    of = _receiver(it, call, value)
    if target is None or of is None:
        return made
    return _asked(it, made, Typed(it.spans[call.node], "cast", (of,), target))


def with_method(
    it: Interpretation, call: Call, name: str, column: SparkColumn, value: SparkColumn
) -> SparkColumn:
    """`column` is `value.name(...)`."""
    if name in _CONDITIONS:
        column = changed(column, type="boolean")
    elif name == "over":
        column = changed(column, type=value.type)
    of = _receiver(it, call, value)
    if name in ("when", "otherwise"):
        return _with_branch(it, call, name, column, value)
    if of is None:
        return column
    span = it.spans[call.node]
    if name in _OF_ONE:
        return _asked(it, column, Typed(span, name, (of,)))
    if name in ("isin", "between", "eqNullSafe"):
        operation = {"isin": "isin", "between": "<"}.get(name, "==")
        others = _all(
            [term(it, item, arg.node) for arg in call.args for item in items_or_itself(arg.value)]
        )
        # Of values of several types Spark makes the one that all fit in.
        if not call.open and len({one.type for one in others}) == 1:
            column = _asked(it, column, Typed(span, operation, (of, others[0])))
    return column


def with_function(
    it: Interpretation, call: Call, name: str, column: SparkColumn, given: Sequence[Value]
) -> SparkColumn:
    """`column` is `F.name(...)`; `given` are the values of its arguments, by position, as columns."""
    version = it.versions["spark"]
    simple = not call.open and all(arg.name is None and not arg.from_star for arg in call.args)
    terms = [term(it, v, a.node) for v, a in zip(given, call.args, strict=False)]
    if name == "when" and simple and len(call.args) == 2:
        condition = _all(terms[:1])
        made = _asked(it, column, Typed(it.spans[call.args[0].node], "condition", condition))
        branch = terms[1]
        return changed(made, branches=(branch,), type=None if branch is None else branch.type)
    only = terms[0].type if len(terms) == 1 and terms[0] is not None else None
    if name == "coalesce":
        return _alike(it, call, "coalesce", column, terms) if simple else column
    result = types.function_result(version, name, only)
    made = changed(column, type=result)
    if not simple:
        return made
    for argument, refused in enumerate(types.refused_arguments(version, name)[: len(terms)]):
        if refused and isinstance(given[argument], SparkColumn):
            one = _all((terms[argument],))
            made = _asked(it, made, Typed(it.spans[call.node], name, one, None, argument))
    return made


def _with_branch(
    it: Interpretation, call: Call, name: str, column: SparkColumn, value: SparkColumn
) -> SparkColumn:
    """The next branch of a `when`."""
    branches = value.branches
    if branches is None or call.open or any(arg.name or arg.from_star for arg in call.args):
        return column
    if name == "when" and len(call.args) == 2:
        condition = call.args[0]
        operand = _all((term(it, condition.value, condition.node),))
        asked = Typed(it.spans[condition.node], "condition", operand)
        more = (*branches, term(it, call.args[1].value, call.args[1].node))
        return changed(_asked(it, column, asked), branches=more, type=_one_type(more))
    if name == "otherwise" and len(call.args) == 1:
        more = (*branches, term(it, call.args[0].value, call.args[0].node))
        return _alike(it, call, "when", column, more)
    return column


def _alike(
    it: Interpretation,
    call: Call,
    operation: str,
    column: SparkColumn,
    terms: Sequence[Term | None],
) -> SparkColumn:
    """An expression whose operands are to be of types that have one in common."""
    made = changed(column, type=_one_type(terms))
    if any(one is None for one in terms):
        return made
    known = _all([one for one in terms if one is not None and one.type != VOID])
    return _asked(it, made, Typed(it.spans[call.node], operation, known))


def _one_type(terms: Iterable[Term | None]) -> str | None:
    found = {None if one is None else one.type for one in terms} - {VOID}
    return found.pop() if len(found) == 1 else None


def _receiver(it: Interpretation, call: Call, value: SparkColumn) -> Term | None:
    """What a method is called on."""
    func = call.node.func
    return term(it, value, func.value) if type(func) is cst.Attribute else None


def _all(terms: Sequence[Term | None]) -> tuple[Term, ...]:
    """All terms; none where one is not known."""
    known = tuple([one for one in terms if one is not None])
    return known if len(known) == len(terms) else ()


def _asked(it: Interpretation, column: SparkColumn, typed: Typed) -> SparkColumn:
    """The column with one more expression in it, unless that fits whatever its columns are."""
    terms = typed.terms
    if not terms or any(one.type == VOID for one in terms):
        return column
    version, operation = it.versions["spark"], typed.operation
    if (
        typed.argument is None
        and operation != "cast"
        and not types.has_operation(version, operation)
    ):
        return column
    if _fits(version, typed, terms):
        return column
    return changed(column, typed=(*column.typed, typed))


def _fits(version: str, typed: Typed, of: Sequence[Term | Operand]) -> bool:
    """Whether the types of all that an expression is made of are known, and taken."""
    given = [one.type for one in of if one.type is not None]
    return len(given) == len(of) and not types.misfit(
        version, typed.operation, given, target=typed.target, argument=typed.argument
    )


def note_types(
    it: Interpretation,
    frame: SparkFrame | None,
    column: SparkColumn,
    given: frozenset[str] = frozenset(),
) -> None:
    """Record the expressions in a column that stands in a method of a frame; None where unbound names are of two.

    `given` are names, in lower case, that the same call gives, which need not be the frame's.
    """
    if not it.recorder.on or it.attempts:
        return
    for typed in column.typed:
        operands = [_operand(it, one, frame, given) for one in typed.terms]
        known = tuple([one for one in operands if one is not None])
        if len(known) != len(operands):
            continue
        if _fits(it.versions["spark"], typed, known):
            continue
        it.recorder.add(
            "typed",
            TypedExpression(typed.span, typed.operation, known, (), typed.target, typed.argument),
        )


def note_condition(it: Interpretation, frame: SparkFrame | None, arg: CallArgument) -> None:
    """Record the condition of a filter or a join, which is to be a boolean."""
    value = arg.value
    one = term(it, value, arg.node) if isinstance(value, SparkColumn) else None
    if one is not None and one.type not in ("boolean", VOID):
        note_types(it, frame, SparkColumn(typed=(Typed(one.span, "condition", (one,)),)))


def _operand(
    it: Interpretation, one: Term, frame: SparkFrame | None, given: frozenset[str]
) -> Operand | None:
    """A term where its frame is known; None where nothing can be known of its type."""
    if one.type is not None:
        return Operand(one.span, one.type)
    read = one.read
    home = frame if read is None or read.frame is None else read.frame
    if read is None or home is None or not plain(read.name):
        return None
    if read.frame is None and read.name.lower() in given:
        return None
    schema = home.schema
    if not schema.has_all_names:
        return None
    found = find(schema, read.name)
    if len(found) > 1 or (found and found[0].type is None and found[0].relation is None):
        return None
    if found and found[0].type is not None and schema.exact:
        return Operand(one.span, found[0].type)
    if not found and not schema.bases:
        return None
    return Operand(one.span, None, it.recorder.frame(home), read.name)
