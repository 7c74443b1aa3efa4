"""Which value is dbt: the model's parameter and every alias, parameter and closure it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.names.scopes import getattr_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.names.scopes import Scope, ScopePart, Scopes, Site

API = frozenset(
    {
        *("ref", "source", "config", "config.get", "config.meta_get"),
        *("this", "this.database", "this.schema", "this.identifier", "is_incremental"),
    }
)
"""What dbt-core's compiled `dbtObj` offers (dbt-adapters, macros/python_model/python.sql)."""

_OPEN_PATHS = frozenset({"", "config", "this"})
_NONE: frozenset[str] = frozenset()
_ROUNDS = 8

Variable = tuple["Scope", str]


class DbtBinding:
    """The paths on dbt (`""` is dbt itself, `"ref"` is dbt.ref) that names and expressions hold.

    Flow-insensitive: a name that holds dbt anywhere holds it everywhere. `names` are all that hold
    it in some scope, `handed` are the
    arguments through which dbt reaches a parameter of a function of this file.
    """

    def __init__(self, scopes: Scopes, models: Iterable[cst.FunctionDef]) -> None:
        self.scopes = scopes
        self.paths: dict[Variable, frozenset[str]] = {}
        self.names = {"dbt"}
        self.attributes: dict[str, frozenset[str]] = {}
        self.handed: set[cst.CSTNode] = set()
        self.renamed: set[Variable] = set()
        self._seed(models)
        self._spread()

    def of_name(self, name: str, scope: Scope) -> frozenset[str]:
        """The paths that a read of a name in a scope can hold."""
        home = scope.home(name)
        if home is None:
            # dbt-core recognises the spelling, whatever is bound; at run time it is a NameError.
            return frozenset({""}) if name == "dbt" else _NONE
        return self.paths.get((home, name), _NONE)

    def of(self, node: cst.CSTNode, scope: Scope) -> frozenset[str]:
        """The paths on dbt that an expression can denote."""
        if type(node) is cst.Name:
            return self.of_name(node.value, scope)
        if type(node) is cst.Attribute:
            found = {
                step(path, node.attr.value)
                for path in self.of(node.value, scope)
                if path in _OPEN_PATHS
            }
            return frozenset(found) | self.attributes.get(node.attr.value, _NONE)
        if type(node) is cst.NamedExpr:
            return self.of(node.value, scope)
        if type(node) is cst.IfExp:
            return self.of(node.body, scope) | self.of(node.orelse, scope)
        if type(node) is cst.BooleanOperation:
            return self.of(node.left, scope) | self.of(node.right, scope)
        if type(node) is cst.Call:
            name = getattr_name(node)
            if name is not None:
                target = self.of(node.args[0].value, scope)
                return frozenset(step(path, name) for path in target if path in _OPEN_PATHS)
        return _NONE

    def mentions_incremental(self) -> bool:
        """Whether anything in the module may depend on dbt.is_incremental."""
        return any(part.mentions_incremental for part in self.scopes.parts)

    # -- propagation -------------------------------------------------------------------------

    def _seed(self, models: Iterable[cst.FunctionDef]) -> None:
        for function in models:
            params = [*function.params.posonly_params, *function.params.params]
            if params:
                scope = self.scopes.of[function]
                self._add((scope, params[0].name.value), frozenset({""}))
        for scope in self.scopes.of.values():
            for site in scope.sites.get("dbt", ()):
                if site.how == "parameter":
                    self._add((scope, "dbt"), frozenset({""}))

    def _spread(self) -> None:
        for _ in range(_ROUNDS):
            before = (sum(map(len, self.paths.values())), len(self.attributes), len(self.handed))
            for part in self.scopes.parts:
                if self.may_hold(part):
                    self._part(part)
            after = (sum(map(len, self.paths.values())), len(self.attributes), len(self.handed))
            if after == before:
                return

    def may_hold(self, part: ScopePart) -> bool:
        """Whether something in a part of the module may hold dbt or a part of it, as far as is known."""
        return bool(self.attributes) or not self.names.isdisjoint(part.read_names)

    def _part(self, part: ScopePart) -> None:
        for name, sites in part.sites.items():
            for site in sites:
                self._site(part.scope, name, site)
        for scope in part.of.values():
            for name, sites in scope.sites.items():
                for site in sites:
                    self._site(scope, name, site)
        for call, scope in part.calls:
            self._call(call, scope)
        for attribute, scope in part.attributes:
            self._attribute_store(attribute, scope)

    def _site(self, scope: Scope, name: str, site: Site) -> None:
        value = site.value
        if value is None:
            return
        if site.how == "parameter":
            self._add((scope, name), self.of(value, scope.parent or scope))
        elif site.how in ("assign", "walrus"):
            if site.index is None:
                self._add((scope, name), self.of(value, scope))
            elif isinstance(value, (cst.Tuple, cst.List)) and 0 <= site.index < len(value.elements):
                self._add((scope, name), self.of(value.elements[site.index].value, scope))

    def _add(self, variable: Variable, paths: frozenset[str]) -> None:
        if paths:
            self.names.add(variable[1])
            self.paths[variable] = self.paths.get(variable, _NONE) | paths

    def _attribute_store(self, node: cst.Attribute, scope: Scope) -> None:
        parent = self.scopes.parents.get(node)
        if type(parent) is cst.AssignTarget:
            statement = self.scopes.parents[parent]
            if type(statement) is cst.Assign:
                paths = self.of(statement.value, scope)
                if paths:
                    name = node.attr.value
                    self.attributes[name] = self.attributes.get(name, _NONE) | paths

    def _call(self, call: cst.Call, scope: Scope) -> None:
        if not call.args:
            return
        passed = [(arg, self.of(arg.value, scope)) for arg in call.args]
        if not any(paths for _, paths in passed):
            return
        skip, functions = self._callees(call.func, scope)
        if type(call.func) is cst.Name and call.func.value == "partial" and not functions:
            skip, functions = self._callees(call.args[0].value, scope)
            passed = passed[1:]
        for function in functions:
            self._hand_over(function, passed, skip)

    def _callees(
        self, func: cst.CSTNode, scope: Scope
    ) -> tuple[int, list[cst.FunctionDef | cst.Lambda]]:
        """The functions of this file that a callee can be, and how many parameters are bound."""
        if type(func) is cst.Lambda:
            return 0, [func]
        if type(func) is cst.Name:
            home = scope.home(func.value)
            found: list[cst.FunctionDef | cst.Lambda] = []
            skip = 0
            for site in home.sites[func.value] if home is not None else ():
                if isinstance(site.value, (cst.FunctionDef, cst.Lambda)):
                    found.append(site.value)
                elif type(site.value) is cst.ClassDef:
                    skip = 1
                    found += self._methods("__init__", site.value)
                elif type(site.value) is cst.Name and site.how == "assign" and home is not None:
                    other = home.home(site.value.value)
                    for alias in other.sites[site.value.value] if other is not None else ():
                        if type(alias.value) is cst.FunctionDef:
                            found.append(alias.value)
            return skip, found
        if type(func) is cst.Attribute:
            methods = self._methods(func.attr.value, None)
            return 1, list(methods)
        return 0, []

    def _methods(self, name: str, owner: cst.ClassDef | None) -> list[cst.FunctionDef]:
        found = []
        for function in self.scopes.functions:
            scope = self.scopes.of[function].parent
            inside = scope is not None and scope.kind == "class"
            owned = owner is None or (scope is not None and scope.owner is owner)
            if function.name.value == name and inside and owned:
                found.append(function)
        return found

    def _hand_over(
        self,
        function: cst.FunctionDef | cst.Lambda,
        passed: list[tuple[cst.Arg, frozenset[str]]],
        skip: int,
    ) -> None:
        scope = self.scopes.of[function]
        if type(function) is cst.FunctionDef:
            for decorator in function.decorators:
                made_by = decorator.decorator
                if type(made_by) is cst.Name and made_by.value == "staticmethod":
                    skip = 0
        positional = [*function.params.posonly_params, *function.params.params][skip:]
        named = {p.name.value for p in (*function.params.params, *function.params.kwonly_params)}
        for index, (arg, paths) in enumerate(passed):
            if arg.star:
                return
            if not paths:
                continue
            if arg.keyword is not None:
                name = arg.keyword.value
                if name not in named:
                    continue
            elif index < len(positional):
                name = positional[index].name.value
            else:
                continue
            self.handed.add(arg)
            if name != "dbt":
                self.renamed.add((scope, name))
            self._add((scope, name), paths)


def step(path: str, name: str) -> str:
    """The path of an attribute of a path."""
    return f"{path}.{name}" if path else name


def can_step(path: str) -> bool:
    """Whether attributes of the path are still part of dbt's API."""
    return path in _OPEN_PATHS
