"""Text to trees: CPython's verdict, a guarded libcst tree, its spans, and an iterative walk."""

from __future__ import annotations

import ast
import re
import sys
import threading
import warnings
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, Any, TypeVar

import libcst as cst

from glue_compiler.facts.model import SyntaxProblem
from glue_compiler.text.brackets import closing_bracket
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span
from glue_compiler.tree.built import built
from glue_compiler.tree.libcst_parser import parse_module
from glue_compiler.tree.positions import spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glue_compiler.text.source import SourceText

T = TypeVar("T")

_WARNINGS_LOCK = threading.Lock()
_STACK_LOCK = threading.Lock()
_STACK_BYTES = 512 * 1024 * 1024
_SHALLOW = 40
_LEADING_FEEDS = re.compile(r"(?:\A|(?<=[\r\n]))[ \t\f]*\f(?=[^\r\n\f])")
_BLANK = re.compile(r"[ \t\f\r\n]*")


@dataclass(slots=True)
class PythonResult:
    """CPython's reading of a text: a tree, or the problem that it reports.

    `exhausted`: the text is too deeply nested for CPython's own parser or compiler.
    """

    tree: ast.Module | None = None
    problem: SyntaxProblem | None = None
    exhausted: bool = False


def read_python(source: SourceText, flags: int = 0) -> PythonResult:
    """What CPython's compiler says about the text. Runs none of it, and never raises.

    `flags` are the compiler's for `from __future__ import` above the text.
    """
    text = source.text
    skip = 1 if text.startswith("\ufeff") else 0
    code = text[skip:]
    position = code.find("\0")
    if position >= 0:
        span = Span(position + skip, position + skip + 1)
        return PythonResult(
            problem=SyntaxProblem("source code cannot contain null bytes", span, "null_byte")
        )
    # The warnings (an invalid escape, `is` with a literal) are not ours to print.
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree: ast.Module | None = None
        try:
            tree = parse_ast(code, "<model>")
            compile(code, "<model>", "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            return PythonResult(tree, _problem(source, error, skip))
        except UnicodeEncodeError as error:
            span = Span(error.start + skip, error.end + skip)
            message = "the text contains a lone surrogate, which no encoding can hold"
            return PythonResult(problem=SyntaxProblem(message, span, "encoding"))
        except (RecursionError, MemoryError):
            return PythonResult(tree, exhausted=True)
        except (ValueError, OverflowError) as error:
            end = len(source.text)
            return PythonResult(tree, SyntaxProblem(str(error), Span(skip, end)))
    return PythonResult(tree)


def _problem(source: SourceText, error: SyntaxError, skip: int) -> SyntaxProblem:
    """The problem with its range in code points; at least one character where there is one."""
    line = error.lineno or 1
    first = skip if line == 1 else 0
    start = source.offset(line, max((error.offset or 1) - 1, 0) + first)
    end = start
    if error.end_lineno is not None and error.end_offset is not None and error.end_offset > 0:
        first = skip if error.end_lineno == 1 else 0
        end = source.offset(error.end_lineno, error.end_offset - 1 + first)
    if end <= start:
        end = min(start + 1, max(source.line_span(source.line_of(start)).end, start))
    return SyntaxProblem(error.msg or "invalid syntax", Span(start, end))


def depth_of(tree: ast.AST) -> tuple[int, ast.AST]:
    """The deepest nesting of nodes in a tree and the outermost statement around that place."""
    deepest = 0
    where: ast.AST = tree
    stack: list[tuple[ast.AST, int, ast.AST]] = [(tree, 0, tree)]
    pop, push = stack.pop, stack.append
    statement = ast.stmt
    node_type = ast.AST
    while stack:
        node, depth, home = pop()
        if depth > deepest:
            deepest, where = depth, home
        depth += 1
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, node_type):
                        push((item, depth, item if isinstance(item, statement) else home))
            elif isinstance(value, node_type) and value._fields:
                push((value, depth, home))
    return deepest, where


class Tree:
    """A libcst module with the span of every expression, statement, argument and parameter."""

    __slots__ = ("module", "offset", "source", "spans")

    def __init__(
        self,
        source: SourceText,
        module: cst.Module,
        offset: int,
        spans: dict[cst.CSTNode, Span],
    ) -> None:
        self.source = source
        self.module = module
        self.offset = offset
        self.spans = spans

    def span(self, node: cst.CSTNode) -> Span:
        """The span of a node without the white space, comments and parentheses around it."""
        return self.spans[node]

    def text(self, node: cst.CSTNode) -> str:
        """The text of a node, as written."""
        return self.slice(self.spans[node])

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.source.text[self.place(span[0]) : self.place(span[1])]

    def place(self, address: int) -> int:
        """The offset in the text of a start or end of a span."""
        return address

    def find(self, text: str, start: int) -> int:
        """Where a text that follows is found, as an end of spans; `start` when nowhere."""
        offset = self.place(start)
        return max(self.source.text.find(text, offset) - offset, 0) + start

    def find_before(self, text: str, end: int) -> int:
        """Where a text that stands before is found, as an end of spans; `end` when nowhere."""
        offset = self.place(end)
        found = self.source.text.rfind(text, 0, offset)
        return end if found < 0 else found - offset + end

    def rfind(self, text: str, start: int, end: int) -> int:
        """Where a text is found last in a span, as an end of spans; before `start` when nowhere."""
        offset = self.place(start)
        return self.source.text.rfind(text, offset, self.place(end)) - offset + start

    def closing_bracket(self, opening: int) -> int:
        """Where the bracket is closed that is opened at a start of a span."""
        offset = self.place(opening)
        return closing_bracket(self.source.text, offset) - offset + opening

    def line_start(self, address: int) -> int:
        """The start of the line of a start or end of a span."""
        offset = self.place(address)
        return self.source.line_starts[self.source.line_of(offset) - 1] - offset + address


