"""What a library registers is what code means on its values: a toy library, with the core alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest
from glue_compiler.facts.frames import FlowFacts, RowLoop
from glue_compiler.facts.schemas import Column, Relation, Schema
from glue_compiler.flow.core import dbt, python
from glue_compiler.flow.core.interpretation import Engine, Module
from glue_compiler.flow.core.library import Libraries, Library, Meaning
from glue_compiler.flow.core.objects import ConstValue, ScalarValue, text_of
from glue_compiler.flow.core.run import interpreted
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import FrameValue, Value
from glue_compiler.names.bind import DbtBinding
from glue_compiler.names.declarations import Declarations
from glue_compiler.names.scope_builder import scopes_of
from glue_compiler.names.worlds import Worlds
from glue_compiler.text.source import SourceText
from glue_compiler.tree.syntax import parse


def facts_with(body: str, *libraries: Library, two_worlds: bool = False) -> FlowFacts:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    tree = parse(SourceText(f"import toy\ndef model(dbt, session):\n{lines}"))
    scopes = scopes_of(tree)
    declarations = Declarations(scopes)
    worlds = Worlds(DbtBinding(scopes, declarations.model_nodes))
    facts = interpreted(
        Module(scopes, worlds, {}),
        declarations.chosen_node,
        Libraries(python.LIBRARY, dbt.LIBRARY, *libraries),
        two_worlds=two_worlds,
    )
    assert facts.complete
    return facts


def returned(body: str, *libraries: Library) -> str:
    (found,) = facts_with(body, *libraries).returns
    return found.value


@dataclass(slots=True, eq=False)
class Gauge(Value):
    """A value of the toy library, which facts call by what was done to it."""

    done: str = "gauge"

    def word(self) -> str:
        return self.done


class FineGauge(Gauge):
    __slots__ = ()


class ToyFrame(FrameValue):
    __slots__ = ()
    kind = "pandas"


def only_above(_it, found):
    return Gauge("comparison") if found.operator == ">" else None


def store_column(_it, frame, store, env):
    column = Column(text_of(store.index[0]))
    env.replace(frame, frame.with_schema(Schema((*frame.schema.columns, column))))


def note_loop(it, frame, loop):
    it.recorder.add(
        "row_loops",
        RowLoop(it.spans[loop.iterable], it.spans[loop.node], "toy", it.recorder.frame(frame), ()),
    )


MAKERS = {
    "toy.gauge": Gauge(),
    "toy.fine": FineGauge(),
    "toy.frame": ToyFrame(Schema((Column("a"),))),
}

TOY = Library(
    name="toy",
    meanings=(
        Meaning(
            Gauge,
            attribute=lambda _it, node, _gauge, _env: Gauge(f"attribute {node.attr.value}"),
            method=lambda _it, call, method, _gauge, _env: Gauge(
                f"method {method.name} of {len(call.args)}"
            ),
            call=lambda _it, call, _gauge, _env: Gauge(f"call of {len(call.args)}"),
            item=lambda _it, _node, _gauge, index: Gauge(f"item {text_of(index)}"),
            sign=lambda _it, _node, _gauge: Gauge("sign"),
            operator=lambda _it, _node, _left, _right: Gauge("operator"),
            comparison=only_above,
        ),
        Meaning(
            ToyFrame,
            store_item=store_column,
            store_attribute=lambda _it, frame, store, env: env.replace(
                frame, frame.with_schema(Schema((Column(store.target.attr.value),)))
            ),
            delete_item=lambda _it, frame, env: env.replace(frame, frame.with_schema(Schema())),
            iteration=note_loop,
        ),
    ),
    functions={"toy": lambda _it, _call, name, _env: MAKERS.get(name)},
    decorators={
        "toy.wrapped": lambda _it, _decorator, _name, function: FunctionValue(
            function.node, function.scope, function.env
        )
    },
    kept=frozenset({"keep"}),
)


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("g", "gauge"),
        ("g.level", "attribute level"),
        ("g.read(1, 2)", "method read of 2"),
        ("g(1)", "call of 1"),
        ("g['x']", "item x"),
        ("-g", "sign"),
        ("~g", "sign"),
        ("g + 1", "operator"),
        ("1 * g", "operator"),
        ("g > 1", "comparison"),
        ("1 > g", "comparison"),
        ("g == 1", "bool"),
        ("[g][0]", "gauge"),
        ("{'k': g}['k'].level", "attribute level"),
        ("toy.fine().level", "attribute level"),
        ("toy.nothing().level", "unknown"),
        ("toy.frame().level", "unknown"),
        ("toy.frame()['a']", "unknown"),
        ("toy.frame() + 1", "unknown"),
    ],
)
def test_a_library_says_what_its_values_mean(expression, word):
    assert returned(f"g = toy.gauge()\nreturn {expression}", TOY) == word


def test_without_the_library_nothing_is_known():
    assert returned("return toy.gauge()") == "unknown"


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("f['b'] = 1", ("a", "b")),
        ("f.labels = 1", ("labels",)),
        ("del f['a']", ()),
    ],
)
def test_a_store_is_seen_under_every_name_of_a_frame(statement, columns):
    facts = facts_with(f"f = toy.frame()\ng = f\n{statement}\nreturn g", TOY)
    (found,) = facts.returns
    assert facts.frames[found.frame].schema.names == columns


def test_a_library_tells_of_loops_over_its_values():
    facts = facts_with("for r in toy.frame(): pass\nx = [r for r in toy.frame()]", TOY)
    assert [loop.method for loop in facts.row_loops] == ["toy", "toy"]


def test_a_decorator_of_a_library_leaves_a_function_that_is_followed():
    text = "@toy.{0}\ndef f(): return toy.gauge()\nreturn f()"
    assert returned(text.format("wrapped"), TOY) == "gauge"
    assert returned(text.format("other"), TOY) == "unknown"


def test_a_frame_that_nobody_keeps_is_lost_but_for_methods_that_are_called_for_what_they_do():
    frames = Library(
        name="frames",
        meanings=(Meaning(ToyFrame, method=lambda _it, _call, _method, frame, _env: frame),),
        functions=TOY.functions,
        kept=TOY.kept,
    )
    facts = facts_with("f = toy.frame()\nf.filter()\nf.keep()", frames)
    assert [lost.method for lost in facts.discarded] == ["filter"]


def test_the_longer_of_two_modules_counts():
    inner = Library(
        name="inner", functions={"toy.inner": lambda _it, _call, _name, _env: Gauge("inner")}
    )
    assert returned("return toy.inner.gauge()", TOY, inner) == "inner"
    assert returned("return toy.gauge()", TOY, inner) == "gauge"
    assert returned("return toy.innermost()", TOY, inner) == "unknown"


def test_the_engine_gives_the_session_and_the_frames_of_relations():
    engine = Library(
        name="engine",
        engine=Engine(
            Gauge("session"),
            lambda relation, span: ToyFrame(
                relations=() if relation is None else (relation,), origin=span
            ),
        ),
    )
    assert returned("return session", engine) == "session"
    facts = facts_with("return dbt.ref('x')", engine)
    assert facts.frames[facts.returns[0].frame].relations == (Relation("ref", ("x",)),)
    facts = facts_with("return dbt.ref(session.name)", engine)
    assert facts.frames[facts.returns[0].frame].relations == ()


def test_without_an_engine_relations_are_unknown():
    assert returned("return dbt.ref('x')") == "unknown"


def test_what_a_library_remembers_lasts_for_one_world():
    class Count(list[int]):
        pass

    def counted(it, _call, _name, _env):
        it.library_state(Count).append(1)
        return ConstValue(len(it.library_state(Count)))

    counting = Library(
        name="counting",
        functions={"toy.count": counted},
        decorators={},
    )
    seen = []
    body = "a = toy.count()\nreturn toy.show(toy.count())"
    showing = Library(
        name="showing",
        functions={
            "toy.show": lambda _it, call, _name, _env: seen.append(call.const(0)) or ScalarValue()
        },
    )
    facts_with(body, counting, showing, two_worlds=True)
    assert seen == [2, 2]


def test_a_library_adds_facts_when_all_worlds_have_been_run():
    calls = []
    late = Library(
        name="late",
        afterwards=lambda scopes, recorder: calls.append((scopes, sorted(recorder.groups))),
    )
    facts_with("return toy.gauge()", TOY, late, two_worlds=True)
    assert [groups for _, groups in calls] == [["returns"]]


@pytest.mark.parametrize(
    "twin",
    [
        Library(name="twin", meanings=(Meaning(Gauge),)),
        Library(name="twin", functions=TOY.functions),
        Library(name="twin", decorators=TOY.decorators),
    ],
)
def test_two_libraries_cannot_register_the_same_thing(twin):
    with pytest.raises(ValueError, match=r"twin registers .* a second time"):
        Libraries(TOY, twin)


def test_the_core_loads_no_library():
    script = (
        "import pkgutil, sys, importlib, glue_compiler.flow.core as core\n"
        "for module in pkgutil.iter_modules(core.__path__, core.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "rooms = {name.split('.')[2] for name in sys.modules if name.startswith('glue_compiler.flow.')}\n"
        "print(*sorted(rooms))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["core"]
