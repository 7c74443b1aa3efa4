"""Every use of the dbt object, and whether dbt-core's own parser will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.model import Argument, DbtUse, Statement, Via
from glue_compiler.names.bind import API, DbtBinding, can_step, step
from glue_compiler.names.dbt_core_visitor import CALLS
from glue_compiler.names.fold import Folder
from glue_compiler.names.scopes import getattr_name
from glue_compiler.text.source import Span
from glue_compiler.tree.syntax import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.worlds import World
    from glue_compiler.names.scopes import Scope, Scopes

_CALLED = frozenset({"ref", "source", "config", "config.get", "config.meta_get"})
_POSITIONS: dict[type, str] = {
    cst.Subscript: "subscript",
    cst.Attribute: "attribute",
    cst.BinaryOperation: "operator",
    cst.UnaryOperation: "operator",
    cst.BooleanOperation: "boolean_operator",
    cst.Comparison: "comparison",
    cst.IfExp: "conditional_expression",
    cst.Lambda: "lambda",
    cst.ListComp: "comprehension",
    cst.SetComp: "comprehension",
    cst.DictComp: "comprehension",
    cst.GeneratorExp: "generator",
    cst.StarredElement: "starred",
    cst.StarredDictElement: "starred",
    cst.NamedExpr: "walrus",
    cst.Await: "await",
    cst.Yield: "yield",
    cst.Set: "set",
    cst.List: "nested_list",
    cst.Tuple: "nested_list",
    cst.Dict: "nested_dict",
    cst.FormattedString: "fstring",
    cst.Call: "call_of_a_call",
}
_LOOPS = (
    cst.For,
    cst.While,
    cst.CompFor,
    cst.ListComp,
    cst.SetComp,
    cst.DictComp,
    cst.GeneratorExp,
)
_BRANCHES = (cst.If, cst.Else, cst.IfExp, cst.Try, cst.TryStar, cst.While, cst.For, cst.Match)
_ANY_WORLD: tuple[World, ...] = ("full", "incremental")


class Surface:
    """Collects the uses of dbt of one module."""

    def __init__(
        self,
        scopes: Scopes,
        binding: DbtBinding,
        visible: frozenset[Span] | None,
        worlds_of: Callable[[cst.CSTNode], tuple[World, ...]],
    ) -> None:
        self.scopes = scopes
        self.tree = scopes.tree
        self.parents = scopes.parents
        self.binding = binding
        self.visible = visible
        self.worlds_of = worlds_of
        self.folder = Folder(scopes)
        self.escapes = False

    def uses(self) -> tuple[DbtUse, ...]:
        """The uses in the order of the text."""
        found: dict[tuple[Span, str], DbtUse] = {}
        holding = self.binding.names
        reads = [
            read
            for part in self.scopes.parts
            if not holding.isdisjoint(part.read_names)
            for read in part.reads
            if read.node.value in holding
        ]
        for read in reads:
            for path in self.binding.of_name(read.node.value, read.scope):
                if path and path not in API:
                    continue  # reported where it was read from dbt
                use = self._use(read.node, read.scope, path)
                if use is not None:
                    found[use.span, use.api] = use
        for part in self.scopes.parts if self.binding.attributes else ():
            for node, scope in part.attributes:
                for path in self.binding.attributes.get(node.attr.value, ()):
                    if isinstance(self.parents.get(node), cst.AssignTarget):
                        continue
                    use = self._use(node, scope, path)
                    if use is not None:
                        found[use.span, use.api] = use
        return tuple(sorted(found.values(), key=lambda use: (use.span, use.api)))

    def _use(self, root: cst.BaseExpression, scope: Scope, path: str) -> DbtUse | None:
        """The use that begins at an expression which holds a path on dbt."""
        top, via = root, self._via(root, scope, path)
        name_node: cst.CSTNode = root
        while can_step(path):
            parent = self.parents.get(top)
            if type(parent) is cst.Attribute and parent.value is top:
                name_node = parent.attr
                path = step(path, parent.attr.value)
                top = parent
                continue
            call = self.parents.get(parent) if type(parent) is cst.Arg else None
            if type(call) is cst.Call and call.args[0] is parent and call.func is not top:
                name = getattr_name(call)
                if name is not None:
                    name_node = call.args[1].value
                    path = step(path, name)
                    top, via = call, "getattr"
                    continue
            break
        parent = self.parents.get(top)
        called = type(parent) is cst.Call and parent.func is top
        whole: cst.CSTNode = parent if called and parent is not None else top
        if not called and self._is_alias(parent, path):
            return None
        if path == "" and not called:
            return self._escape(top, scope, via)
        return self._record(path, whole, top, name_node, called, via, scope)

    def _is_alias(self, parent: cst.CSTNode | None, path: str) -> bool:
        """Whether the value only gets another name that is followed."""
        if path not in ("", *_CALLED):
            return False
        if type(parent) is cst.Assign:
            return all(isinstance(t.target, (cst.Name, cst.Attribute)) for t in parent.targets)
        if isinstance(parent, (cst.AnnAssign, cst.NamedExpr, cst.Param)):
            return True
        if isinstance(parent, (cst.IfExp, cst.BooleanOperation)):
            outer = self.parents.get(parent)
            return isinstance(outer, (cst.Assign, cst.AnnAssign)) and path == ""
        return type(parent) is cst.Arg and parent in self.binding.handed

    def _escape(self, top: cst.CSTNode, scope: Scope, via: Via) -> DbtUse | None:
        """dbt itself handed to something that is not followed; tests and prints do not count."""
        parent = self.parents.get(top)
        if isinstance(parent, (cst.Expr, cst.Del, cst.Comparison, cst.If, cst.IfExp)):
            return None
        self.escapes = True
        return self._record("", top, top, top, False, via, scope)

    def _via(self, root: cst.CSTNode, scope: Scope, path: str) -> Via:
        if type(root) is cst.Attribute:
            return "attribute"
        if type(root) is not cst.Name:
            return "direct"
        home = scope.home(root.value)
        if home is None:
            return "direct"
        if (home, root.value) in self.binding.renamed:
            return "parameter"
        if path != "" or all(site.how != "parameter" for site in home.sites[root.value]):
            return "alias"
        return "direct" if home is scope or home.function is scope.function else "closure"

    def _record(
        self,
        path: str,
        whole: cst.CSTNode,
        callee: cst.CSTNode,
        name_node: cst.CSTNode,
        called: bool,
        via: Via,
        scope: Scope,
    ) -> DbtUse:
        spans = self.tree.spans
        span = spans[whole]
        known = path in API or path == ""
        visible = False
        hidden_by: str | None = None
        if called and path in _CALLED:
            # What this Python cannot parse, dbt-core's visitor may read under a newer one.
            visible = self.visible is None or span in self.visible
            if not visible:
                hidden_by = self._hidden_by(whole, callee, via)
        elif path in _CALLED and not called:
            hidden_by = "not_called"
        function = scope.function
        conditional, in_loop = self._surroundings(whole)
        parent = self.parents.get(whole)
        args: tuple[Argument, ...] = ()
        arguments_span = None
        if called and type(whole) is cst.Call:
            args = tuple(self._argument(arg, scope) for arg in whole.args)
            opening = self.tree.find("(", self._after_callee(whole.func))
            arguments_span = Span(opening + 1, span.end - 1)
        return DbtUse(
            api=path,
            known=known,
            span=span,
            callee=spans[callee],
            name_span=spans[name_node],
            called=called,
            via=via,
            args=args,
            arguments_span=arguments_span,
            visible=visible,
            hidden_by=hidden_by,
            use=self._how_used(whole, parent),
            parent=spans.get(parent) if parent is not None else None,
            statement=self._statement(whole),
            function=None if function is None else function.name,
            conditional=conditional,
            in_loop=in_loop,
            worlds=self.worlds_of(whole),
        )

    def _after_callee(self, func: cst.BaseExpression) -> int:
        """The offset after the callee and the parentheses around it."""
        end = self.tree.spans[func].end
        return self._after_parentheses(func, end)

    def _after_parentheses(self, node: cst.BaseExpression, end: int) -> int:
        for _ in node.rpar:
            end = self.tree.find(")", end) + 1
        return end

    def _argument(self, arg: cst.Arg, scope: Scope) -> Argument:
        spans = self.tree.spans
        literal = None if arg.star else self.folder.literal(arg.value)
        values = (literal,) if literal is not None else self.folder.values(arg.value, scope)
        start = spans[arg.keyword].start if arg.keyword is not None else spans[arg.value].start
        value_span = self._with_parentheses(arg.value)
        start = min(start, value_span.start) if arg.keyword is None else start
        return Argument(
            span=Span(start - len(arg.star), value_span.end)
            if arg.star
            else Span(start, value_span.end),
            value_span=value_span,
            name=None if arg.keyword is None else arg.keyword.value,
            name_span=None if arg.keyword is None else spans[arg.keyword],
            star=arg.star,
            literal=literal,
            values=values,
            shape=type(arg.value).__name__,
        )

    def _with_parentheses(self, node: cst.BaseExpression) -> Span:
        start, end = self.tree.spans[node]
        for _ in node.lpar:
            start = self.tree.find_before("(", start)
        return Span(start, self._after_parentheses(node, end))

    def _hidden_by(self, call: cst.CSTNode, callee: cst.CSTNode, via: Via) -> str:
        """Why dbt-core does not see a call."""
        if via in ("getattr", "alias", "attribute"):
            return via
        if _spelling(callee) not in CALLS:
            return "parameter_name" if via == "parameter" else "alias"
        reason = "argument_position"
        current: cst.CSTNode | None = self.parents.get(call)
        below: cst.CSTNode = call
        first: str | None = None
        while current is not None and current.__class__ not in STATEMENTS:
            if type(current) is cst.DictElement and current.key is below:
                return "dict_key"
            if not (type(current) is cst.Call and current.func is not below):
                position = _POSITIONS.get(current.__class__)
                if type(current) is cst.Call and type(below) is cst.Attribute:
                    position = None
                if position is not None and first is None and position != "attribute":
                    first = position
                if (
                    position == "attribute"
                    and first is None
                    and _ends_in_value(current, self.parents)
                ):
                    first = "attribute"
            elif first is not None:
                return first
            below, current = current, self.parents.get(current)
        return first or reason

    def _surroundings(self, node: cst.CSTNode) -> tuple[bool, bool]:
        conditional = in_loop = False
        current = self.parents.get(node)
        below = node
        while current is not None and not isinstance(current, (cst.FunctionDef, cst.Module)):
            if isinstance(current, _LOOPS) and getattr(current, "iter", None) is not below:
                in_loop = True
            if isinstance(current, _BRANCHES) and not (
                getattr(current, "test", None) is below or getattr(current, "iter", None) is below
            ):
                conditional = True
            below, current = current, self.parents.get(current)
        return conditional, in_loop

    def _statement(self, node: cst.CSTNode) -> Statement | None:
        """The statement around a node, and whether an assignment can be put before it."""
        hoistable = True
        below = node
        current: cst.CSTNode | None = node
        while current is not None and current.__class__ not in STATEMENTS:
            below = current
            current = self.parents.get(current)
            if current is not None and _evaluated_maybe(current, below):
                hoistable = False
        if current is None:
            return None
        span = self.tree.spans[current]
        line_start = self.tree.line_start(span.start)
        indent = self.tree.slice(Span(line_start, span.start))
        outer = self.parents.get(current)
        if isinstance(current, (cst.While, cst.FunctionDef, cst.ClassDef, cst.Match, cst.Try)):
            hoistable = False
        if type(current) is cst.With and below is not current.items[0]:
            hoistable = False
        if type(current) is cst.If and type(outer) is cst.If:
            hoistable = False
        if indent.strip(" \t\f\ufeff"):
            hoistable = False
            indent = indent[: len(indent) - len(indent.lstrip(" \t"))]
        return Statement(span, line_start, indent, type(current).__name__, hoistable)

    def _how_used(self, node: cst.CSTNode, parent: cst.CSTNode | None) -> str:
        if isinstance(parent, (cst.If, cst.While, cst.IfExp)) and parent.test is node:
            return "test"
        if type(parent) is cst.UnaryOperation:
            return "not" if type(parent.operator) is cst.Not else "operator"
        if type(parent) is cst.ComparisonTarget:
            return "compare"
        if type(parent) is cst.Subscript:
            return "subscript" if parent.value is node else "value"
        return USES_BY_PARENT.get(parent.__class__, "value")


USES_BY_PARENT: dict[type, str] = {
    cst.Comparison: "compare",
    cst.BooleanOperation: "boolop",
    cst.BinaryOperation: "operator",
    cst.Assign: "assign",
    cst.AnnAssign: "assign",
    cst.NamedExpr: "assign",
    cst.Arg: "argument",
    cst.Return: "return",
    cst.Expr: "statement",
    cst.Attribute: "receiver",
    cst.FormattedStringExpression: "format",
}


def _evaluated_maybe(parent: cst.CSTNode, child: cst.CSTNode) -> bool:
    """Whether the parent evaluates the child zero or several times."""
    if type(parent) is cst.IfExp:
        return child is not parent.test
    if type(parent) is cst.BooleanOperation:
        return child is not parent.left
    if type(parent) is cst.CompFor:
        return child is not parent.iter or parent.inner_for_in is child
    if isinstance(parent, (cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)):
        return child is not parent.for_in
    if type(parent) is cst.Assert:
        return child is not parent.test
    return isinstance(parent, (cst.Lambda, cst.ComparisonTarget))


def _ends_in_value(node: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> bool:
    """Whether a chain of attributes is used as a value, not called: dbt-core stops at it."""
    while True:
        parent = parents.get(node)
        if type(parent) is cst.Attribute:
            node = parent
        else:
            return not (type(parent) is cst.Call and parent.func is node)


def _spelling(node: cst.CSTNode) -> str | None:
    parts = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return None
    return ".".join([node.value, *reversed(parts)])
