"""Attributes, items and calls: who is asked for their value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.calls import Call, CallArgument
from glue_compiler.flow.core.imported import note_module_call
from glue_compiler.flow.core.library import unknown_call
from glue_compiler.flow.core.nothing import note_call
from glue_compiler.flow.core.objects import (
    ListValue,
    MethodValue,
    ModuleValue,
    ScalarValue,
    items_of,
)
from glue_compiler.flow.core.plain import note_plain_attribute, note_plain_item

if TYPE_CHECKING:
    from glue_compiler.flow.core.dispatch import Dispatch
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value


def attribute_value(it: Dispatch, node: cst.Attribute, env: Env) -> Value:
    receiver = it.evaluate(node.value, env)
    note_plain_attribute(it, node, receiver)
    return it.meanings[receiver.__class__].attribute(it, node, receiver, env)


def subscript_value(it: Dispatch, node: cst.Subscript, env: Env) -> Value:
    receiver = it.evaluate(node.value, env)
    elements = [_subscript(it, element.slice, env) for element in node.slice]
    index: Value = elements[0] if len(elements) == 1 else ListValue(tuple(elements), form="tuple")
    note_plain_item(it, node, receiver)
    return it.meanings[receiver.__class__].item(it, node, receiver, index)


def _subscript(it: Dispatch, node: cst.BaseSlice, env: Env) -> Value:
    if type(node) is cst.Index:
        return it.evaluate(node.value, env)
    for part in (node.lower, node.upper, node.step) if type(node) is cst.Slice else ():
        if part is not None:
            it.evaluate(part, env)
    return ScalarValue("slice")


def call_value(it: Dispatch, node: cst.Call, env: Env) -> Value:
    func = node.func
    if type(func) is cst.Attribute:
        callee = _callee(it, func, it.evaluate(func.value, env), env)
    else:
        callee = it.evaluate(func, env)
    call = _evaluated(it, node, env)
    if isinstance(callee, MethodValue):
        receiver = callee.receiver
        return it.meanings[receiver.__class__].method(it, call, callee, receiver, env)
    if isinstance(callee, ModuleValue):
        return _module_call(it, call, callee, env)
    note_call(it, call, callee)
    return it.meanings[callee.__class__].call(it, call, callee, env)


def _callee(it: Dispatch, node: cst.Attribute, receiver: Value, env: Env) -> Value:
    """The value of `receiver.name` where it is called."""
    note_plain_attribute(it, node, receiver)
    meaning = it.meanings[receiver.__class__]
    if meaning.members_are_values:
        return meaning.attribute(it, node, receiver, env)
    return MethodValue(receiver, node.attr.value, node)


def _evaluated(it: Dispatch, node: cst.Call, env: Env) -> Call:
    """The call with its arguments evaluated from left to right."""
    call = Call(node)
    for arg in node.args:
        value = it.evaluate(arg.value, env)
        if arg.star == "*":
            items = items_of(value)
            if items is None:
                call.open = True
                it.escape(value, "star_argument")
            else:
                call.args += [CallArgument(item, arg.value, from_star=True) for item in items]
        elif arg.star == "**":
            call.open = True
            it.escape(value, "star_argument")
        else:
            name = None if arg.keyword is None else arg.keyword.value
            call.args.append(CallArgument(value, arg.value, name))
    return call


def _module_call(it: Dispatch, call: Call, callee: ModuleValue, env: Env) -> Value:
    note_module_call(it, call, callee)
    function = it.libraries.function(callee.name)
    value = None if function is None else function(it, call, callee.name, env)
    return unknown_call(it, call, callee, env) if value is None else value