def parse(source: SourceText, python: ast.Module | None = None) -> Tree | None:
    """The libcst tree of a text, or None when libcst does not read it.

    Call it only for texts whose depth is known to be bounded: libcst's parser is quadratic in
    the length of call chains.
    """
    made = None if python is None else built(source, python)
    if made is not None:
        return Tree(source, made[0], 0, made[1])
    text = source.text
    offset = 1 if text.startswith("\ufeff") else 0
    code = text[offset:] if offset else text
    feeds: list[int] = []
    if "\f" in code:
        # libcst forgets a form feed at the start of a line, or takes it to be a part of the indent of
        # all lines of a block, and all positions after it shift. The indent begins after it.
        inside = set() if python is None else _lines_in_strings(python)
        pieces, end = [], 0
        for match in _LEADING_FEEDS.finditer(code):
            if source.line_of(offset + match.start()) not in inside:
                feeds += [offset + match.start() - len(feeds)] * len(match[0])
                pieces.append(code[end : match.start()])
                end = match.end()
        code = "".join((*pieces, code[end:]))
    module = parse_module(code)
    if module is None:
        return None
    spans = spans_of(module, offset, code)
    if feeds:
        spans = {node: _with_feeds(span, feeds) for node, span in spans.items()}
    return Tree(source, module, offset, spans)


def _lines_in_strings(python: ast.Module) -> set[int]:
    """The lines that begin in a string, or between those of a concatenation."""
    return {
        line
        for node in ast.walk(python)
        if isinstance(node, (ast.Constant, ast.JoinedStr))
        for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    }


def _with_feeds(span: Span, feeds: Sequence[int]) -> Span:
    """The span in the text that still has the form feeds; `feeds` are offsets in the one without."""
    return Span(
        span.start + bisect_right(feeds, span.start), span.end + bisect_left(feeds, span.end)
    )


_SKIPPED_FIELDS = frozenset(
    {
        *("lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace"),
        *("leading_lines", "lines_after_decorators", "header", "footer", "indent", "newline"),
        *("comma", "semicolon", "colon", "dot", "equal", "trailing_whitespace", "first_line"),
    }
)
# What fields of nodes hold besides nodes. Instance checks against libcst's classes are slow.
_NOT_NODES = frozenset({str, bool, int, cst.MaybeSentinel})
_CHILD_FIELDS: dict[type, tuple[str, ...]] = {}


def _child_fields(cls: type) -> tuple[str, ...]:
    names = tuple(
        item.name
        for item in dataclass_fields(cls)
        if item.name not in _SKIPPED_FIELDS and not item.name.startswith("whitespace")
    )
    _CHILD_FIELDS[cls] = names
    return names


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The child nodes that carry meaning: no white space, commas or parentheses."""
    cls = node.__class__
    found: list[Any] = []
    for name in _CHILD_FIELDS.get(cls) or _child_fields(cls):
        value = getattr(node, name)
        if value.__class__ is tuple or value.__class__ is list:
            found += value
        elif value is not None and value.__class__ not in _NOT_NODES:
            found.append(value)
    return found


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and everything below it that carries meaning, parents first; not recursive."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def with_room(depth: int, work: Callable[[], T]) -> T:
    """The result of `work`, run with a stack that is large enough for trees of this depth.

    Shallow trees run in place; deep ones in a thread of their own with a large stack.
    """
    if depth <= _SHALLOW:
        return work()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            failure.append(error)

    with _STACK_LOCK:
        limit = sys.getrecursionlimit()
        size = threading.stack_size(_STACK_BYTES)
        sys.setrecursionlimit(max(limit, depth * 60 + 2000))
        try:
            thread = threading.Thread(target=run, name="glue-compiler-deep")
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return outcome[0]


def integer(node: cst.Integer) -> int | None:
    """The value of an integer; None when it has more digits than Python converts."""
    try:
        return node.evaluated_value
    except (ValueError, SyntaxError):
        return None


_NEWER = frozenset(
    getattr(cst, name)
    for name in ("TypeAlias", "TypeParameters", "TemplatedString", "TryStar")
    if hasattr(cst, name)
)


_MAY_BE_NEWER = re.compile(
    r"\btype\s+\w|\b(?:def|class)\s+\w+\s*\[|\bexcept\s*\*|\b(?:[tT][rR]?|[rR][tT])['\"]"
)


def may_be_newer(source: SourceText, problem: SyntaxProblem) -> bool:
    """Whether it is worth asking libcst if a text has newer syntax: it takes long to refuse one that has not."""
    return problem.kind == "syntax" and (
        problem.message.startswith("f-string") or _MAY_BE_NEWER.search(source.text) is not None
    )


def is_newer(tree: Tree, problem: SyntaxProblem) -> bool:
    """Whether a text that libcst reads, and the running Python does not, has newer syntax."""
    if problem.message.startswith("f-string"):
        return True
    return any(node.__class__ in _NEWER for node in walk(tree.module))


def _subclasses(cls: type) -> set[type]:
    found = set(cls.__subclasses__())
    return found.union(*map(_subclasses, found)) if found else found


STATEMENTS: frozenset[type] = frozenset(
    _subclasses(cst.BaseSmallStatement) | _subclasses(cst.BaseCompoundStatement)
)
"""The classes of small and compound statements."""
