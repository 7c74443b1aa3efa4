"""What code does with modules: names that some version of them does not have, and calls of a module itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import ModuleName, WrongCall
from glue_compiler.flow.core.objects import ModuleValue
from glue_compiler.flow.core.values import UNKNOWN
from glue_compiler.knowledge.modules import is_module, may_lack, starred

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value


def module_attribute(
    it: Interpretation, node: cst.Attribute, module: ModuleValue, _env: Env
) -> Value:
    """`module.name`, and `name` of something in a module."""
    name = node.attr.value
    if it.recorder.on and may_lack(module.name, name):
        it.recorder.add(
            "module_names",
            ModuleName(
                span=it.spans[node],
                name_span=it.spans[node.attr],
                owner=module.name,
                name=name,
                worlds=(),
                tried=it.attempts > 0,
            ),
        )
    return ModuleValue(f"{module.name}.{name}")


def import_all(it: Interpretation, node: cst.ImportFrom, env: Env) -> None:
    """`from module import *`. Where nobody knows what it brings, it may be any name that no statement binds."""
    module = "" if node.module is None else it.tree.text(node.module)
    version = it.versions.get("spark") if module.startswith("pyspark.") else None
    names = None if node.relative else starred(module, version)
    if names is None:
        for name in env.values.keys() - env.scope.sites.keys():
            env.set(name, UNKNOWN)
        return
    for name in names:
        env.set(name, ModuleValue(f"{module}.{name}"))


def note_module_call(it: Interpretation, call: Call, callee: ModuleValue) -> None:
    """Record the call of a module: what is meant is something in it."""
    if not it.recorder.on or not is_module(callee.name):
        return
    func = call.node.func
    it.recorder.add(
        "wrong_calls",
        WrongCall(
            span=it.spans[func],
            value="module",
            worlds=(),
            name=func.value if type(func) is cst.Name else None,
            tried=it.attempts > 0,
        ),
    )
