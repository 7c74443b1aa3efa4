"""A model as a tree, and texts with some of its nodes replaced."""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, ParentNodeProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Places = Callable[[cst.CSTNode, "Tree"], Iterator["Change"]]

Change: TypeAlias = "str | list[tuple[cst.CSTNode, str]]"
"""The text in place of the node, or of several nodes."""


@dataclass(frozen=True)
class Operator:
    """One way to do it wrong. `silent`: what only changes the result counts, too, and is no other intention."""

    name: str
    kind: str
    places: Places
    silent: bool = True


@dataclass(frozen=True)
class Mutant:
    """A model with one mistake."""

    operator: Operator
    model: str
    base: str
    text: str

    @cached_property
    def lines(self) -> frozenset[int]:
        """The lines that were changed, from 1; of what was only taken away, those around."""
        found: set[int] = set()
        before, after = self.base.splitlines(), self.text.splitlines()
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for tag, _, _, start, end in matcher.get_opcodes():
            if tag != "equal":
                found.update(range(start + 1, end + 1) if end > start else (start, start + 1))
        return frozenset(found)

    @property
    def title(self) -> str:
        """The model, the operator and what the changed lines are now."""
        lines = self.text.splitlines()
        shown = " / ".join(
            lines[number - 1].strip() for number in sorted(self.lines) if 0 < number <= len(lines)
        )
        return f"{self.model}: {self.operator.name}: {shown}"


class Tree:
    """A model's text and tree, and what its names hold as far as a glance tells."""

    def __init__(self, text: str, tables: Mapping[str, Any]) -> None:
        self.text = text
        self.tables = tables
        self._bytes = text.encode()
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._parents = wrapper.resolve(ParentNodeProvider)
        self.nodes = list(self._spans)

    def code(self, node: cst.CSTNode) -> str:
        """The node's own text, with the parentheses around it."""
        return self.module.code_for_node(node)

    def source(self, node: cst.CSTNode) -> str:
        """The node's text as it stands there, with the indentation of the lines below its first."""
        start, end = self.span(node)
        return self._bytes[start:end].decode()

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node above."""
        found: cst.CSTNode | None = self._parents.get(node)
        return found

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """All nodes above, the next one first."""
        while (found := self._parents.get(node)) is not None:
            yield found
            node = found

    def statement(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The simple statement that a node is in."""
        return next(
            (one for one in self.above(node) if isinstance(one, cst.BaseSmallStatement)), None
        )

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where the node is, with its parentheses, in bytes."""
        span = self._spans[node]
        start, end = span.start, span.start + span.length
        for _ in node.lpar if isinstance(node, cst.BaseExpression) else ():
            start = self._bytes.rindex(b"(", 0, start)
            end = self._bytes.index(b")", end) + 1
        return start, end

    def indent(self, node: cst.CSTNode) -> str:
        """The white space before the line that a node begins in."""
        start = self.span(node)[0]
        line = self._bytes[self._bytes.rfind(b"\n", 0, start) + 1 : start].decode()
        return line[: len(line) - len(line.lstrip())]

    def with_changes(self, changes: list[tuple[cst.CSTNode, str]]) -> str:
        """The text with each node replaced."""
        if changes and changes[0][0] is self.module:
            return changes[0][1]
        data = self._bytes
        for node, code in sorted(changes, key=lambda item: self.span(item[0]), reverse=True):
            start, end = self.span(node)
            data = data[:start] + code.encode() + data[end:]
        return data.decode()

    @cached_property
    def frames(self) -> dict[str, str]:
        """The names that hold `dbt.ref("table")` itself, with the table."""
        found = {}
        for node in self.nodes:
            if isinstance(node, cst.Assign) and isinstance(node.targets[0].target, cst.Name):
                code = self.code(node.value)
                if code.startswith('dbt.ref("') and code.endswith('")') and code.count("(") == 1:
                    found[node.targets[0].target.value] = code[9:-2]
        return found

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns of all tables that the model reads."""
        read = [name for name in self.tables if f'ref("{name}")' in self.text]
        return frozenset(column for name in read for column in self.tables[name].columns)

    @property
    def is_pandas(self) -> bool:
        """Whether it works in pandas, or in pandas on Spark."""
        return ".toPandas()" in self.text or ".pandas_api()" in self.text


def mutants(operator: Operator, model: str, tree: Tree, most: int) -> list[Mutant]:
    """A model with the operator's mistake at every place where it fits, evenly chosen where there are more than `most`."""
    texts: dict[str, None] = {}
    for node in tree.nodes:
        for change in operator.places(node, tree):
            changes = [(node, change)] if isinstance(change, str) else change
            text = tree.with_changes(changes)
            if text != tree.text and _is_python(text):
                texts[text] = None
    chosen = list(texts)
    if len(chosen) > most:
        chosen = [chosen[index * len(chosen) // most] for index in range(most)]
    return [Mutant(operator, model, tree.text, text) for text in chosen]


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<mutant>", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


# What operators ask of nodes.


def method(node: cst.CSTNode, *names: str) -> cst.Attribute | None:
    """The attribute of a call of one of these methods (of any, without names)."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func if not names or node.func.attr.value in names else None
    return None


def called(node: cst.CSTNode) -> str:
    """The last name of what a call calls, empty for no call."""
    if not isinstance(node, cst.Call):
        return ""
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return node.func.value if isinstance(node.func, cst.Name) else ""


def function(node: cst.CSTNode, *names: str) -> bool:
    """Whether it is a call of a function of `pyspark.sql.functions`, as `F.name(...)` or `name(...)`."""
    if not isinstance(node, cst.Call):
        return False
    if isinstance(node.func, cst.Attribute):
        own = isinstance(node.func.value, cst.Name) and node.func.value.value == "F"
        return own and (not names or node.func.attr.value in names)
    return isinstance(node.func, cst.Name) and node.func.value in names


def string(node: cst.CSTNode | None) -> str | None:
    """The value of a plain string."""
    if isinstance(node, cst.SimpleString) and not node.prefix:
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def quoted(text: str) -> str:
    """A string as Python writes it, in double quotes."""
    return '"' + text.replace('"', '\\"') + '"'


def with_arguments(node: cst.Call, tree: Tree, arguments: list[str]) -> str:
    """The call with other arguments."""
    return f"{tree.code(node.func)}({', '.join(arguments)})"


def arguments(node: cst.Call, tree: Tree) -> list[str]:
    """The texts of the arguments, with keywords and stars."""
    found = []
    for one in node.args:
        value = tree.code(one.value)
        found.append(f"{one.keyword.value}={value}" if one.keyword else one.star + value)
    return found


def positional(node: cst.Call) -> list[cst.BaseExpression]:
    """The values of the plain arguments."""
    return [one.value for one in node.args if one.keyword is None and not one.star]


def keyword(node: cst.Call, name: str) -> cst.Arg | None:
    """The argument of a keyword."""
    return next((one for one in node.args if one.keyword and one.keyword.value == name), None)


def near(name: str) -> str:
    """The name with a slip of the hand: two letters swapped, else one more."""
    for place in range(len(name) - 2, 0, -1):
        one, other = name[place], name[place + 1]
        if one != other and one.isalpha() and other.isalpha():
            return name[:place] + other + one + name[place + 2 :]
    return name + "x"


def call_of(node: cst.CSTNode, tree: Tree, *names: str) -> tuple[cst.Call, str, list[str]] | None:
    """(the call of a method, what it is called on, the texts of its arguments)."""
    found = method(node, *names)
    if found is None or not isinstance(node, cst.Call):
        return None
    return node, tree.code(found.value), arguments(node, tree)
