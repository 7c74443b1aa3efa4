"""Runs a module and its model on abstract values: statements, branches, loops, helper calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.facts.frames import FrameReturn
from glue_compiler.flow.core.blocks import attempt, branch, loop, match
from glue_compiler.flow.core.dispatch import Dispatch
from glue_compiler.flow.core.expressions import HANDLERS
from glue_compiler.flow.core.guards import guard
from glue_compiler.flow.core.imported import import_all
from glue_compiler.flow.core.library import Loop
from glue_compiler.flow.core.objects import ClassValue, DbtValue, ListValue, ModuleValue
from glue_compiler.flow.core.operators import number_of
from glue_compiler.flow.core.python import grown
from glue_compiler.flow.core.state import Env, FunctionValue
from glue_compiler.flow.core.stores import assign, decorated_function, delete, note_discarded
from glue_compiler.flow.core.truth import ask
from glue_compiler.flow.core.values import NONE, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.library import Libraries
    from glue_compiler.flow.core.record import Recorder
    from glue_compiler.names.scopes import Scope

MOST_STEPS = 400_000
"""So many expressions are evaluated in one world before a model is given up."""

DBT = DbtValue("")
"""What the first parameter of a model is."""


class GaveUp(Exception):
    """The model is too large to be interpreted."""


class Interpreter(Dispatch):
    """Runs one module in one world."""

    def __init__(
        self, module: Module, recorder: Recorder, world: World, libraries: Libraries
    ) -> None:
        super().__init__(module, recorder, world, libraries)
        self.steps = 0
        self.model: cst.CSTNode | None = None

    # -- entry -------------------------------------------------------------------------------

    def run(self, model: cst.FunctionDef) -> None:
        """Run the module, then its model."""
        self.model = model
        module = self.outer_env(self.scopes.module, None, {})
        self.activate(self.tree.module, None)
        self.block(self.tree.module.body, module)
        self.stack.pop()
        found = module.values.get("model")
        env = found.env if isinstance(found, FunctionValue) and found.node is model else module
        scope = self.scopes.of[model]
        values: dict[str, Value] = {}
        params = [*model.params.posonly_params, *model.params.params]
        for index, param in enumerate(params):
            default = UNKNOWN if param.default is None else self.evaluate(param.default, module)
            values[param.name.value] = (DBT, self.engine.session)[index] if index < 2 else default
        for param in model.params.kwonly_params:
            default = UNKNOWN if param.default is None else self.evaluate(param.default, module)
            values[param.name.value] = default
        self.activate(model, scope.name)
        alive = self.body(model.body, self.outer_env(scope, env, values))
        self.stack.pop()
        if alive:
            last = self.spans[model.body.body[-1]] if model.body.body else self.spans[model]
            self.recorder.add("returns", FrameReturn(last, "none", None, (), implicit=True))

    def outer_env(self, scope: Scope, parent: Env | None, values: dict[str, Value]) -> Env:
        """The environment of the module, and that of the model."""
        return Env(scope, parent, values)

    def evaluate(self, node: cst.CSTNode, env: Env) -> Value:
        """The value of an expression; every expression is evaluated once per visit."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise GaveUp
        handler = HANDLERS.get(node.__class__)
        return UNKNOWN if handler is None else handler(self, node, env)

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
        return all(self.statement(statement, env) for statement in body)

    def statement(self, node: Any, env: Env) -> bool:
        """Run a compound statement, or the small ones on a line; false when the following one is not reached."""
        if type(node) is cst.SimpleStatementLine:
            return all(self.small(small, env) for small in node.body)
        return self.compound(node, env)

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
            added = self.evaluate(node.value, env)
            self.escape(added, "operator")
            old = self.evaluate(node.target, env)
            self.escape(old, "operator")
            value = number_of(old, added) or UNKNOWN
            if isinstance(old, ListValue):
                adds = type(node.operator) is cst.AddAssign
                value = grown(self, old, added if adds else UNKNOWN, env, many=True)
                if old.form != "tuple":
                    env.replace(old, value)
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
            ask(self, node.test, self.evaluate(node.test, env), "assert", node.test)
            guard(node.test, env)
        elif type(node) is cst.Del:
            delete(self, node.target, env)
        elif isinstance(node, (cst.Break, cst.Continue)):
            if self.activation.exits:
                self.activation.exits[-1].append(dict(env.values))
            return False
        return True

    def expression_statement(self, node: cst.Expr, env: Env) -> bool:
        value = self.evaluate(node.value, env)
        if value.deferred:
            note_discarded(self, node, value, env)
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
        frame = value.as_frame()
        self.recorder.add(
            "returns",
            FrameReturn(
                span=self.spans[node],
                value=value.word() if frame is None else frame.word(),
                frame=None if frame is None else self.recorder.frame(frame),
                worlds=(),
                value_span=None if node.value is None else self.spans[node.value],
                unwritten=value.unwritten(),
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
            import_all(self, node, env)
            return
        base = "" if node.module is None else self.tree.text(node.module)
        for alias in node.names:
            name = self.tree.text(alias.name)
            bound = name
            if alias.asname is not None and type(alias.asname.name) is cst.Name:
                bound = alias.asname.name.value
            env.set(bound, UNKNOWN if node.relative else ModuleValue(f"{base}.{name}"))

    def assign(self, target: cst.CSTNode, value: Value, env: Env) -> None:
        """Bind a target to a value."""
        assign(self, target, value, env)

    # -- compound statements -----------------------------------------------------------------

    def compound(self, node: Any, env: Env) -> bool:
        """Run a compound statement; false when the following one is not reached."""
        if type(node) is cst.If:
            return branch(self, node, env)
        if type(node) is cst.For:
            value = self.evaluate(node.iter, env)
            self.meanings[value.__class__].iteration(self, value, Loop(node, node.iter))
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
            env.set(node.name.value, decorated_function(self, node, env))
        elif type(node) is cst.ClassDef:
            env.set(node.name.value, ClassValue(node.name.value))
        return True
