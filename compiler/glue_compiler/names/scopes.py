"""The scopes of a module: what each name binds, where each name is read, and parents of nodes."""

from __future__ import annotations

import builtins
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import libcst as cst

from glue_compiler.names.targets import bound_in
from glue_compiler.tree.syntax import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.tree.syntax import Tree


ScopeKind = Literal["module", "function", "lambda", "class", "comprehension"]


BUILTINS = frozenset(dir(builtins)) | {
    *("__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__"),
    *("__annotations__", "__debug__", "__dict__", "aiter", "anext", "BaseExceptionGroup"),
    *("EncodingWarning", "ExceptionGroup", "PythonFinalizationError"),
}


_CLASS_NAMES = frozenset({"__qualname__", "__module__", "__firstlineno__"})


class Site:
    """A place that binds a name: `how`, the node of the name, and the value where there is one.

    `value` is the assigned expression for `assign`, the default for `parameter`, the iterable
    for `loop`; `index` is the position inside a tuple target, None for a plain target.
    """

    __slots__ = ("how", "index", "node", "statement", "value")

    def __init__(
        self,
        how: str,
        node: cst.CSTNode,
        statement: cst.CSTNode,
        value: cst.CSTNode | None = None,
        index: int | None = None,
    ) -> None:
        self.how = how
        self.node = node
        self.statement = statement
        self.value = value
        self.index = index


class Scope:
    """A scope with the sites that bind its names; `owner` is the node that opens it."""

    __slots__ = ("kind", "name", "outer", "owner", "parent", "sites")

    def __init__(
        self, kind: ScopeKind, owner: cst.CSTNode, parent: Scope | None, name: str
    ) -> None:
        self.kind = kind
        self.owner = owner
        self.parent = parent
        self.name = name
        self.sites: dict[str, list[Site]] = {}
        self.outer: dict[str, Literal["global", "nonlocal"]] = {}

    @property
    def function(self) -> Scope | None:
        """The nearest function scope (not a lambda), this one included."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "function":
            scope = scope.parent
        return scope

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def home(self, name: str) -> Scope | None:
        """The scope whose binding a read of the name in this scope finds, if any."""
        scope: Scope | None = self
        inside = True
        while scope is not None:
            declared = scope.outer.get(name)
            if declared == "global":
                module = scope.module
                return module if name in module.sites else None
            if declared is None and name in scope.sites and (inside or scope.kind != "class"):
                return scope
            inside = inside and scope.kind == "comprehension"
            scope = scope.parent
        return None

    def storing(self, name: str) -> Scope:
        """The scope that an assignment to the name in this scope binds it in."""
        declared = self.outer.get(name)
        if declared == "global":
            return self.module
        if declared == "nonlocal":
            scope = self.parent
            while scope is not None:
                if scope.kind in ("function", "lambda") and name in scope.sites:
                    return scope
                scope = scope.parent
        return self


class Read:
    """A name that is read. `evaluated` is false in annotations that are never run."""

    __slots__ = ("evaluated", "node", "scope")

    def __init__(self, node: cst.Name, scope: Scope, evaluated: bool) -> None:
        self.node = node
        self.scope = scope
        self.evaluated = evaluated


class ScopePart:
    """What some statements of a scope bind and read, and the scopes that they open, in their order."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.of: dict[cst.CSTNode, Scope] = {}
        self.sites: dict[str, list[Site]] = {}
        self.reads: list[Read] = []
        self.calls: list[tuple[cst.Call, Scope]] = []
        self.attributes: list[tuple[cst.Attribute, Scope]] = []
        self.functions: list[cst.FunctionDef] = []
        self.imports: list[cst.Import | cst.ImportFrom] = []
        self.returns: dict[Scope, int] = {}
        self.generators: set[Scope] = set()
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.scope_of: dict[cst.CSTNode, Scope] = {}
        self.star_import = False
        self.lazy_annotations = False
        self.dynamic_names = False

    @cached_property
    def read_names(self) -> frozenset[str]:
        """The names that are read."""
        return frozenset([read.node.value for read in self.reads])

    @cached_property
    def free_names(self) -> frozenset[str]:
        """The names that are read and that Python does not bind."""
        return self.read_names - BUILTINS

    @cached_property
    def attribute_names(self) -> frozenset[str]:
        """The names of attributes."""
        return frozenset([node.attr.value for node, _ in self.attributes])

    @cached_property
    def mentions_incremental(self) -> bool:
        """Whether anything may depend on dbt.is_incremental."""
        return "is_incremental" in self.attribute_names or any(
            getattr_name(call) == "is_incremental" for call, _ in self.calls
        )

    @cached_property
    def dynamic_imports(self) -> list[tuple[cst.Call, str]]:
        """The calls that import a module by its name in a string, and the modules."""
        found = []
        for call, _ in self.calls:
            target = _dynamic_import(call)
            if target is not None:
                found.append((call, target))
        return found


