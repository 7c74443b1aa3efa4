"""Fills the scopes of a tree: one walk that knows how every form of Python binds and reads names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_compiler.tree.syntax import Tree


from glue_compiler.names.scope_walk import ScopeWalk
from glue_compiler.names.scopes import Scope, ScopePart, Scopes, Site


class _Builder(ScopeWalk):
    """What every form of Python binds and reads."""

    def small(self, node: cst.CSTNode) -> None:
        self.statement = node
        self.descend(node)

    def returning(self, node: cst.Return) -> None:
        returns = self.scopes.returns
        returns[self.scope] = returns.get(self.scope, 0) + 1
        self.small(node)

    def yielding(self, node: cst.Yield) -> None:
        self.scopes.generators.add(self.scope)
        self.descend(node)

    def assign(self, node: cst.Assign) -> None:
        self.statement = node
        self.visit(node.value, node)
        for target in node.targets:
            self.parents[target] = node
            self.target(target.target, target, "assign", node.value)

    def augmented(self, node: cst.AugAssign) -> None:
        self.statement = node
        self.visit(node.value, node)
        if type(node.target) is cst.Name:
            self.read(node.target)
        self.target(node.target, node, "augment", node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        self.statement = node
        self.annotation(node.annotation, node, self.scope.function is None)
        if node.value is not None:
            self.visit(node.value, node)
            self.target(node.target, node, "assign", node.value)
        elif type(node.target) is cst.Name:
            self.parents[node.target] = node
            self.bind(node.target.value, "annotation", node.target)
        else:
            self.visit(node.target, node)

    def importing(self, node: cst.Import) -> None:
        self.statement = node
        self.scopes.imports.append(node)
        for alias in node.names:
            self.parents[alias] = node
            if alias.asname is not None:
                self.target(alias.asname.name, alias, "import", None)
            else:
                root: cst.CSTNode = alias.name
                while type(root) is cst.Attribute:
                    root = root.value
                if type(root) is cst.Name:
                    self.bind(root.value, "import", alias)

    def importing_from(self, node: cst.ImportFrom) -> None:
        self.statement = node
        self.scopes.imports.append(node)
        if isinstance(node.names, cst.ImportStar):
            self.scopes.star_import = True
            return
        future = type(node.module) is cst.Name and node.module.value == "__future__"
        for alias in node.names:
            self.parents[alias] = node
            if alias.asname is not None:
                self.target(alias.asname.name, alias, "import", None)
            elif type(alias.name) is cst.Name:
                self.bind(alias.name.value, "import", alias)
                if future and alias.name.value == "annotations":
                    self.scopes.lazy_annotations = True

    def outward(self, node: cst.Global | cst.Nonlocal) -> None:
        self.statement = node
        kind: Literal["global", "nonlocal"] = "global" if type(node) is cst.Global else "nonlocal"
        for item in node.names:
            self.scope.outer[item.name.value] = kind
            if kind == "global":
                # The name may be bound by this declaration alone, through an assignment below.
                self.parents[item] = node

    def loop(self, node: cst.For) -> None:
        self.statement = node
        self.visit(node.iter, node)
        self.target(node.target, node, "loop", node.iter)
        self.visit(node.body, node)
        if node.orelse is not None:
            self.visit(node.orelse, node)

    def compound(self, node: cst.CSTNode) -> None:
        self.statement = node
        self.descend(node)

    def with_item(self, node: cst.WithItem) -> None:
        self.visit(node.item, node)
        if node.asname is not None:
            self.parents[node.asname] = node
            self.target(node.asname.name, node.asname, "with", node.item)

    def handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        if node.type is not None:
            self.visit(node.type, node)
        if node.name is not None:
            self.parents[node.name] = node
            self.target(node.name.name, node.name, "except", None)
        self.visit(node.body, node)

    def function(self, node: cst.FunctionDef) -> None:
        self.statement = node
        self.parents[node.name] = node
        self.bind(node.name.value, "function", node.name, node)
        for decorator in node.decorators:
            self.visit(decorator, node)
        scope = self.open_scope("function", node, node.name.value)
        annotations = self.type_parameters(node, scope)
        self.within(annotations, lambda: self.annotation(node.returns, node, True))
        self.scopes.functions.append(node)
        self.parameters(node.params, node, scope, annotations)
        self.within(scope, lambda: self.body_of(node))

    def type_parameters(self, node: Any, scope: Scope) -> Scope:
        """Bind `[T]` in the inner scope; the scope in which annotations and bases are read."""
        if node.type_parameters is None:
            return self.scope
        self.within(scope, lambda: self.visit(node.type_parameters, node))
        return scope

    def body_of(self, node: cst.FunctionDef | cst.ClassDef) -> None:
        statement = self.statement
        self.visit(node.body, node)
        self.statement = statement

    def lambda_(self, node: cst.Lambda) -> None:
        scope = self.open_scope("lambda", node, "<lambda>")
        self.parameters(node.params, node, scope, self.scope)
        self.within(scope, lambda: self.visit(node.body, node))

    def parameters(
        self, params: cst.Parameters, owner: cst.CSTNode, scope: Scope, annotations: Scope
    ) -> None:
        """Defaults and annotations belong to the outer scope, the names to the inner one."""
        self.parents[params] = owner
        found = [*params.posonly_params, *params.params]
        if type(params.star_arg) is cst.Param:
            found.append(params.star_arg)
        found += params.kwonly_params
        if params.star_kwarg is not None:
            found.append(params.star_kwarg)
        for param in found:
            self.parents[param] = params
            self.parents[param.name] = param
            if param.annotation is not None:
                before, self.scope = self.scope, annotations
                self.annotation(param.annotation, param, True)
                self.scope = before
            if param.default is not None:
                self.visit(param.default, param)
            site = Site("parameter", param.name, owner, param.default)
            scope.sites.setdefault(param.name.value, []).append(site)

    def class_(self, node: cst.ClassDef) -> None:
        self.statement = node
        self.parents[node.name] = node
        self.bind(node.name.value, "class", node.name, node)
        for decorator in node.decorators:
            self.visit(decorator, node)
        scope = self.open_scope("class", node, node.name.value)
        with_types = self.type_parameters(node, scope)
        for part in (*node.bases, *node.keywords):
            self.within(with_types, partial(self.visit, part, node))
        self.within(scope, lambda: self.body_of(node))

    def name(self, node: cst.Name) -> None:
        self.read(node)

    def attribute(self, node: cst.Attribute) -> None:
        self.parents[node.attr] = node
        self.scopes.attributes.append((node, self.scope))
        self.visit(node.value, node)

    def call(self, node: cst.Call) -> None:
        self.scopes.calls.append((node, self.scope))
        func = node.func
        if type(func) is cst.Name and func.value in ("exec", "globals", "locals", "vars"):
            self.scopes.dynamic_names = True
        self.visit(func, node)
        for arg in node.args:
            self.parents[arg] = node
            if arg.keyword is not None:
                self.parents[arg.keyword] = arg
            self.visit(arg.value, arg)

    def walrus(self, node: cst.NamedExpr) -> None:
        self.visit(node.value, node)
        self.target(node.target, node, "walrus", node.value)

    def comprehension(self, node: Any) -> None:
        scope = self.open_scope("comprehension", node, "")
        self.comp_for(node.for_in, node, scope, first=True)

        def element() -> None:
            if type(node) is cst.DictComp:
                self.visit(node.key, node)
                self.visit(node.value, node)
            else:
                self.visit(node.elt, node)

        self.within(scope, element)

    def comp_for(self, node: cst.CompFor, parent: cst.CSTNode, scope: Scope, first: bool) -> None:
        self.parents[node] = parent
        if first:
            self.visit(node.iter, node)

        def inner() -> None:
            if not first:
                self.visit(node.iter, node)
            self.target(node.target, node, "loop", node.iter)
            for condition in node.ifs:
                self.visit(condition, node)
            if node.inner_for_in is not None:
                self.comp_for(node.inner_for_in, node, scope, first=False)

        self.within(scope, inner)

    def keyword_pattern(self, node: cst.MatchKeywordElement) -> None:
        self.visit(node.pattern, node)

    def match_as(self, node: cst.MatchAs) -> None:
        if node.pattern is not None:
            self.visit(node.pattern, node)
        if node.name is not None:
            self.target(node.name, node, "match", None)

    def match_star(self, node: cst.MatchStar) -> None:
        if node.name is not None:
            self.target(node.name, node, "match", None)

    def match_mapping(self, node: cst.MatchMapping) -> None:
        for element in node.elements:
            self.visit(element, node)
        if node.rest is not None:
            self.target(node.rest, node, "match", None)

    def type_alias(self, node: cst.TypeAlias) -> None:
        self.statement = node
        self.target(node.name, node, "assign", None)
        scope = self.open_scope("lambda", node, "<type>")
        with_types = self.type_parameters(node, scope)
        self.within(with_types, lambda: self.annotation(node.value, node, False))

    def type_parameter(self, node: cst.TypeVar | cst.TypeVarTuple | cst.ParamSpec) -> None:
        self.target(node.name, node, "type_parameter", None)


_HANDLERS: dict[type, Callable[[_Builder, Any], None]] = {
    cst.Assign: _Builder.assign,
    cst.AugAssign: _Builder.augmented,
    cst.Return: _Builder.returning,
    cst.Yield: _Builder.yielding,
    cst.AnnAssign: _Builder.annotated,
    cst.Del: _Builder.small,
    cst.Import: _Builder.importing,
    cst.ImportFrom: _Builder.importing_from,
    cst.Global: _Builder.outward,
    cst.Nonlocal: _Builder.outward,
    cst.For: _Builder.loop,
    cst.If: _Builder.compound,
    cst.While: _Builder.compound,
    cst.Try: _Builder.compound,
    cst.TryStar: _Builder.compound,
    cst.With: _Builder.compound,
    cst.Match: _Builder.compound,
    cst.WithItem: _Builder.with_item,
    cst.ExceptHandler: _Builder.handler,
    cst.ExceptStarHandler: _Builder.handler,
    cst.FunctionDef: _Builder.function,
    cst.ClassDef: _Builder.class_,
    cst.Lambda: _Builder.lambda_,
    cst.Name: _Builder.name,
    cst.Attribute: _Builder.attribute,
    cst.Call: _Builder.call,
    cst.NamedExpr: _Builder.walrus,
    cst.ListComp: _Builder.comprehension,
    cst.SetComp: _Builder.comprehension,
    cst.GeneratorExp: _Builder.comprehension,
    cst.DictComp: _Builder.comprehension,
    cst.MatchAs: _Builder.match_as,
    cst.MatchStar: _Builder.match_star,
    cst.MatchMapping: _Builder.match_mapping,
    cst.MatchKeywordElement: _Builder.keyword_pattern,
    cst.TypeAlias: _Builder.type_alias,
    cst.TypeVar: _Builder.type_parameter,
    cst.TypeVarTuple: _Builder.type_parameter,
    cst.ParamSpec: _Builder.type_parameter,
    **dict.fromkeys(
        (cst.Expr, cst.Raise, cst.Assert, cst.Pass, cst.Break, cst.Continue),
        _Builder.small,
    ),
}


def scopes_of(tree: Tree) -> Scopes:
    """All scopes of a tree, with the sites that bind names and the reads of them."""
    module = Scope("module", tree.module, None, "")
    part = part_of(tree.module.body, tree.module, module, lazy_annotations=False)
    module.sites = part.sites
    return Scopes(tree, module, [part], part.parents, part.scope_of)


def part_of(
    statements: Iterable[cst.CSTNode], parent: cst.CSTNode, scope: Scope, *, lazy_annotations: bool
) -> ScopePart:
    """What some statements of a scope bind and read; the scope itself stays as it is.

    `parent` is the node that the statements are the body of.
    """
    part = ScopePart(scope)
    part.lazy_annotations = lazy_annotations
    known, scope.sites = scope.sites, part.sites
    walk = _Builder(part, _HANDLERS, scope)
    for statement in statements:
        walk.visit(statement, parent)
    scope.sites = known
    return part
