"""Chains and loops of `withColumn` become one `withColumns`: Spark analyses one plan instead of one per column.

The session checks what decides it: names that are strings and distinct, and no expression that
mentions a column written before it in the same chain or loop. Otherwise it adds the columns one
after the other, as the source says.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.columns_in_loops import built_up, piled, reductions
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.loop_items import lazy_items
from glue_compiler.rewrites.model import CHAIN, LOOP
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import MemberUse
    from glue_compiler.rewrites.model import Model

NAME = "with_columns"
_LEAST = 3
COLUMN_METHODS = {
    *("cast", "astype", "alias", "isNull", "isNotNull", "eqNullSafe", "isin", "between", "substr"),
    *("startswith", "endswith", "contains", "like", "rlike", "ilike", "otherwise", "when", "over"),
    *("getItem", "getField", "asc", "desc", "bitwiseAND", "bitwiseOR", "bitwiseXOR"),
}
TEXT_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "removeprefix"}
REFUSED_FUNCTIONS = {"udf", "pandas_udf", "broadcast", "window_time"}
_GENERATORS = {
    *("explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer"),
    *("stack", "json_tuple", "variant_explode", "variant_explode_outer"),
}
_NONDETERMINISTIC = {
    *("rand", "randn", "random", "uuid", "shuffle", "monotonically_increasing_id", "randstr"),
    *("spark_partition_id", "input_file_name", "input_file_block_start", "uniform"),
    *("input_file_block_length", "reflect", "java_method", "try_reflect"),
}
_LINK = r"(?:\s|\\(?=[\r\n])|#[^\r\n]*)*\.\s*withColumn\s*\("
UNFOLLOWED = (
    ast.Lambda, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def with_columns(model: Model) -> Iterator[Decision]:
    """One decision for every loop that adds columns to a frame, and for every chain of three or more."""
    single = [*_loops(model)]
    piles: list[Decision] = []
    if not model.strict:
        single, piles = _of_any_form(model, single)
        piles += reductions(model)
    yield from single
    yield from piles
    yield from _chains(model, [decision.span for decision in piles if decision.applied])


def _of_any_form(model: Model, single: list[Decision]) -> tuple[list[Decision], list[Decision]]:
    """What is left of the loops that are one call, and those that are taken as they stand."""
    calls = {decision.span for decision in single if decision.applied}
    piles = []
    for loop, places in built_up(model):
        span = model.span(loop)
        inside = any(call != span and span.covers(call) for call in calls)
        found = piled(model, loop, places) if span not in calls else None
        if found is not None and (found.applied or not inside):
            piles.append(found)
    taken = [decision.span for decision in piles]
    # A loop that begins every round with a frame of its own builds nothing up.
    loops = [model.span(node) for node in model.parents if isinstance(node, ast.For)]
    fresh = [span for span in loops if not any(pile.covers(span) for pile in taken)]
    left = [
        decision
        for decision in single
        if not any(span.covers(decision.span) for span in taken)
        and (
            decision.reason != "conditional_columns"
            or not any(s.covers(decision.span) for s in fresh)
        )
    ]
    return left, piles


def _loops(model: Model) -> Iterator[Decision]:
    loops = model.grouped(model.facts.flow.loop_columns)
    seen: set[int] = set()
    for span, facts in loops.items():
        call = model.calls.get(span)
        if call is None:
            yield Decision(NAME, span, "in_helper")
        elif any(fact.method != "withColumn" for fact in facts):
            yield Decision(NAME, span, "conditional_columns", detail=facts[0].method)
        elif any(model.frame(fact.frame).kind != "spark" for fact in facts):
            yield Decision(NAME, span, "kind_unknown")
        else:
            loop = next(
                (n for n in model.around(call) if isinstance(n, (ast.For, ast.While))), None
            )
            if loop is not None and id(loop) not in seen:
                seen.add(id(loop))
                yield _loop(model, loop, call)


def _loop(model: Model, loop: ast.For | ast.While, call: ast.Call) -> Decision:
    span = model.span(loop)
    if model.spark < (3, 3):
        return Decision(NAME, span, "spark_too_old")
    shape = _loop_shape(loop, call)
    if shape is None or not isinstance(loop, ast.For):
        return Decision(NAME, span, "conditional_columns")
    if model.guarded(loop):
        return Decision(NAME, span, "in_try")
    frame, variables = shape
    lazy = lazy_items(model, loop.iter)
    if lazy:
        return Decision(NAME, span, "iterable_lazy", detail=lazy)
    reason, detail = _values_refusal(model, call, frame)
    if reason:
        return Decision(NAME, span, reason, detail=detail)
    after = [
        node
        for variable in variables
        for node in model.names(variable)
        if not (span.start <= model.span(node).start < span.end)
        and isinstance(node.ctx, (ast.Load, ast.Del))
    ]
    if after or model.opaque or model.reaches_out:
        return Decision(NAME, span, "loop_variable_used")
    edits = _loop_edits(model, loop, call, frame, variables)
    if edits is None:
        return Decision(NAME, span, "spans_lines")
    return Decision(
        NAME, span, APPLIED, edits, "one analysis of the plan instead of one per column"
    )


def _loop_shape(loop: ast.For | ast.While, call: ast.Call) -> tuple[str, list[str]] | None:
    """(the frame's name, the loop's variables) of `for v in ...: df = df.withColumn(name, expression)`."""
    if not isinstance(loop, ast.For) or loop.orelse or len(loop.body) != 1:
        return None
    statement = loop.body[0]
    targets = (
        [loop.target] if isinstance(loop.target, ast.Name) else getattr(loop.target, "elts", [])
    )
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if not names or len(names) != len(targets) or len(set(names)) != len(names):
        return None
    if not isinstance(statement, ast.Assign) or statement.value is not call:
        return None
    func = call.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return None
    frame = func.value.id
    target = statement.targets[0]
    same = isinstance(target, ast.Name) and target.id == frame and len(statement.targets) == 1
    plain = len(call.args) == 2 and not call.keywords and func.attr == "withColumn"
    return (frame, names) if same and plain and frame not in names else None


def _values_refusal(model: Model, call: ast.Call, frame: str | None) -> tuple[str, str]:
    """Why a name and an expression cannot be evaluated against the frame before the chain or loop."""
    if len(call.args) != 2 or call.keywords or any(isinstance(a, ast.Starred) for a in call.args):
        return "conditional_columns", "arguments"
    modules, functions = _spark_functions(model)
    for node in (n for arg in call.args for n in ast.walk(arg)):
        if isinstance(node, UNFOLLOWED):
            return "unknown_call", type(node).__name__
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "*" in node.value:
            return "writes_visible", "* stands for all columns"
        delicate = sensitive(node)
        if delicate[0]:
            return delicate
        if isinstance(node, ast.Call):
            reason = _call_refusal(node, modules, functions)
            if reason:
                return "unknown_call", reason
        if isinstance(node, ast.Name) and frame is not None and node.id == frame:
            parent = model.parents[node]
            item = isinstance(parent, (ast.Subscript, ast.Attribute)) and parent.value is node
            called = isinstance(model.parents[parent], ast.Call) and isinstance(
                parent, ast.Attribute
            )
            if not item or (called and model.parents[parent].func is parent):  # type: ignore[attr-defined]
                return "writes_visible", "the frame itself is used"
            if isinstance(parent, ast.Attribute) and parent.attr in ("columns", "schema", "dtypes"):
                return "writes_visible", f"{frame}.{parent.attr}"
    return "", ""


def sensitive(node: ast.AST) -> tuple[str, str]:
    """Whether a node names a function whose values depend on which columns are made together."""
    words: list[str] = []
    if isinstance(node, ast.Call):
        func = node.func
        words = [func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = re.findall(r"\b(\w+)\s*\(", node.value.lower())
    for reason, names in (("generator", _GENERATORS), ("nondeterministic", _NONDETERMINISTIC)):
        found = next((word for word in words if word in names), None)
        if found is not None:
            return reason, found
    return "", ""


def _call_refusal(node: ast.Call, modules: set[str], functions: set[str]) -> str:
    func = node.func
    if isinstance(func, ast.Name):
        return "" if func.id in functions else func.id
    if not isinstance(func, ast.Attribute):
        return "a computed function"
    if isinstance(func.value, ast.Name) and func.value.id in modules:
        return func.attr if func.attr in REFUSED_FUNCTIONS else ""
    known = COLUMN_METHODS | TEXT_METHODS
    return "" if func.attr in known else func.attr


def _spark_functions(model: Model) -> tuple[set[str], set[str]]:
    """The names of the module pyspark.sql.functions, and of functions imported from it, that stay bound to them."""
    modules, imported = model.spark_functions
    functions = {name for name, own in imported.items() if own not in REFUSED_FUNCTIONS}
    rebound = {b.name for b in model.facts.bindings if not b.how.startswith("import")}
    lost = rebound | model.stored
    return modules - lost, (functions | {"str"}) - lost


def _loop_edits(
    model: Model, loop: ast.For, call: ast.Call, frame: str, variables: list[str]
) -> tuple[Edit, ...] | None:
    """The loop as a call of the session's function: the items, and a function of frame and item."""
    iterated, whole = model.span(loop.iter), model.span(loop)
    func_end = model.span(call.func).end
    opening = re.match(r"[ \t]*\(", model.slice(func_end, len(model.text)))
    if opening is None:
        return None
    body_from = func_end + opening.end()
    call_end = model.span(call).end
    head = model.slice(whole.start, iterated.start)
    middle = model.slice(iterated.end, body_from)
    if re.search(r"[\r\n()#\\]", head) or not re.fullmatch(
        rf"[ \t]*:[ \t]*(?:#[^\r\n]*)?(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*[ \t]*"
        rf"{re.escape(frame)}[ \t]*=[ \t]*{re.escape(frame)}\.withColumn[ \t]*\(",
        middle,
    ):
        return None
    breaks = "".join(re.findall(r"\r\n|\n|\r", middle))
    # A lambda takes no tuple: the session spreads the item over the parameters.
    item = ", ".join(variables)
    spread = isinstance(loop.target, (ast.Tuple, ast.List))
    return (
        Edit(Span(whole.start, iterated.start), f"{frame} = {LOOP}({frame}, {spread}, ("),
        Edit(Span(iterated.end, body_from), f"), lambda {frame}, {item}: ({breaks}"),
        Edit(Span(call_end, call_end), ")"),
    )


