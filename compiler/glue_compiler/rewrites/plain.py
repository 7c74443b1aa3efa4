"""The plain PySpark that a rewrite amounts to, for people: what a session function does is a short helper of the program.

The session judges more than these helpers (`glue_session.rewrites`), and tells what it did; rows, values and types
are the same. A rewrite whose session function has no plain form here is shown as its author wrote it.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.model import CHAIN, FILTER, LOOP, PROJECT, SOME
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_compiler.rewrites.decision import Decision

SESSION_NAME = re.compile(r"__dbt_glue_\w+__")
_WIDTH = 100
_ODD = re.compile(
    r"(?i)udf|pandas_api|\bmap|apply|rdd|limit|offset|sample|duplicate|distinct|rand|uuid|current_|first|last|any_value"
    r"|collect_|_agg\b|row_number|ntile|lag\b|lead\b|_by\b|nth_value|monotonic|partition_id|input_file|observe|checkpoint"
)
"""Words of a file in which fewer columns could mean other rows: there the helper looks at the plan."""


@dataclass(frozen=True, slots=True)
class PlainForm:
    """A decision for people: `edits` that call no session function, and the `helpers` that they call."""

    edits: tuple[Edit, ...]
    helpers: tuple[str, ...] = ()


PLAIN: dict[str, str] = {PROJECT: "project", FILTER: "rows_where"}
"""The helper for each session function that is put around a frame with the same arguments after it."""


def plain_form(
    decision: Decision,
    source: SourceText,
    shown: Callable[[Span], str],
    columns: tuple[str, ...] | None,
    functions: frozenset[str],
) -> PlainForm | None:
    """An applied decision in plain PySpark; None where there is no such form, and the author's lines stay.

    `shown` gives a part of the source as the program shows it, `columns` are those of the frame that is converted,
    `functions` the names of Spark's functions of columns and of their module.
    """
    names = set(SESSION_NAME.findall("".join(edit.new_text for edit in decision.edits)))
    if not names:
        return PlainForm(decision.edits)
    if names == {PROJECT}:
        selected = None if _ODD.search(source.text) else _selection(decision, columns)
        if selected is not None:
            return selected
    if names == {CHAIN}:
        return _chain(decision, source, shown, functions)
    if names == {LOOP}:
        return _loop(decision, source, shown, functions)
    if names == {SOME}:
        return _some(decision, source, shown)
    if not names <= set(PLAIN):
        return None
    edits: list[Edit] = []
    for edit in decision.edits:
        text = edit.new_text
        if text.startswith(", "):
            # What the model says of Python functions is the session's to judge by.
            values = _arguments(text)
            wanted = 1 if values and isinstance(values[0], tuple) else 3
            if len(values) < wanted:
                return None
            text = "".join(f", {value!r}" for value in values[:wanted]) + ")"
        text = SESSION_NAME.sub(lambda found: PLAIN[found[0]], text)
        edits.append(replace(edit, new_text=_double_quoted(text)))
    return PlainForm(tuple(edits), tuple(sorted(PLAIN[name] for name in names)))


def projected_names(decision: Decision) -> tuple[str, ...] | None:
    """The columns that a projection asks for, None for any other decision."""
    texts = [edit.new_text for edit in decision.edits]
    if len(texts) != 2 or texts[0] != f"{PROJECT}(" or not texts[1].startswith(", "):
        return None
    values = _arguments(texts[1])
    names = values[0] if values else None
    return tuple(map(str, names)) if isinstance(names, tuple) else None


def _arguments(closing: str) -> tuple[Any, ...]:
    """The values in what closes a call around an expression: `, ('a', 'b'), True)`."""
    try:
        found = ast.literal_eval(f"({closing.removeprefix(', ').removesuffix(')')},)")
    except (SyntaxError, ValueError):
        return ()
    return found if isinstance(found, tuple) else ()


def quoted(text: str) -> str:
    """A string literal as most people write it, in double quotes."""
    plain = text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else repr(text)


def _double_quoted(text: str) -> str:
    """Code that a rewrite made, with its literals in double quotes where none is there."""
    return text if '"' in text or "\\" in text else re.sub(r"'([^']*)'", r'"\1"', text)


def _selection(decision: Decision, columns: tuple[str, ...] | None) -> PlainForm | None:
    """A select of the columns, where the project knows all that the frame has."""
    names = projected_names(decision)
    if names is None or columns is None or len({name.lower() for name in columns}) < len(columns):
        return None
    kept = [name for name in columns if name in names]
    if not kept or len(kept) == len(columns) or not all(name.isidentifier() for name in kept):
        return None
    at = decision.edits[1].span
    return PlainForm((Edit(at, f".select({', '.join(map(quoted, kept))})"),))


def _some(decision: Decision, source: SourceText, shown: Callable[[Span], str]) -> PlainForm | None:
    """`isEmpty()` in the place of a test of the count, or of the number that is tested later."""
    part = _part(source, decision.span, shown)
    call = _expression(part)
    if part is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    frame = part.text(call.func.value)
    if "#" in frame:
        return None
    start, end = decision.span
    before = re.search(
        r"(?:\b(if|elif|while|and|or|not|return)\s+|[(=,:]\s*)\Z", source.text[:start]
    )
    test = re.match(
        r"[ \t]*(?:(?P<empty>(?:==|<=) ?0|< ?1)|(?P<filled>(?:>|!=) ?0|>= ?1))?(?=[ \t]*(?:[:)\],#\n]|(?:and|or|else|if)\b|\Z))",
        source.text[end:],
    )
    word = before[1] if before else None
    bare = test is not None and not test["empty"] and not test["filled"]
    if test is None or before is None or (bare and word in (None, "return")):
        return PlainForm((Edit(decision.span, f"int(not {frame}.isEmpty())"),))
    empty = bool(test["empty"])
    if bare and word == "not":
        start, empty = before.start(1), True
    text = f"({frame}.isEmpty())" if empty else f"(not {frame}.isEmpty())"
    return PlainForm((Edit(Span(start, end if bare else end + test.end()), text),))


class _Part:
    """A part of the source as a tree, and the shown text of its nodes."""

    def __init__(self, source: SourceText, span: Span, shown: Callable[[Span], str]) -> None:
        self._outer, self._shown = span, shown
        line_start = source.text.rfind("\n", 0, span.start) + 1
        self.indent = re.match(r"[ \t]*", source.text[line_start:])[0]  # type: ignore[index]
        # The blanks in front keep a block's first line as far to the right as the others.
        head = "if 1:\n" if self.indent and span.start == line_start + len(self.indent) else ""
        blanks = self.indent if head else ""
        text = head + blanks + source.text[span.start : span.end]
        self._text = SourceText(text)
        self._skipped = len(head) + len(blanks)
        body = parse_ast(text).body
        first = body[0].body[0] if head and isinstance(body[0], ast.If) else body[0]
        self.statement: ast.stmt = first

    def text(self, node: ast.AST) -> str:
        """A node as the program shows it, without what would end a line of code: comments at its end."""
        place = node
        offset = self._text.offset_of_utf8
        start = offset(place.lineno, place.col_offset) - self._skipped  # type: ignore[attr-defined]
        end = offset(place.end_lineno, place.end_col_offset) - self._skipped  # type: ignore[attr-defined]
        return self._shown(Span(self._outer.start + start, self._outer.start + end))


def _expression(part: _Part | None) -> ast.expr | None:
    """The expression that a part is."""
    return part.statement.value if part and isinstance(part.statement, ast.Expr) else None


def _part(source: SourceText, span: Span, shown: Callable[[Span], str]) -> _Part | None:
    try:
        return _Part(source, span, shown)
    except (SyntaxError, ValueError, IndexError):
        return None


def _chain(
    decision: Decision,
    source: SourceText,
    shown: Callable[[Span], str],
    functions: frozenset[str],
) -> PlainForm | None:
    """`frame.withColumns({...})` where no expression can read an added column, else the helper of that name."""
    part = _part(source, decision.span, shown)
    call = _expression(part)
    links: list[ast.Call] = []
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        if call.func.attr != "withColumn" or len(call.args) != 2:
            break
        links.append(call)
        call = call.func.value
    if part is None or call is None or len(links) < 2:
        return None
    links.reverse()
    pairs = [(part.text(link.args[0]), part.text(link.args[1])) for link in links]
    receiver = part.text(call)
    if "#" in "".join([receiver, *map("".join, pairs)]):
        return None
    if _independent(links, functions):
        items = [f"{name}: {value}" for name, value in pairs]
        text = _listed(f"{receiver}.withColumns({{", items, "})", part.indent)
        return PlainForm((Edit(decision.span, text),))
    items = [f"({name}, {value})" for name, value in pairs]
    text = _listed(f"with_columns({receiver}, [", items, "])", part.indent)
    return PlainForm((Edit(decision.span, text),), ("with_columns",))


def _independent(links: list[ast.Call], functions: frozenset[str]) -> bool:
    """Whether the expressions are made of functions and literals, and none names a column that is added before."""
    added: list[str] = []
    for link in links:
        name, value = link.args
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return False
        words = set(_words(value))
        if words & {"over", "Window", "expr", "*"} or any(
            isinstance(node, ast.Name) and node.id not in functions for node in ast.walk(value)
        ):
            return False
        lowered = {word.lower() for word in words}
        if name.value.lower() in added or any(
            part in lowered for one in added for part in (one, *re.findall(r"\w+", one))
        ):
            return False
        added.append(name.value.lower())
    return True


def _words(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
            yield from re.findall(r"\w+|\*", inner.value)


def _loop(
    decision: Decision,
    source: SourceText,
    shown: Callable[[Span], str],
    functions: frozenset[str],
) -> PlainForm | None:
    """The loop as one call with all its rounds; None where a round reads the frame itself."""
    part = _part(source, decision.span, shown)
    loop = part.statement if part else None
    if part is None or not isinstance(loop, ast.For) or len(loop.body) != 1:
        return None
    statement = loop.body[0]
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return None
    call, target = statement.value, statement.targets[0]
    if len(call.args) != 2 or not isinstance(target, ast.Name):
        return None
    if any(
        isinstance(node, ast.Name) and node.id == target.id
        for argument in call.args
        for node in ast.walk(argument)
    ):
        return None
    name, value = map(part.text, call.args)
    items, variables = part.text(loop.iter), part.text(loop.target)
    if "#" in name + value + items:
        return None
    loose = isinstance(loop.iter, (ast.Lambda, ast.IfExp, ast.NamedExpr))
    items = f"({items})" if loose else items
    items = f"({items})" if isinstance(loop.iter, ast.Tuple) and items[:1] != "(" else items
    frame = target.id
    rounds = _rounds(loop, call)
    if rounds is not None and _independent(rounds, functions):
        one = [f"{name}: {value} for {variables} in {items}"]
        text = _listed(f"{frame} = {frame}.withColumns({{", one, "})", part.indent)
        return PlainForm((Edit(decision.span, text),))
    round_ = [f"({name}, {value}) for {variables} in {items}"]
    text = _listed(f"{frame} = with_columns({frame}, [", round_, "])", part.indent)
    return PlainForm((Edit(decision.span, text),), ("with_columns",))


def _rounds(loop: ast.For, call: ast.Call) -> list[ast.Call] | None:
    """The call of each round, where the items are texts that are written in the loop; else None."""
    if not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, (ast.List, ast.Tuple)):
        return None
    found = []
    for item in loop.iter.elts:
        if not isinstance(item, ast.Constant) or not isinstance(item.value, str):
            return None
        found.append(_WithItem(loop.target.id, item).visit(copy.deepcopy(call)))
    return found


class _WithItem(ast.NodeTransformer):
    """Puts an item in the place of a loop's variable, and folds the f-strings that have it."""

    def __init__(self, name: str, item: ast.Constant) -> None:
        self._name, self._item = name, item

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._item if node.id == self._name else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = []
        for part in node.values:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            if isinstance(value, ast.Name) and value.id == self._name:
                value = self._item
            plain = not isinstance(part, ast.FormattedValue) or (
                part.conversion == -1 and part.format_spec is None
            )
            if not isinstance(value, ast.Constant) or not plain:
                return node
            parts.append(str(value.value))
        return ast.Constant("".join(parts))


def _listed(opening: str, items: list[str], closing: str, indent: str) -> str:
    """Items between brackets, on one line where they fit."""
    line = opening + ", ".join(items) + closing
    if len(indent) + len(line) <= _WIDTH and "\n" not in line:
        return line
    comma = "," if len(items) > 1 else ""
    inner = "".join(f"\n{indent}    {item}{comma}" for item in items)
    return f"{opening}{inner}\n{indent}{closing}"
