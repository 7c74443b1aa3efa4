"""The quick answer to what a name holds is that of a fresh analysis, or there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.editor.bound_frames import bound_frames
from glue_compiler.editor.probe import probe
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.text.source import SourceText, Span

MODELS = sorted((Path(__file__).parents[2] / "data" / "models").glob("*.py"))
HEAD = "def model(dbt, session):\n"


def answers(text: str, name: str, statement: int) -> tuple[object, object]:
    """The columns that the quick way and a fresh analysis give for `name.` at a statement."""
    known = SourceText(text)
    indent = text[statement : statement + len(text[statement:]) - len(text[statement:].lstrip(" "))]
    source = SourceText(f"{text[:statement]}{indent}{name}.\n{text[statement:]}")
    facts = analyze(known)
    frames = bound_frames(source, statement, name, known, facts)
    start = statement + len(indent)
    slow = probe(source, statement, Span(start, start + len(name)), analyze)
    if frames is None:
        return None, slow
    assert slow is not None
    kinds = tuple(dict.fromkeys(facts.flow.frames[frame].kind for frame in frames))
    quick_columns = {c.name for c in FrameSchemas.known(facts, None).columns(frames)}
    slow_columns = {c.name for c in FrameSchemas.known(slow.facts, None).columns(slow.frames)}
    return (kinds, quick_columns), (slow.kinds, slow_columns)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_quick_answer_is_that_of_a_fresh_analysis(path):
    text = path.read_text(encoding="utf-8")
    source = SourceText(text)
    facts = analyze(source)
    names = {binding.name for binding in facts.flow.bindings}
    starts = [s for s in source.line_starts if text[s:].startswith("    ")]
    for name in sorted(names):
        for start in starts[:: max(1, len(starts) // 12)]:
            quick, slow = answers(text, name, start)
            assert quick is None or quick == slow, (name, source.line_of(start))


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("df = dbt.ref('a').select('x')\n|return df", True),
        ("df = dbt.ref('a')\ndf = df.select(\n    'x',\n)\n|return df", True),
        ("df = dbt.ref('a').select('x')\nn = df.count()\n|return df", True),
        ("df = dbt.ref('a').select('x')\nif n:\n    |return df\nreturn df", True),
        ("df = dbt.ref('a').select('x').toPandas()\n|return df", True),
        ("df = dbt.ref('a').select('x').toPandas()\ndf['y'] = 1\n|return df", False),
        ("df = dbt.ref('a')\nif n:\n    df = df.select('x')\n|return df", False),
        ("df = dbt.ref('a')\nfor df in n:\n    pass\n|return df", False),
        ("if dbt.is_incremental:\n    df = dbt.ref('a')\n    |return df\nreturn n", False),
        ("df = dbt.ref('a')\ndef f():\n    |return df\nreturn f()", False),
    ],
)
def test_where_there_is_a_quick_answer(body, known):
    marked = HEAD + "".join(f"    {line}\n" for line in body.split("\n"))
    place = marked.index("|")
    text = marked.replace("|", "")
    statement = text.rindex("\n", 0, place) + 1
    quick, slow = answers(text, "df", statement)
    assert (quick is not None) is known
    if known:
        assert quick == slow
