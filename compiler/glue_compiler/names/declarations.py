"""Functions, candidates for `model`, imports and the names that a module binds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import libcst as cst

from glue_compiler.facts.model import (
    Binding,
    Function,
    Import,
    ModelCandidate,
    Parameter,
    ParameterKind,
)
from glue_compiler.names.scopes import dotted_name
from glue_compiler.text.source import Span
from glue_compiler.tree.syntax import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.names.assigned_record import NameMemory
    from glue_compiler.names.scopes import Scope, Scopes
    from glue_compiler.tree.syntax import Tree

_ENDINGS: dict[type, str] = {
    cst.If: "if",
    cst.Try: "try",
    cst.TryStar: "try",
    cst.With: "with",
    cst.For: "for",
    cst.While: "while",
    cst.Match: "match",
    cst.FunctionDef: "function",
    cst.ClassDef: "class",
    cst.Raise: "raise",
    cst.Pass: "pass",
    cst.Expr: "expression",
}
_BRANCHES = (cst.If, cst.Else, cst.Try, cst.TryStar, cst.For, cst.While, cst.With, cst.Match)


class Declarations:
    """What a module declares, in the order of the text."""

    def __init__(self, scopes: Scopes, memory: NameMemory | None = None) -> None:
        self.scopes = scopes
        self.tree: Tree = scopes.tree
        if memory is None:
            self.functions = tuple([self._function(node) for node in scopes.functions])
        else:
            self.functions = memory.functions_of(scopes.functions, self._function)
        self.models = tuple(sorted(self._candidates(), key=lambda item: item.span))
        self.model = self._model_of_dbt_core()
        self.imports = tuple(sorted(self._imports(), key=lambda item: item.span))
        self.bindings = tuple(sorted(self._bindings(), key=lambda item: item.span))

    @property
    def model_nodes(self) -> list[cst.FunctionDef]:
        """The `def model` at module level (or all that are called model, if there is none)."""
        nodes = [node for node in self.scopes.functions if node.name.value == "model"]
        outer = [n for n in nodes if self.scopes.of[n].parent is self.scopes.module]
        return outer or nodes

    @property
    def chosen_node(self) -> cst.FunctionDef | None:
        """The node of the function that runs as the model."""
        return None if self.model is None else self.scopes.functions[self.model]

    # -- functions ---------------------------------------------------------------------------

    def _function(self, node: cst.FunctionDef) -> Function:
        tree, spans = self.tree, self.tree.spans
        scope = self.scopes.of[node]
        span = self._from_def(node)
        body_span = spans[node.body]
        one_line = type(node.body) is cst.SimpleStatementSuite
        first = body_span if one_line else spans[node.body.body[0]]
        line_start = tree.line_start(first.start)
        last = node.body.body[-1]
        if type(last) is cst.SimpleStatementLine:
            last = last.body[-1]
        opening = tree.find("(", spans[node.name].end)
        closing = tree.closing_bracket(opening)
        before = spans[node.returns.annotation].end if node.returns else closing
        return Function(
            name=node.name.value,
            qualname=scope.name,
            span=span,
            name_span=spans[node.name],
            header=Span(span.start, tree.find(":", before) + 1),
            parameters=tuple(self._parameters(node.params)),
            parameters_span=Span(opening, closing + 1),
            decorators=tuple(tree.text(item.decorator) for item in node.decorators),
            is_async=node.asynchronous is not None,
            is_generator=scope in self.scopes.generators,
            scope=_scope_name(scope.parent),
            conditional=self._conditional(node),
            ends_with=_ending(last),
            last_statement=spans.get(last),
            body_start=line_start,
            body_indent="" if one_line else tree.slice(Span(line_start, first.start)),
            body_one_line=one_line,
            returns=self.scopes.returns.get(scope, 0),
        )

    def _from_def(self, node: cst.FunctionDef | cst.ClassDef) -> Span:
        """The span without decorators, as `ast` has it."""
        span = self.tree.spans[node]
        if not node.decorators:
            return span
        after = self.tree.spans[node.decorators[-1]].end
        word = "class" if type(node) is cst.ClassDef else "def"
        if type(node) is cst.FunctionDef and node.asynchronous is not None:
            word = "async"
        return Span(self.tree.rfind(word, after, self.tree.spans[node.name].start), span.end)

    def _parameters(self, params: cst.Parameters) -> Iterator[Parameter]:
        for param in params.posonly_params:
            yield self._parameter(param, "positional_only")
        for param in params.params:
            yield self._parameter(param, "positional")
        if type(params.star_arg) is cst.Param:
            yield self._parameter(params.star_arg, "var_positional")
        for param in params.kwonly_params:
            yield self._parameter(param, "keyword_only")
        if params.star_kwarg is not None:
            yield self._parameter(params.star_kwarg, "var_keyword")

    def _parameter(self, param: cst.Param, kind: ParameterKind) -> Parameter:
        return Parameter(
            name=param.name.value,
            span=self.tree.spans[param.name],
            kind=kind,
            default=None if param.default is None else self.tree.text(param.default),
            annotation=None
            if param.annotation is None
            else self.tree.text(param.annotation.annotation),
        )

    def _conditional(self, node: cst.CSTNode) -> bool:
        """Whether it is inside a compound statement of its own scope."""
        current = self.scopes.parents.get(node)
        while current is not None and not isinstance(
            current, (cst.Module, cst.FunctionDef, cst.ClassDef, cst.Lambda)
        ):
            if isinstance(current, _BRANCHES):
                return True
            current = self.scopes.parents.get(current)
        return False

    # -- the model ---------------------------------------------------------------------------

    def _candidates(self) -> Iterator[ModelCandidate]:
        for index, node in enumerate(self.scopes.functions):
            if node.name.value != "model":
                continue
            function = self.functions[index]
            nested = self._inside_function(node)
            yield ModelCandidate(
                form="async_function" if function.is_async else "function",
                span=function.span,
                name_span=function.name_span,
                scope=function.scope,
                core_counts=not function.is_async and not nested,
                v2_counts=True,
                conditional=function.conditional,
                function=index,
            )
        for site in self.scopes.module.sites.get("model", ()):
            form: Literal["lambda", "assignment", "import", "class"]
            if site.how == "import":
                form = "import"
            elif site.how == "class":
                form = "class"
            elif site.how in ("assign", "walrus", "augment"):
                form = "lambda" if type(site.value) is cst.Lambda else "assignment"
            else:
                continue
            yield ModelCandidate(
                form=form,
                span=self.tree.spans[site.statement],
                name_span=self._name_span(site.node, "model"),
                scope="module",
                core_counts=False,
                v2_counts=False,
                conditional=self._conditional(site.statement),
            )

    def _inside_function(self, node: cst.FunctionDef) -> bool:
        """Whether dbt-core's validator does not reach it: it stays out of functions, but walks async ones."""
        current = self.scopes.parents.get(node)
        while current is not None:
            if type(current) is cst.FunctionDef and current.asynchronous is None:
                return True
            current = self.scopes.parents.get(current)
        return False

    def _model_of_dbt_core(self) -> int | None:
        """The function that dbt-core takes for the model: the last `def model` of the module level.

        An async one is taken only when there is no other, since dbt-core does not see it.
        """
        outer = [c for c in self.models if c.scope == "module" and c.function is not None]
        seen = [candidate for candidate in outer if candidate.core_counts]
        return (seen or outer)[-1].function if outer else None

    # -- imports and other names -------------------------------------------------------------

    def _imports(self) -> Iterator[Import]:
        bound_names = {
            name.value
            for node in self.scopes.imports
            for name in walk(node)
            if type(name) is cst.Name
        }
        used = self._used_names(bound_names)
        for node in self.scopes.imports:
            if isinstance(node, cst.Import):
                for alias in node.names:
                    module = dotted_name(alias.name)
                    bound = _bound_name(alias) or module.split(".")[0]
                    yield self._import(node, alias, module, None, bound, 0, used)
                continue
            module = "" if node.module is None else dotted_name(node.module)
            level = len(node.relative)
            if isinstance(node.names, cst.ImportStar):
                yield self._import(node, node, module, "*", None, level, used)
                continue
            for alias in node.names:
                name = dotted_name(alias.name)
                bound = _bound_name(alias) or name
                yield self._import(node, alias, module, name, bound, level, used)
        for part in self.scopes.parts:
            for call, target in part.dynamic_imports:
                yield self._import(call, call, target, None, None, 0, used, dynamic=True)

    def _import(
        self,
        node: cst.CSTNode,
        alias: cst.CSTNode,
        module: str,
        name: str | None,
        bound: str | None,
        level: int,
        used: set[tuple[Scope, str]],
        dynamic: bool = False,
    ) -> Import:
        guarded = type_checking = False
        function: str | None = None
        scope: Scope | None = None
        child = node
        current = self.scopes.parents.get(node)
        while current is not None:
            if isinstance(current, (cst.Try, cst.TryStar)) and child is current.body:
                guarded = guarded or any(_catches_import_error(h) for h in current.handlers)
            elif type(current) is cst.If and child is current.body:
                type_checking = type_checking or "TYPE_CHECKING" in self.tree.text(current.test)
            elif current in self.scopes.of and scope is None:
                scope = self.scopes.of[current]
                if isinstance(current, (cst.FunctionDef, cst.Lambda)):
                    function = scope.name
            child, current = current, self.scopes.parents.get(current)
        home = (scope or self.scopes.module).storing(bound) if bound is not None else None
        return Import(
            module=module,
            name=name,
            bound=bound,
            span=self._alias_span(alias),
            statement=self.tree.spans[node],
            level=level,
            function=function,
            guarded=guarded,
            type_checking=type_checking,
            dynamic=dynamic,
            conditional=self._conditional(node),
            used=None if bound is None or home is None else (home, bound) in used,
        )

    def _alias_span(self, alias: cst.CSTNode) -> Span:
        if type(alias) is cst.ImportAlias:
            end = alias.asname.name if alias.asname is not None else alias.name
            return Span(self.tree.spans[alias.name].start, self.tree.spans[end].end)
        return self.tree.spans[alias]

    def _used_names(self, wanted: set[str]) -> set[tuple[Scope, str]]:
        """The names among some that are read, with the scopes in which they are bound."""
        used = set()
        module = self.scopes.module
        # One that the module alone binds is looked for until it is found.
        left = set(wanted)
        for part in self.scopes.parts:
            if left.isdisjoint(part.read_names):
                continue
            for read in part.reads:
                name = read.node.value
                home = read.scope.home(name) if name in left else None
                if home is not None:
                    used.add((home, name))
                    if home is module and name not in self._bound_inside:
                        left.discard(name)
        return used

    @cached_property
    def _bound_inside(self) -> frozenset[str]:
        """The names that scopes inside of the module bind."""
        module = self.scopes.module
        return frozenset(
            [
                name
                for scope in self.scopes.of.values()
                if scope is not module
                for name in scope.sites
            ]
        )

    def _bindings(self) -> Iterator[Binding]:
        for name, sites in self.scopes.module.sites.items():
            for site in sites:
                statement = self.tree.spans.get(site.statement, self._name_span(site.node, name))
                yield Binding(name, self._name_span(site.node, name), site.how, statement)

    def _name_span(self, node: cst.CSTNode, name: str) -> Span:
        if type(node) is cst.ImportAlias:
            start = self.tree.spans[node.name].start
            return Span(start, start + len(name))
        return self.tree.spans[node]


def _ending(node: cst.CSTNode) -> str:
    if type(node) is cst.Return:
        return "return_tuple" if type(node.value) is cst.Tuple else "return"
    return _ENDINGS.get(node.__class__, "statement")


def _scope_name(scope: Scope | None) -> Literal["module", "class", "function"]:
    if scope is None or scope.kind == "module":
        return "module"
    return "class" if scope.kind == "class" else "function"


def _bound_name(alias: cst.ImportAlias) -> str | None:
    if alias.asname is not None and type(alias.asname.name) is cst.Name:
        return alias.asname.name.value
    return None


def _catches_import_error(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    if handler.type is None:
        return True
    types: list[cst.CSTNode] = [handler.type]
    if isinstance(handler.type, cst.Tuple):
        types = list(handler.type.elements)
    for item in types:
        kind: cst.CSTNode = item.value if isinstance(item, cst.BaseElement) else item
        if dotted_name(kind).rsplit(".", 1)[-1] in (
            *("ImportError", "ModuleNotFoundError", "Exception", "BaseException"),
        ):
            return True
    return False
