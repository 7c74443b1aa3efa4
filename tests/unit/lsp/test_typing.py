"""Whatever state a model is in while it is typed, every method answers; completions are there where they matter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from glue_compiler.text.source import Span
from glue_lsp.methods import completion, hover, signature_help
from lsprotocol import types

if TYPE_CHECKING:
    from tests.unit.lsp.conftest import Editor

MODELS = Path(__file__).parents[2] / "data" / "typed"
_CONTEXTS = {
    "ref": re.compile(r"dbt\.ref\(\"[^\"]*$"),
    "config": re.compile(r"dbt\.config\((?:[^()]*,)?\s*(?:\w*|\w+=\"[^\"]*)$"),
    "select": re.compile(r"\.select\((?:[^()]*,)?\s*\"[^\"]*$"),
}


@pytest.mark.parametrize("where", ["end", "middle"])
@pytest.mark.parametrize("name", sorted(path.name for path in MODELS.glob("*.py")))
def test_every_key_stroke_is_answered(editor: Editor, name: str, where: str) -> None:
    text = (MODELS / name).read_text(encoding="utf-8")
    start = 0 if where == "end" else text.index("    orders = ")
    stop = len(text) if where == "end" else text.index("    return", start)
    editor.open("models/typed.py", text[:start] + ("" if where == "end" else text[stop:]))
    asked = dict.fromkeys(_CONTEXTS, 0)
    answered = dict.fromkeys(_CONTEXTS, 0)

    def work() -> None:
        for offset in range(start, stop):
            document = editor.document
            document.change(
                [
                    types.TextDocumentContentChangePartial(
                        types.Range(editor.position(offset), editor.position(offset)), text[offset]
                    )
                ],
                offset,
                editor.encoding,
            )
            position = editor.position(offset + 1)
            view = editor.server.session.snapshot(editor.uri)
            if view is None:
                continue
            assert view.result_id
            assert all(Span(0, len(view.source)).covers(item.span) for item in view.diagnostics)
            found = completion.handle(editor.server, types.CompletionParams(editor.item, position))
            hover.handle(editor.server, types.HoverParams(editor.item, position))
            signature_help.handle(editor.server, types.SignatureHelpParams(editor.item, position))
            before = view.source.text[: offset + 1]
            for context, pattern in _CONTEXTS.items():
                if pattern.search(before):
                    asked[context] += 1
                    answered[context] += found is not None and len(found.items) > 0

    editor.run(work)
    for context, count in asked.items():
        assert answered[context] >= 0.9 * count, (context, answered, asked)
    assert sum(asked.values()) > 20


BROKEN = (
    "    MARK\n    other = orders.limit(\n",
    "    other = orders.limit(\n    MARK\n",
    "    if late ==\n        late = 1\n    MARK\n    other = [\n",
)
WHOLE = 'def model(dbt, session):\n    orders = dbt.ref("orders")\n    MARK\n    return kept\n'


@pytest.mark.parametrize("lines", BROKEN)
def test_a_hover_is_about_its_line_while_others_are_broken(editor: Editor, lines: str) -> None:
    line = "kept = orders.limit(3)"
    said = []
    for text in (WHOLE, WHOLE.replace("    MARK\n", lines)):
        text = text.replace("MARK", line)
        editor.open("models/typed.py", text)
        position = editor.position(text.index(line) + len("kept = ord"))

        def hovered(position: types.Position = position) -> types.Hover | None:
            return hover.handle(editor.server, types.HoverParams(editor.item, position))

        found = editor.run(hovered)
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        assert found.range is not None
        assert found.range.start.line == position.line
        said.append(found.contents.value)
    assert said[0] == said[1]


def test_completion_knows_a_function_that_is_defined_below(editor: Editor) -> None:
    text = (
        WHOLE.replace("MARK", "kept = late(orders).") + "\n\ndef late(frame):\n    return frame\n"
    )
    editor.open("models/typed.py", text)
    position = editor.position(text.index("late(orders).") + len("late(orders)."))
    params = types.CompletionParams(editor.item, position)
    found = editor.run(lambda: completion.handle(editor.server, params))
    assert found is not None
    assert "groupBy" in {item.label for item in found.items}
