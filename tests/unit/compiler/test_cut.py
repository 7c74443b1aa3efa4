"""A text is cut into statements that are read by themselves; where that cannot be, it is not cut."""

from __future__ import annotations

import ast

import pytest
from glue_compiler.text.brackets import closing_bracket
from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import SourceText
from glue_compiler.tree.cut import Cut
from glue_compiler.tree.lines import NotPlain
from glue_compiler.tree.readable import is_readable

TEXT = '''\
"""What it is for: all.

# no comment
"""
import os  # all of it
x = [
    1,  # a bracket: )
    2,
]; y = 3

@decorated(
    1
)
def helper(a, b=(1, 2)) -> int:  # a note: here

    # about the first
    first = """
not cut
"""
    if first:
        return 1
    elif a:
        pass
    # odd
  # comments
    else:
        z = \\
            2
    return b
class Kept:
    def method(self):
        return 1
def one_line(): return 1
async def waits():
    pass
if x:
    pass
else:
    pass
'''


def pieces(cut: Cut) -> list[str]:
    return [cut.text_of(item) for chunk in cut.chunks for item in (chunk, *chunk.body)]


def test_statements_of_the_module_and_of_its_functions() -> None:
    cut = Cut().next(SourceText(TEXT))
    assert [cut.text_of(chunk).split("\n")[0] for chunk in cut.chunks] == [
        '"""What it is for: all.',
        "import os  # all of it",
        "x = [",
        "@decorated(",
        "class Kept:",
        "def one_line(): return 1",
        "async def waits():",
        "if x:",
    ]
    (helper,) = [chunk for chunk in cut.chunks if chunk.body]
    assert cut.text_of(helper).endswith("def helper(a, b=(1, 2)) -> int:  # a note: here\n")
    heads = [cut.text_of(item).split("\n")[0] for item in helper.body]
    assert heads == ['    first = """', "    if first:", "    return b"]


def test_each_statement_is_python_by_itself() -> None:
    cut = Cut().next(SourceText(TEXT))
    for chunk in cut.chunks:
        head = cut.text_of(chunk)
        assert is_python(f"{head}    pass\n" if chunk.body else head)
        for item in chunk.body:
            assert is_python(f"def _():\n{cut.text_of(item)}")


@pytest.mark.parametrize(
    "text",
    [
        "x = 'open\n",
        'x = """open\n',
        "x = 1\n\\\ny = 2\n",
        "\ufeffx = 1\n",
        "x = 1\f\n",
        "x = 1\ry = 2\n",
        "if x:\n    y = 1\n\tz = 2\n",
        "  x = 1\n",
        "def f():\n    x = 1\n  y = 2\n",
        "@decorated\n",
    ],
)
def test_what_is_not_cut(text: str) -> None:
    with pytest.raises(NotPlain):
        Cut().next(SourceText(text))


def test_the_next_version_is_cut_as_if_it_were_the_first() -> None:
    cut = Cut().next(SourceText(TEXT))
    lines = TEXT.splitlines(keepends=True)
    for at in range(len(lines)):
        for text in (
            "".join(lines[:at] + lines[at + 1 :]),
            "".join([*lines[:at], "    more = (\n        1)\n", *lines[at:]]),
        ):
            source = SourceText(text)
            try:
                whole = Cut().next(source)
            except NotPlain:
                with pytest.raises(NotPlain):
                    cut.next(source)
                continue
            assert pieces(cut.next(source)) == pieces(whole)
            assert cut.next(source).chunks == whole.chunks


def test_readable_texts_are_those_that_cpython_reads() -> None:
    lines = TEXT.splitlines(keepends=True)
    for at in range(len(lines)):
        for changed in ("", "    x = (\n", lines[at].replace("=", "= =", 1), lines[at] * 2):
            text = "".join([*lines[:at], changed, *lines[at + 1 :]])
            try:
                ast.parse(text)
            except SyntaxError:
                assert not is_readable(text)
            else:
                assert is_readable(text)


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("(a, b)", 5),
        ("(a, (b), [')'])", 14),
        ("(a,  # ) here\n b)", 16),
        ("(f'''\n)''', r'\\', \"\\\")\")", 23),
        ("(a", 2),
    ],
)
def test_where_a_bracket_is_closed(text: str, closing: int) -> None:
    assert closing_bracket(text, 0) == closing
