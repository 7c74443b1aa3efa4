"""Plain Python as a library of its own: containers, texts, functions of the file, builtins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.dbt import THIS
from glue_compiler.flow.core.foreign import note_first
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.imported import module_attribute
from glue_compiler.flow.core.library import Library, Meaning, open_mutable, unknown_call
from glue_compiler.flow.core.members import nothing_from
from glue_compiler.flow.core.nothing import (
    nothing_attribute,
    nothing_item,
    nothing_iterated,
    nothing_method,
)
from glue_compiler.flow.core.objects import (
    ConstValue,
    DbtValue,
    DictValue,
    ListValue,
    MethodValue,
    ModuleValue,
    ScalarValue,
    TextValue,
    items_of,
)
from glue_compiler.flow.core.operators import concatenated
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import NEVER, NONE, UNKNOWN, NothingFrom, Value
from glue_compiler.names.bind import step
from glue_compiler.names.scopes import getattr_name

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import ItemStore
    from glue_compiler.flow.core.state import Env

_MOST_GROWN = 20
_READING = {
    *("index", "count", "union", "intersection", "difference", "symmetric_difference"),
    *("issubset", "issuperset", "isdisjoint"),
}
_REARRANGING = {"sort", "reverse", "remove", "discard", "clear"}
_BUILTIN_TYPES = {"len": "int", "int": "int", "float": "float", "str": "str", "bool": "bool"}


def _function_call(it: Interpretation, call: Call, function: FunctionValue, env: Env) -> Value:
    return call_function(it, function, call, caller=env)


def _list_item(it: Interpretation, node: cst.Subscript, receiver: ListValue, index: Value) -> Value:
    if isinstance(index, ScalarValue) and index.type in ("slice", "int"):
        item = receiver.any_item()
        return ListValue(None, item, receiver.form) if index.type == "slice" else item
    if not isinstance(index, ConstValue):
        return _UNKNOWN.item(it, node, receiver, index)
    items, place = items_of(receiver), index.value
    if items is not None and isinstance(place, int) and -len(items) <= place < len(items):
        return items[place]
    return receiver.any_item()


def _dict_item(it: Interpretation, node: cst.Subscript, receiver: DictValue, index: Value) -> Value:
    if isinstance(index, ConstValue):
        for key, value in receiver.items or ():
            if type(key.value) is type(index.value) and key.value == index.value:
                return value
    return _UNKNOWN.item(it, node, receiver, index)


def _store_in_container(it: Interpretation, _container: Value, store: ItemStore, env: Env) -> None:
    it.escape(store.value, "stored")
    if type(store.target.value) is cst.Name:
        env.set(store.target.value.value, UNKNOWN)


def _list_method(
    it: Interpretation, call: Call, method: MethodValue, receiver: ListValue, env: Env
) -> Value:
    if receiver.form == "index":
        return unknown_call(it, call, method, env)
    if method.name in ("pop", "copy"):
        return _taken_from(it, call, method.name, receiver, env)
    if method.name not in ("append", "extend", "insert", "add"):
        if method.name not in _READING:
            item = receiver.any_item() if method.name in _REARRANGING else UNKNOWN
            env.replace(receiver, ListValue(None, item, receiver.form))
        return unknown_call(it, call, method, env)
    for arg in call.args:
        it.escape(arg.value, "list")
    added = call.args[-1].value if call.args and not call.open else UNKNOWN
    env.replace(receiver, grown(it, receiver, added, env, many=method.name == "extend"))
    return nothing_from(it, call)


def grown(
    it: Interpretation, receiver: ListValue, added: Value, env: Env, *, many: bool
) -> ListValue:
    """A list to which something was added, or (`many`) all items of something.

    It is no longer known how many items it has. What they have in common is known only of a list of the running
    function: what else holds one of an outer function is not followed. A frame that may be changed in place
    under another name has no known columns.
    """
    if all(value is not receiver for value in env.values.values()):
        return ListValue(None, UNKNOWN, receiver.form)
    if many and not isinstance(added, ListValue):
        return ListValue(None, UNKNOWN, receiver.form)
    items = added.held if many and isinstance(added, ListValue) else (added,)
    if it.loop_depth == 0 and not many and receiver.items is not None:
        items = receiver.items + tuple(item.opened() for item in items)
        if len(items) <= _MOST_GROWN:
            return ListValue(items, form=receiver.form)
    return receiver.of_any(*receiver.held, *(item.opened() for item in items))


def _taken_from(it: Interpretation, call: Call, name: str, receiver: ListValue, env: Env) -> Value:
    """`items.pop()`, `items.copy()`."""
    for arg in call.args:
        it.escape(arg.value, "list")
    if name == "copy":
        return receiver
    item = receiver.any_item()
    env.replace(receiver, ListValue(None, item, receiver.form))
    return item


def _text_method(
    it: Interpretation, call: Call, method: MethodValue, receiver: Value, env: Env
) -> Value:
    """`"...".format(...)`."""
    if method.name != "format":
        return unknown_call(it, call, method, env)
    text: Value = receiver
    for arg in call.args:
        it.escape(arg.value, "formatted")
        if isinstance(arg.value, DbtValue) and arg.value.path == "this":
            text = concatenated(text, TextValue("", (THIS,)))
        elif isinstance(arg.value, ScalarValue) and arg.value.maximum_of is not None:
            text = concatenated(text, TextValue("", (), (arg.value,)))
        else:
            text = concatenated(text, TextValue())
    return text if isinstance(text, TextValue) else UNKNOWN


def _builtin(it: Interpretation, call: Call, path: str, env: Env) -> Value:
    name = path.removeprefix("builtins.")
    note_first(it, call, path)
    first = call.args[0].value if call.args else UNKNOWN
    if name == "getattr" and getattr_name(call.node) is not None and isinstance(first, DbtValue):
        return DbtValue(step(first.path, getattr_name(call.node) or ""))
    if name == "str" and isinstance(first, DbtValue) and first.path == "this":
        return TextValue("", (THIS,))
    if name == "str" and isinstance(first, ScalarValue):
        return TextValue("", (), (first,)) if first.maximum_of is not None else ScalarValue("str")
    if name in ("list", "tuple", "set", "sorted") and items_of(first) is not None:
        return ListValue(items_of(first), form="list" if name == "sorted" else name)
    if name == "enumerate" and call.args:
        return _enumerated(it, first)
    if name in ("len", "isinstance", "type", "id", "callable", "hash"):
        return ScalarValue(_BUILTIN_TYPES.get(name, "unknown"))
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    if name in ("list", "tuple", "set"):
        return ListValue(None, first.any_item(), name)
    if name not in ("print", "repr", "str"):
        open_mutable(call, env)
    if name == "print":
        return NONE
    return ScalarValue(_BUILTIN_TYPES[name]) if name in _BUILTIN_TYPES else UNKNOWN


def _enumerated(it: Interpretation, values: Value) -> Value:
    """Pairs of a number and an item; a frame's rows are not followed."""
    if values.deferred or values.frames():
        it.escape(values, "unknown_call")
        return UNKNOWN
    pair = ListValue((ScalarValue("int"), values.any_item()), form="tuple")
    return ListValue(None, pair, "iterator")


def _never(it: Interpretation, call: Call, _callee: Value, receiver: Value, env: Env) -> Value:
    unknown_call(it, call, receiver, env)
    return NEVER


_UNKNOWN = Meaning(Value)

LIBRARY = Library(
    name="python",
    meanings=(
        Meaning(type(NEVER), method=_never),
        Meaning(
            NothingFrom,
            attribute=nothing_attribute,
            method=nothing_method,
            item=nothing_item,
            iteration=nothing_iterated,
        ),
        Meaning(ModuleValue, attribute=module_attribute, members_are_values=True),
        Meaning(FunctionValue, call=_function_call),
        Meaning(ListValue, item=_list_item, method=_list_method, store_item=_store_in_container),
        Meaning(DictValue, item=_dict_item, store_item=_store_in_container),
        Meaning(ConstValue, method=_text_method),
        Meaning(TextValue, method=_text_method),
    ),
    functions={"builtins": _builtin},
)
