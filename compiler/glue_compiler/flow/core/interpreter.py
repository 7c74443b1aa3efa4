"""Runs a module and its model on abstract values: statements, branches, loops, helper calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.facts.frames import (
    Discarded,
    FrameBinding,
    FrameReturn,
)
from glue_compiler.flow.core.blocks import attempt, branch, loop, match
from glue_compiler.flow.core.expressions import HANDLERS
from glue_compiler.flow.core.guards import guard
from glue_compiler.flow.core.kinds import kind_of
from glue_compiler.flow.core.state import Env
from glue_compiler.flow.core.usage import discarded_call, enclosing_loop, row_loop
from glue_compiler.flow.core.values import (
    NONE,
    SESSION,
    UNKNOWN,
    ClassValue,
    DbtValue,
    FrameValue,
    FunctionValue,
    GroupedValue,
    ListValue,
    ModuleValue,
    Value,
    any_item,
    frames_in,
    items_of,
)
from glue_compiler.flow.pandas.stores import assign_attribute, assign_item, delete_item
from glue_compiler.flow.spark.udfs import record_udf
from glue_compiler.text.changed import changed
from glue_compiler.tree.syntax import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.record import Recorder
    from glue_compiler.names.assigned import NameFlow
    from glue_compiler.names.scopes import Scopes
    from glue_compiler.names.worlds import Worlds
    from glue_compiler.text.source import Span

_MOST_STEPS = 400_000


class GaveUp(Exception):
    """The model is too large to be interpreted."""


@dataclass(slots=True)
class Activation:
    """A running function: its returned values, loops, and how many open tests surround it."""

    node: cst.CSTNode
    name: str | None
    returns: list[Value] = field(default_factory=list)
    exits: list[list[dict[str, Value]]] = field(default_factory=list)
    tests: int = 0


class Interpreter:
    """One module in one world.

    `versions` are the library versions of the API tables, `literals` the values of literals,
    which both worlds share.
    """

    def __init__(
        self,
        scopes: Scopes,
        worlds: Worlds,
        names: NameFlow,
        recorder: Recorder,
        world: World,
        versions: dict[str, str],
        literals: dict[cst.CSTNode, Value],
    ) -> None:
        self.scopes = scopes
        self.tree = scopes.tree
        self.spans = scopes.tree.spans
        self.parents = scopes.parents
        self.worlds = worlds
        self.names = names
        self.recorder = recorder
        self.world = world
        self.versions = versions
        self.literals = literals
        self.stack: list[Activation] = []
        self.inlined = 0
        self.steps = 0
        self.loop_depth = 0
        self.views: dict[str, FrameValue] = {}
        self.model: cst.CSTNode | None = None

    # -- entry -------------------------------------------------------------------------------

    def run(self, model: cst.FunctionDef) -> None:
        """Run the module, then its model."""
        self.model = model
        module = Env(self.scopes.module, None)
        self.stack.append(Activation(self.tree.module, None))
        self.block(self.tree.module.body, module)
        self.stack.pop()
        found = module.values.get("model")
        env = found.env if isinstance(found, FunctionValue) and found.node is model else module
        scope = self.scopes.of[model]
        values: dict[str, Value] = {}
        params = [*model.params.posonly_params, *model.params.params]
        for index, param in enumerate(params):
            default = UNKNOWN if param.default is None else self.evaluate(param.default, module)
            values[param.name.value] = (DbtValue(""), SESSION)[index] if index < 2 else default
        for param in model.params.kwonly_params:
            default = UNKNOWN if param.default is None else self.evaluate(param.default, module)
            values[param.name.value] = default
        activation = Activation(model, scope.name)
        self.stack.append(activation)
        alive = self.body(model.body, Env(scope, env, values))
        self.stack.pop()
        if alive:
            last = self.spans[model.body.body[-1]] if model.body.body else self.spans[model]
            self.recorder.add("returns", FrameReturn(last, "none", None, (), implicit=True))

    def evaluate(self, node: cst.CSTNode, env: Env) -> Value:
        """The value of an expression; every expression is evaluated once per visit."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise GaveUp
        handler = HANDLERS.get(node.__class__)
        return UNKNOWN if handler is None else handler(self, node, env)

    def activate(self, node: cst.CSTNode, name: str | None) -> Activation:
        """Start a function; the caller takes it off the stack."""
        activation = Activation(node, name)
        self.stack.append(activation)
        return activation

    @property
    def activation(self) -> Activation:
        """The running function."""
        return self.stack[-1]

    @property
    def function(self) -> str | None:
        """The qualified name of the running function."""
        return self.stack[-1].name

    @property
    def guarded(self) -> bool:
        """Whether what runs now runs only under a test that the analysis does not decide."""
        return any(activation.tests for activation in self.stack)

    def escape(self, value: Value, why: str) -> None:
        """A value goes where it is not followed: all columns of converted frames may be used."""
        for frame in frames_in(value):
            self.recorder.needs_all(frame, why)
        if isinstance(value, FunctionValue):
            for node in walk(value.node):
                if type(node) is cst.Name:
                    for frame in frames_in(value.env.get(node.value) or UNKNOWN):
                        self.recorder.needs_all(frame, "captured")

    def forget(self, names: Iterable[str], env: Env) -> None:
        """Make names Unknown."""
        for name in names:
            self.escape(env.values.get(name, UNKNOWN), "unknown")
            env.values[name] = UNKNOWN

    # -- statements --------------------------------------------------------------------------

    def body(self, node: cst.CSTNode, env: Env) -> bool:
        """Run a suite; false when its end is not reached."""
        if type(node) is cst.IndentedBlock:
            return self.block(node.body, env)
        if type(node) is cst.SimpleStatementSuite:
            return all(self.small(statement, env) for statement in node.body)
        return True

    def block(self, body: Sequence[Any], env: Env) -> bool:
        """Run statements; false when the end is not reached."""
        for statement in body:
            if type(statement) is cst.SimpleStatementLine:
                for small in statement.body:
                    if not self.small(small, env):
                        return False
            elif not self.compound(statement, env):
                return False
        return True

    def small(self, node: cst.CSTNode, env: Env) -> bool:
        """Run a small statement; false when the following one is not reached."""
        if type(node) is cst.Expr:
            return self.expression_statement(node, env)
        if type(node) is cst.Assign:
            value = self.evaluate(node.value, env)
            for target in node.targets:
                self.assign(target.target, value, env)
        elif type(node) is cst.AnnAssign:
            if node.value is not None:
                self.assign(node.target, self.evaluate(node.value, env), env)
        elif type(node) is cst.AugAssign:
            self.escape(self.evaluate(node.value, env), "operator")
            old = self.evaluate(node.target, env)
            self.escape(old, "operator")
            value = UNKNOWN
            if isinstance(old, ListValue):
                value = ListValue(None, UNKNOWN, old.form)
            self.assign(node.target, value, env)
        elif type(node) is cst.Return:
            self.returning(node, env)
            return False
        elif type(node) is cst.Raise:
            if node.exc is not None:
                self.evaluate(node.exc, env)
            return False
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            self.importing(node, env)
        elif type(node) is cst.Assert:
            self.evaluate(node.test, env)
            guard(self, node.test, env)
        elif type(node) is cst.Del:
            self.delete(node.target, env)
        elif isinstance(node, (cst.Break, cst.Continue)):
            if self.activation.exits:
                self.activation.exits[-1].append(dict(env.values))
            return False
        return True

    def expression_statement(self, node: cst.Expr, env: Env) -> bool:
        value = self.evaluate(node.value, env)
        if isinstance(value, (FrameValue, GroupedValue)):
            lost = discarded_call(self, node, value, env)
            if isinstance(lost, Discarded):
                self.recorder.add("discarded", lost)
        elif type(node.value) is cst.Yield:
            self.escape(value, "yielded")
        return not (
            type(node.value) is cst.Call
            and self.tree.text(node.value.func) in ("sys.exit", "exit", "quit")
        )

    def returning(self, node: cst.Return, env: Env) -> None:
        value: Value = NONE if node.value is None else self.evaluate(node.value, env)
        self.activation.returns.append(value)
        if self.activation.node is not self.model:
            return
        self.escape(value, "returned")
        frame = self.recorder.frame(value) if isinstance(value, FrameValue) else None
        self.recorder.add(
            "returns",
            FrameReturn(
                span=self.spans[node],
                value=kind_of(value),
                frame=frame,
                worlds=(),
                value_span=None if node.value is None else self.spans[node.value],
            ),
        )

    def importing(self, node: cst.Import | cst.ImportFrom, env: Env) -> None:
        if isinstance(node, cst.Import):
            for alias in node.names:
                name = self.tree.text(alias.name)
                if alias.asname is not None and type(alias.asname.name) is cst.Name:
                    env.set(alias.asname.name.value, ModuleValue(name))
                else:
                    root = name.split(".")[0]
                    env.set(root, ModuleValue(root))
            return
        if isinstance(node.names, cst.ImportStar):
            return
        base = "" if node.module is None else self.tree.text(node.module)
        for alias in node.names:
            name = self.tree.text(alias.name)
            bound = name
            if alias.asname is not None and type(alias.asname.name) is cst.Name:
                bound = alias.asname.name.value
            env.set(bound, UNKNOWN if node.relative else ModuleValue(f"{base}.{name}"))

    # -- assignment --------------------------------------------------------------------------

    def assign(self, target: cst.CSTNode, value: Value, env: Env) -> None:
        """Bind a target to a value."""
        if type(target) is cst.Name:
            if target.value in env.scope.outer:
                self.escape(value, "global")
            env.set(target.value, value)
            if isinstance(value, FrameValue):
                self.recorder.add(
                    "bindings",
                    FrameBinding(
                        name=target.value,
                        span=self.spans[target],
                        frame=self.recorder.frame(value),
                        function=self.function,
                        worlds=(),
                    ),
                )
        elif isinstance(target, (cst.Tuple, cst.List)):
            items = items_of(value)
            if isinstance(value, FrameValue):
                self.escape(value, "iterated")
            if items is None or len(items) != len(target.elements):
                items = (any_item(value),) * len(target.elements)
            for element, item in zip(target.elements, items, strict=True):
                inner = UNKNOWN if type(element) is cst.StarredElement else item
                self.assign(element.value, inner, env)
        elif type(target) is cst.StarredElement:
            self.assign(target.value, UNKNOWN, env)
        elif type(target) is cst.Subscript:
            assign_item(self, target, value, env)
        elif type(target) is cst.Attribute:
            assign_attribute(self, target, value, env)

    def delete(self, target: cst.CSTNode, env: Env) -> None:
        if type(target) is cst.Name:
            env.values.pop(target.value, None)
        elif type(target) is cst.Subscript:
            delete_item(self, target, env)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self.delete(element.value, env)

    # -- compound statements -----------------------------------------------------------------

    def compound(self, node: Any, env: Env) -> bool:
        """Run a compound statement; false when the following one is not reached."""
        if type(node) is cst.If:
            return branch(self, node, env)
        if type(node) is cst.For:
            value = self.evaluate(node.iter, env)
            row_loop(self, node.iter, node, value)
            return loop(self, node, env, value)
        if type(node) is cst.While:
            return loop(self, node, env, None)
        if isinstance(node, (cst.Try, cst.TryStar)):
            return attempt(self, node, env)
        if type(node) is cst.With:
            for item in node.items:
                self.escape(self.evaluate(item.item, env), "with")
                if item.asname is not None:
                    self.assign(item.asname.name, UNKNOWN, env)
            return self.body(node.body, env)
        if type(node) is cst.Match:
            return match(self, node, env)
        if type(node) is cst.FunctionDef:
            env.set(node.name.value, self.function_value(node, env))
        elif type(node) is cst.ClassDef:
            env.set(node.name.value, ClassValue(node.name.value))
        return True

    def function_value(self, node: cst.FunctionDef, env: Env) -> Value:
        """A function; a UDF when a decorator makes it one; Unknown under any other decorator."""
        value = FunctionValue(node, self.scopes.of[node], env)
        for decorator in node.decorators:
            form = self.udf_form(decorator.decorator, env)
            if form is None:
                self.escape(value, "decorated")
                return UNKNOWN
            value = changed(value, udf=form)
            record_udf(self, self.spans[decorator], form, value, decorator.decorator)
        return value

    def udf_form(self, node: cst.CSTNode, env: Env) -> str | None:
        """`udf` or `pandas_udf` when an expression is that function, or a call of it."""
        if type(node) is cst.Call:
            node = node.func
        value = self.evaluate(node, env)
        if isinstance(value, ModuleValue):
            last = value.name.rsplit(".", 1)[-1]
            if last in ("udf", "pandas_udf", "udtf") and value.name.startswith("pyspark."):
                return last
        return None

    # -- helper functions --------------------------------------------------------------------

    def loop_span(self, node: cst.CSTNode) -> Span | None:
        """The loop around a node in its own function."""
        loop = enclosing_loop(self.parents, node)
        return None if loop is None else self.spans[loop]
