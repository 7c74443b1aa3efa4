"""Trees, spans and limits: what the compiler does with any text."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.text.source import SourceText, Span
from glue_compiler.tree.syntax import parse, read_python, walk
from libcst.metadata import MetadataWrapper, PositionProvider

from tests.unit.compiler.counting import calls_of

MODELS = sorted((Path(__file__).parents[2] / "data" / "models").glob("*.py"))
COMPILER = Path(__file__).parents[3] / "compiler" / "glue_compiler"
# Real code with every form that the pass over spans knows, and with forms that it leaves to libcst.
SOURCES = [
    *MODELS,
    COMPILER / "tree/positions.py",
    COMPILER / "names/surface.py",
    COMPILER / "facts/codec.py",
]
MODEL = "def model(dbt, session):\n"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_spans_are_those_of_libcst(path):
    source = SourceText(path.read_text(encoding="utf-8"))
    tree = parse(source)
    wrapper = MetadataWrapper(cst.parse_module(source.text), unsafe_skip_copy=True)
    expected = wrapper.resolve(PositionProvider)
    theirs = list(walk(wrapper.module))
    ours = list(walk(tree.module))
    assert len(ours) == len(theirs)
    compared = 0
    for node, other in zip(ours, theirs, strict=True):
        if node in tree.spans:
            place = expected[other]
            start = source.offset(place.start.line, place.start.column)
            end = source.offset(place.end.line, place.end.column)
            assert tree.spans[node] == Span(start, end), type(node).__name__
            compared += 1
    assert compared > 30


def test_walk_visits_parents_first_and_does_not_recurse():
    tree = parse(SourceText("x = f(1)[2].y\n"))
    kinds = [type(node).__name__ for node in walk(tree.module)]
    assert kinds.index("Attribute") < kinds.index("Subscript") < kinds.index("Call")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("def model(dbt, session):\n    return dbt.ref('a'\n", "("),
        ("x = = 1\n", "="),
        ("return 1\n", "return 1"),
        ("x = 'a\n", "'"),
        ("é = 1; b = = 2", "="),
        ("\ufeffx = = 1\n", "="),
    ],
)
def test_a_syntax_error_is_where_cpython_says(text, marked):
    problem = read_python(SourceText(text)).problem
    assert text[problem.span.start : problem.span.end] == marked


@pytest.mark.parametrize(
    ("text", "kind"),
    [("x = 1\0", "null_byte"), ("x = '\ud800'", "encoding"), ("x = (", "syntax")],
)
def test_kinds_of_texts_that_are_not_python(text, kind):
    assert [problem.kind for problem in analyze(text).syntax_errors] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        MODEL + "    return dbt.ref('a')" + ".distinct()" * 5000 + "\n",
        MODEL + "    return dbt.ref('a')" + ".distinct()" * 500 + "\n",
        MODEL + "    x = " + "1 + " * 3000 + "1\n    return x\n",
    ],
)
def test_too_deep_is_a_fact_and_quick(text):
    facts = analyze(text)
    assert [limit.kind for limit in facts.limits] == ["too_deep"]
    assert facts.analysed == "none"
    # some three a character; some 13 where CPython's compiler goes deep enough to read them (3.10, 3.13)
    most = 5 if read_python(SourceText(text)).tree is None else 15
    assert calls_of(lambda: analyze(text)) < most * len(text)


def test_a_chain_of_a_hundred_calls_is_analysed():
    facts = analyze(MODEL + "    return dbt.ref('a')" + ".distinct()" * 100 + "\n")
    assert facts.flow.returns[0].value == "frame"
    assert facts.limits == ()


def test_too_big_is_a_fact():
    facts = analyze("x = 1\n" * 400_000)
    assert [limit.kind for limit in facts.limits] == ["too_big"]


@pytest.mark.parametrize(
    "text",
    ["type X = int\n" + MODEL + "    return dbt.ref('a')\n", "def f[T](x: T) -> T: return x\n"],
)
def test_syntax_newer_than_the_running_python_is_analysed(text):
    facts = analyze(text)
    assert facts.analysed == "full"
    assert all(problem.newer for problem in facts.syntax_errors)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_spans_hold_for_every_line_break(line_break):
    text = (MODEL + "    x = 'é😀'\n    return dbt.ref('a')[['b']].c()").replace("\n", line_break)
    (use,) = analyze(text).uses("ref")
    assert text[use.span.start : use.span.end] == "dbt.ref('a')"
    assert use.hidden_by == "subscript"


def test_braces_are_found_with_their_place():
    text = "a = {{1}}  # {{ x }}\nb = f'{{y}}' + '{% z'\nc = {# d\n}\n"
    braces = analyze(text).braces
    assert [(brace.text, brace.where) for brace in braces] == [
        ("{{", "code"),
        ("{{", "comment"),
        ("{{", "fstring"),
        ("{%", "string"),
        ("{#", "code"),
    ]
    for brace in braces:
        assert text[brace.span.start : brace.span.end] == brace.text


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "\ufeff", "  \\\n"])
def test_an_empty_file_is_empty(text):
    assert analyze(text).empty


def test_comments_are_found_but_not_those_in_strings():
    text = "x = '# no'  # yes\n  # own line\n"
    comments = analyze(text).comments
    assert [text[c.span.start : c.span.end] for c in comments] == ["# yes", "# own line"]
    assert [c.own_line for c in comments] == [False, True]


@pytest.mark.parametrize("place", ["\n\x0c", "\n\x0c\x0c", "\n\x0c\n\x0c", "\r\x0c"])
def test_a_form_feed_at_the_start_of_a_line_moves_nothing(place):
    text = f"import os{place}{MODEL}\x0c    df = dbt.ref('a')\n    return df\n"
    facts = analyze(text)
    (use,) = facts.uses("ref")
    assert text[slice(*use.span)] == "dbt.ref('a')"
    assert use.visible
    assert text[slice(*facts.functions[0].name_span)] == "model"
    with_mark = analyze(f"\ufeff\x0c{text}").uses("ref")[0]
    assert with_mark.span == Span(use.span.start + 2, use.span.end + 2)


def test_type_parameters_are_names():
    text = (
        "type Pair[K] = tuple[K, K]\n\n\ndef first[T: int](items: list[T]) -> T:\n"
        "    x: T = items[0]\n    return T(x)\n\n\nclass Box[V](list[V]):\n    v: V\n\n\n"
        f"{MODEL}    df = dbt.ref('a')\n    return first([df, T])\n"
    )
    facts = analyze(text)
    assert [name.name for name in facts.undefined_names] == ["T"]
    assert facts.undefined_names[0].span.start > text.index("model")
    assert facts.unbound_names == ()


def test_calls_in_syntax_that_this_python_does_not_read_are_not_called_lost():
    facts = analyze(f"type X[T] = list[T]\n{MODEL}    return dbt.ref('a')\n")
    assert all(use.visible for use in facts.uses("ref"))


def test_what_python_cannot_read_has_no_depth_to_tell():
    source = SourceText(f"{MODEL}    x = {'-' * 20_000}1\n    return dbt.ref('a')\n")
    (found,) = check(analyze(source), source)
    assert (found.code, found.message) == (
        "GLU004",
        "the code is nested deeper than Python itself can read",
    )
