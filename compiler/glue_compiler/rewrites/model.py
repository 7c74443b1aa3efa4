"""A model as the rewrites see it: its facts in the world of this run, its text, and CPython's tree with spans."""

from __future__ import annotations

import ast
import re
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from glue_compiler.text.places import node_span
from glue_compiler.text.python_ast import parse_ast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from glue_compiler.facts.model import DbtUse, ModelFacts
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.worlds import World
    from glue_compiler.text.source import SourceText, Span

T = TypeVar("T")

PROJECT = "__dbt_glue_project__"
FILTER = "__dbt_glue_filter__"
AGGREGATED = "__dbt_glue_aggregated__"
TO_PANDAS = "__dbt_glue_to_pandas__"
ROWS_OF = "__dbt_glue_rows_of__"
LOOP = "__dbt_glue_with_columns__"
CHAIN = "__dbt_glue_chain__"
ROWS = "__dbt_glue_rows__"
AFTER = "__dbt_glue_after_write__"
WRITTEN = "__dbt_glue_written__"
SOME = "__dbt_glue_some__"
EACH = "__dbt_glue_each__"
PILE = "__dbt_glue_pile__"
"""The session's functions that rewritten source calls (glue_session.rewrites, .aggregates, .reports)."""

FUNCTIONS = "pyspark.sql.functions"
"""The module of Spark's functions of columns."""

_GUARDS: tuple[type[ast.AST], ...] = (
    ast.Try, ast.With, ast.AsyncWith, getattr(ast, "TryStar", ast.Try),
)  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def once_a_model(function: Callable[[Model], T]) -> Callable[[Model], T]:
    """Makes a function of a model remember its answer, as long as the model is there."""
    known: WeakKeyDictionary[Model, T] = WeakKeyDictionary()

    @wraps(function)
    def answer(model: Model) -> T:
        if model not in known:
            known[model] = function(model)
        return known[model]

    return answer


