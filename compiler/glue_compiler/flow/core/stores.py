"""What statements do with values: bind them, store them in others, delete, decorate, discard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import Discarded, FrameBinding
from glue_compiler.flow.core.library import AttributeStore, ItemStore
from glue_compiler.flow.core.objects import ModuleValue, items_of
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, Value

if TYPE_CHECKING:
    from glue_compiler.flow.core.dispatch import Dispatch
    from glue_compiler.flow.core.state import Env


def assign(it: Dispatch, target: cst.CSTNode, value: Value, env: Env) -> None:
    """Bind a target to a value."""
    if type(target) is cst.Name:
        _bind(it, target, value, env)
    elif isinstance(target, (cst.Tuple, cst.List)):
        items = items_of(value)
        if value.deferred:
            it.escape(value, "iterated")
        if items is None or len(items) != len(target.elements):
            items = (value.any_item(),) * len(target.elements)
        for element, item in zip(target.elements, items, strict=True):
            inner = UNKNOWN if type(element) is cst.StarredElement else item
            assign(it, element.value, inner, env)
    elif type(target) is cst.StarredElement:
        assign(it, target.value, UNKNOWN, env)
    elif type(target) is cst.Subscript:
        _store_item(it, target, value, env)
    elif type(target) is cst.Attribute:
        receiver = it.evaluate(target.value, env)
        it.escape(value, "stored")
        store = it.meanings[receiver.__class__].store_attribute
        store(it, receiver, AttributeStore(target, value), env)


def _bind(it: Dispatch, target: cst.Name, value: Value, env: Env) -> None:
    if target.value in env.scope.outer:
        it.escape(value, "global")
    env.set(target.value, value)
    if isinstance(value, FrameValue):
        it.recorder.add(
            "bindings",
            FrameBinding(
                name=target.value,
                span=it.spans[target],
                frame=it.recorder.frame(value),
                function=it.function,
                worlds=(),
            ),
        )


def _store_item(it: Dispatch, target: cst.Subscript, value: Value, env: Env) -> None:
    receiver = it.evaluate(target.value, env)
    index = [
        it.evaluate(element.slice.value, env)
        for element in target.slice
        if type(element.slice) is cst.Index
    ]
    if isinstance(value, FrameValue):
        it.escape(value, "stored")
    store = it.meanings[receiver.__class__].store_item
    store(it, receiver, ItemStore(target, index, value), env)


def delete(it: Dispatch, target: cst.CSTNode, env: Env) -> None:
    """`del target`."""
    if type(target) is cst.Name:
        env.values.pop(target.value, None)
    elif type(target) is cst.Subscript:
        receiver = it.evaluate(target.value, env)
        it.meanings[receiver.__class__].delete_item(it, receiver, env)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            delete(it, element.value, env)


def decorated_function(it: Dispatch, node: cst.FunctionDef, env: Env) -> Value:
    """A function as its decorators leave it; Unknown under one that no library knows."""
    value = FunctionValue(node, it.scopes.of[node], env)
    for decorator in node.decorators:
        made = decorator.decorator
        called = it.evaluate(made.func if type(made) is cst.Call else made, env)
        name = called.name if isinstance(called, ModuleValue) else ""
        decoration = it.libraries.decorator(name)
        decorated = decoration and decoration(it, decorator, name, value)
        if decorated is None:
            it.escape(value, "decorated")
            return UNKNOWN
        value = decorated
    return value


def note_discarded(it: Dispatch, node: cst.Expr, value: Value, env: Env) -> None:
    """Record a statement `df.filter(...)`: a call of a frame's method whose new frame nobody keeps."""
    call = node.value
    frame = value.subject()
    if frame is None or type(call) is not cst.Call or type(call.func) is not cst.Attribute:
        return
    chain: cst.CSTNode = call
    while isinstance(chain, (cst.Call, cst.Attribute)):
        if type(chain) is cst.Attribute and chain.attr.value in it.libraries.kept:
            return
        chain = chain.func if isinstance(chain, cst.Call) else chain.value
    if any(a.keyword is not None and a.keyword.value == "inplace" for a in call.args):
        return
    receiver = call.func.value
    name = receiver if type(receiver) is cst.Name else None
    held = env.get(name.value) if name is not None else None
    if not isinstance(held, FrameValue):
        name = None
    it.recorder.add(
        "discarded",
        Discarded(
            span=it.spans[call],
            method=call.func.attr.value,
            frame=it.recorder.frame(frame),
            worlds=(),
            name=None if name is None else name.value,
            name_span=None if name is None else it.spans[name],
        ),
    )