def _chains(model: Model, piles: list[Span]) -> Iterator[Decision]:
    """Chains `frame.withColumn(...).withColumn(...)` of three or more, outside of loops where they pile up."""
    members: dict[Span, list[MemberUse]] = {}
    for use in model.here(model.facts.flow.members):
        if use.member == "withColumn" and use.call is not None:
            members.setdefault(use.call, []).append(use)
    for span in members:
        call = model.calls.get(span)
        if call is None or _inner(call) is None or any(pile.covers(span) for pile in piles):
            continue
        outer = model.parents[call]
        goes_on = isinstance(outer, ast.Attribute) and outer.attr == "withColumn"
        if goes_on and isinstance(model.parents[outer], ast.Call):
            continue
        links = [call]
        while (inner := _inner(links[-1])) is not None:
            links.append(inner)
        links.reverse()
        if len(links) < _LEAST:
            yield Decision(NAME, span, "few_columns")
            continue
        uses = [use for link in links for use in members.get(model.span(link), [])]
        if len(uses) < len(links) or any(use.kind != "spark" for use in uses):
            yield Decision(NAME, span, "kind_unknown")
            continue
        yield _chain(model, span, links)


def _read_again(links: list[ast.Call]) -> str:
    """The first written column that a later expression seems to read, or that is written twice."""
    written: list[str] = []
    for link in links:
        name, value = link.args
        texts = [
            n.value.lower()
            for n in ast.walk(value)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        own = (
            name.value.lower()
            if isinstance(name, ast.Constant) and isinstance(name.value, str)
            else ""
        )
        for column in written:
            if column == own or any(column in re.findall(r"\w+", text) for text in texts):
                return column
        if own:
            written.append(own)
    return ""


def _inner(call: ast.Call) -> ast.Call | None:
    """The `withColumn` call that a `withColumn` call is chained to."""
    func = call.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
        inner = func.value
        if isinstance(inner.func, ast.Attribute) and inner.func.attr == "withColumn":
            return inner
    return None


def _chain(model: Model, span: Span, links: list[ast.Call]) -> Decision:
    if model.spark < (3, 3):
        return Decision(NAME, span, "spark_too_old")
    for link in links:
        reason, detail = _values_refusal(model, link, None)
        if reason:
            return Decision(NAME, span, reason, detail=detail)
    seen = _read_again(links)
    if seen:
        return Decision(NAME, span, "writes_visible", detail=seen)
    first = links[0].func
    assert isinstance(first, ast.Attribute)  # noqa: S101 - `_inner` and the members tell
    receiver = model.span(first.value)
    edits = [Edit(Span(receiver.start, receiver.start), f"{CHAIN}(")]
    start = receiver.end
    for link in links:
        func_end = model.span(link.func).end
        opening = re.match(r"\s*\(", model.slice(func_end, len(model.text)))
        if opening is None:
            return Decision(NAME, span, "chain_parentheses")
        end = func_end + opening.end()
        between = model.slice(start, end)
        closing = "" if link is links[0] else r"\)"
        if not re.fullmatch(closing + _LINK, between):
            return Decision(NAME, span, "chain_parentheses")
        if re.search(r",(?:\s|#[^\r\n]*)*\Z", model.slice(receiver.end, start)) or (
            start != receiver.end and "#" in model.slice(receiver.end, start).rpartition("\n")[2]
        ):
            return Decision(
                NAME, span, "chain_parentheses", detail="a comma before the parenthesis"
            )
        breaks = "".join(re.findall(r"\r\n|\n|\r", between))
        edits.append(Edit(Span(start, end), f", {breaks}"))
        start = model.span(link).end - 1
    if re.search(r",(?:\s|#[^\r\n]*)*\Z", model.slice(receiver.end, start)):
        return Decision(NAME, span, "chain_parentheses", detail="a comma before the parenthesis")
    return Decision(
        NAME, span, APPLIED, tuple(edits), f"one analysis of the plan instead of {len(links)}"
    )