def children(node: ast.AST) -> list[ast.AST]:
    """The child nodes that carry meaning: no contexts and operators."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]  # type: ignore[union-attr]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and everything below it that carries meaning, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def spark_functions(facts: ModelFacts) -> tuple[set[str], dict[str, str]]:
    """The names of the module pyspark.sql.functions, and the names of functions imported from it with their own."""
    modules: set[str] = set()
    functions: dict[str, str] = {}
    for found in facts.imports:
        if found.bound is None:
            continue
        full = found.module if found.name is None else f"{found.module}.{found.name}"
        if full == FUNCTIONS:
            modules.add(found.bound)
        elif found.module == FUNCTIONS and found.name is not None:
            functions[found.bound] = found.name
    return modules, functions


class Model:
    """One model in one run. Raises ValueError where the text has no model function that can be rewritten."""

    def __init__(
        self,
        facts: ModelFacts,
        source: SourceText,
        *,
        incremental: bool,
        config: Mapping[str, Any],
        meta: Mapping[str, Any],
        this: Mapping[str, Any],
        spark: tuple[int, ...],
        optimize_actions: bool,
        strict: bool = True,
        pure_udfs: bool = False,
        config_complete: bool = True,
        ansi: bool = False,
        columns_of: Callable[[int], tuple[str, ...] | None] = lambda _: None,
    ) -> None:
        self.facts = facts
        self.source = source
        self.text = source.text
        self.world: World = "incremental" if incremental else "full"
        self.config = config
        self.meta = meta
        self.this = this
        self.spark = spark
        self.optimize_actions = optimize_actions
        self.strict = strict
        self.pure_udfs = pure_udfs
        self.config_complete = config_complete
        self.columns_of = columns_of
        self.ansi = ansi or spark >= (4,)
        self.module = parse_ast(self.text)
        function = facts.model_function
        if function is None:
            raise ValueError("no model function")
        found = [
            node
            for node in self.module.body
            if isinstance(node, ast.FunctionDef)
            and node.name == function.name
            and function.span.start <= self.span(node).start <= function.span.end
        ]
        if len(found) != 1:
            raise ValueError("the model function stands under a condition")
        self.function = found[0]
        self.name = function.name

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The parent of every node, in the order of the text."""
        found: dict[ast.AST, ast.AST] = {}
        stack: list[ast.AST] = [self.module]
        while stack:
            node = stack.pop()
            below = children(node)
            for child in below:
                found[child] = node
            stack.extend(reversed(below))
        return found

    @cached_property
    def expressions(self) -> dict[Span, ast.expr]:
        """The attributes and calls of the whole file by their spans."""
        return {
            self.span(node): node
            for node in self.parents
            if isinstance(node, (ast.Attribute, ast.Call))
        }

    @cached_property
    def own_nodes(self) -> dict[ast.AST, None]:
        """The nodes of the model function's own body, in order: nothing of functions, lambdas and classes inside."""
        found: dict[ast.AST, None] = {}
        stack: list[ast.AST] = list(reversed(self.function.body))
        while stack:
            node = stack.pop()
            found[node] = None
            if not isinstance(node, _FUNCTIONS):
                stack.extend(reversed(children(node)))
        return found

    @cached_property
    def function_nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the model function, with those of functions inside."""
        return tuple(walk(self.function))

    @cached_property
    def reaches_out(self) -> bool:
        """Whether the function, or one inside of it, declares names as global or nonlocal."""
        return any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in self.function_nodes)

    @cached_property
    def stored(self) -> frozenset[str]:
        """The names that the model function, or one inside of it, assigns or deletes."""
        return frozenset(
            node.id
            for node in self.function_nodes
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        )

    @cached_property
    def calls(self) -> dict[Span, ast.Call]:
        """The calls of the model function's own body by their spans."""
        return {self.span(node): node for node in self.own_nodes if isinstance(node, ast.Call)}

    @cached_property
    def opaque(self) -> bool:
        """Whether the model looks at its own variables: locals(), globals(), exec and the like."""
        names = {"locals", "globals", "vars", "eval", "exec", "dir"}
        return any(isinstance(n, ast.Name) and n.id in names for n in self.parents)

    def span(self, node: ast.AST) -> Span:
        """The span of a node, in code points, without the parentheses around it."""
        return node_span(self.source, node)

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self.text[start:end]

    def frame(self, index: int) -> Frame:
        """A frame of the facts."""
        return self.facts.flow.frames[index]

    @cached_property
    def code(self) -> str:
        """The text with blanks in place of its comments: offsets stay."""
        pieces, position = [], 0
        for comment in self.facts.comments:
            start, end = comment.span
            pieces += [self.text[position:start], " " * (end - start)]
            position = end
        return "".join([*pieces, self.text[position:]])

    @cached_property
    def string_words(self) -> frozenset[str]:
        """The words of all strings of the file, f-strings included: names by which other code could ask for a variable."""
        found: set[str] = set()
        for node, parent in self.parents.items():
            text = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and not isinstance(parent, ast.Expr):
                found.update(re.findall(r"\w+", text))
        return frozenset(found)

    @cached_property
    def spark_functions(self) -> tuple[set[str], dict[str, str]]:
        """The names of the module pyspark.sql.functions, and the names of functions imported from it with their own."""
        return spark_functions(self.facts)

    def guarded(self, node: ast.AST) -> bool:
        """Whether a failure of a node, or what was done before it, can be seen in the model: a try, a with."""
        return self.inside(node, *_GUARDS)

    def here(self, facts: Iterable[T]) -> Iterator[T]:
        """The facts that hold in the world of this run."""
        return (fact for fact in facts if self.world in fact.worlds)  # type: ignore[attr-defined]

    def grouped(self, facts: Iterable[T]) -> dict[Span, list[T]]:
        """The facts of this run by their spans: one place can have several (a call of a helper, a loop's rounds)."""
        found: dict[Span, list[T]] = {}
        for fact in self.here(facts):
            found.setdefault(fact.span, []).append(fact)  # type: ignore[attr-defined]
        return found

    def uses(self, *apis: str) -> Iterator[DbtUse]:
        """The uses of dbt's APIs in the world of this run."""
        return self.here(self.facts.uses(*apis))

    def names(self, name: str) -> list[ast.Name]:
        """All nodes of the whole model function, nested functions included, that are this name."""
        return self._names.get(name, [])

    @cached_property
    def _names(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for node in self.function_nodes:
            if isinstance(node, ast.Name):
                found.setdefault(node.id, []).append(node)
        return found

    def plainly_called(self, func: ast.Attribute) -> bool:
        """Whether nothing but brackets and blanks stands between a value and the dot of its method."""
        tail = self.slice(self.span(func.value).end, self.span(func).end)
        return re.fullmatch(r"[\s)]*\.\s*\w+", tail) is not None

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around a node."""
        current = node
        while not isinstance(current, ast.stmt):
            current = self.parents[current]
        return current

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first, up to the module."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first, up to the model function."""
        current = self.parents[node]
        while current is not self.function and current in self.parents:
            yield current
            current = self.parents[current]

    def inside(self, node: ast.AST, *kinds: type[ast.AST]) -> bool:
        """Whether a node of one of these kinds stands around the node, inside the model function."""
        return any(isinstance(outer, kinds) for outer in self.around(node))