class Scopes:
    """All scopes of a tree, put together from what the parts of its module bind and read.

    `parents` and `scope_of` are those of all nodes.
    """

    def __init__(
        self,
        tree: Tree,
        module: Scope,
        parts: Sequence[ScopePart],
        parents: dict[cst.CSTNode, cst.CSTNode],
        scope_of: dict[cst.CSTNode, Scope],
    ) -> None:
        self.tree = tree
        self.module = module
        self.parts = parts
        self.parents = parents
        self.scope_of = scope_of
        self.of: dict[cst.CSTNode, Scope] = {tree.module: module}
        self.functions: list[cst.FunctionDef] = []
        self.imports: list[cst.Import | cst.ImportFrom] = []
        self.returns: dict[Scope, int] = {}
        self.generators: set[Scope] = set()
        self.star_import = False
        self.lazy_annotations = False
        self.dynamic_names = False
        self._bound: dict[cst.CSTNode, frozenset[str]] = {}
        for part in parts:
            self.of.update(part.of)
            self.functions += part.functions
            self.imports += part.imports
            for scope, count in part.returns.items():
                self.returns[scope] = self.returns.get(scope, 0) + count
            self.generators |= part.generators
            self.star_import = self.star_import or part.star_import
            self.lazy_annotations = self.lazy_annotations or part.lazy_annotations
            self.dynamic_names = self.dynamic_names or part.dynamic_names

    def bound_in(self, node: cst.CSTNode) -> frozenset[str]:
        """The names that statements below a node assign, without those of nested scopes."""
        names = self._bound.get(node)
        if names is None:
            names = self._bound[node] = frozenset(bound_in(node))
        return names

    @cached_property
    def stored_from_inside(self) -> frozenset[str]:
        """The names that some scope declares global or nonlocal."""
        return frozenset(name for scope in self.of.values() for name in scope.outer)

    def statement_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """The small or compound statement around a node (the node itself when it is one)."""
        current = node
        while current.__class__ not in STATEMENTS:
            parent = self.parents.get(current)
            if parent is None:
                return current
            current = parent
        return current


def visible_names(scope: Scope) -> set[str]:
    """The names that a read in this scope can find, without the builtins."""
    names: set[str] = set()
    current: Scope | None = scope
    inside = True
    while current is not None:
        if inside or current.kind != "class":
            names.update(current.sites)
        inside = False
        current = current.parent
    return names


def getattr_name(node: cst.Call) -> str | None:
    """The name that `getattr(x, "name")` reads, when it is a plain string."""
    func = node.func
    if type(func) is not cst.Name or func.value != "getattr" or len(node.args) < 2:
        return None
    if any(arg.star or arg.keyword is not None for arg in node.args[:2]):
        return None
    value = node.args[1].value
    if type(value) is cst.SimpleString:
        text = value.evaluated_value
        return text if isinstance(text, str) else None
    return None


def dotted_name(node: cst.CSTNode) -> str:
    """`a.b.c` as text; empty where it begins with no name."""
    parts = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is cst.Name:
        parts.append(node.value)
    return ".".join(reversed(parts))


def _dynamic_import(node: cst.Call) -> str | None:
    func = node.func
    last = func.attr if type(func) is cst.Attribute else func
    if type(last) is not cst.Name or last.value not in ("import_module", "__import__"):
        return None
    if not node.args or dotted_name(func) not in (
        *("importlib.import_module", "import_module", "__import__"),
    ):
        return None
    value = node.args[0].value
    if type(value) is cst.SimpleString:
        text = value.evaluated_value
        if isinstance(text, str) and text and not text.startswith("."):
            return text
    return None


def is_builtin(name: str, scope: Scope) -> bool:
    """Whether a read finds the name without any binding in the file."""
    if name in BUILTINS:
        return True
    if name == "__class__":
        return scope.function is not None
    return scope.kind == "class" and name in _CLASS_NAMES
