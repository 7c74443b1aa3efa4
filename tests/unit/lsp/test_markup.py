"""What a workspace says in names and descriptions is shown as text: no link, no image, no HTML, in any editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_lsp.methods import completion_resolve, hover
from glue_lsp.session.capabilities import ClientFeatures
from glue_lsp.wire.markup import harmless
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lsprotocol import types
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lsp.conftest import Editor

READERS = (MarkdownIt("commonmark"), MarkdownIt("commonmark").enable(["table", "strikethrough"]))
ACTING = frozenset({"link_open", "image", "html_inline", "html_block"})
HOSTILE = (
    "Rows. [Next](command:workbench.action.terminal.new) ![x](http://127.0.0.1:9/pixel.png) "
    "[a][b] <img src='http://127.0.0.1:9/i.png'> <command:x> <script>x</script>\n\n"
    "[b]: command:workbench.action.quit\n[Rows]: http://127.0.0.1:9/\n"
)
TEXTS = st.text(st.sampled_from("[]()<>!:\\`*_#&;/ \n\t\"'|x1@.-="), max_size=40)
PARTS = st.sampled_from(
    (
        "[a](command:b)",
        "![a](http://b/c)",
        "[a]: http://b",
        "<img src=x>",
        "<http://b>",
        "&#91;",
        "[a][]",
        "```",
        "`[a](command:b)`",
        "``<img src=x>``",
        "`",
        "``",
        "\n```\n",
        "\n```sql\n[a](command:b)\n```\n",
        "\n````\n",
        "\n ```\n",
        "\n- ```\n",
        "\n> ",
        "\n~~~\n",
        "\n\n",
        "\n    ",
        "\na | b\n- | -\n",
        "\n<div>\n",
        "\r",
        "\\",
    )
)


def acting(text: str) -> set[str]:
    """What of a text is more than text."""
    tokens = [
        token
        for reader in READERS
        for block in reader.parse(text)
        for token in (block, *(block.children or ()))
    ]
    return {token.type for token in tokens} & ACTING


@settings(max_examples=1000, deadline=None)
@given(st.lists(TEXTS | PARTS).map("".join) | st.lists(PARTS).map("".join))
@example("\n```\n\n ```\n[a](command:b)\n```\n")
@example("```\n``` \n[a](command:b)\n```\n")
def test_no_markdown_does_anything(text: str) -> None:
    shown = harmless(text)
    assert acting(shown) == set()
    assert shown.replace("\u2060", "") == text.replace("\u2060", "")


def test_formatting_stays() -> None:
    text = "**One** row per `order`, *never* two; see https://example.com/orders\n\n- a\n- b"
    assert harmless(text) == text


CODE = (
    "A column is `array<struct<a:int>>`, and ``df['a'][0](x)`` is `b[0]`.\n",
    "```python\nx = df['a'][0]\nmap<string,int>\n`not a pair\n```\nThen `a[0][1]`.\n",
    "````\n```\nf[1](2)\n```\n````\n",
    "| column | type |\n|---|---|\n| `a` | `array<int>` |\n",
)


@pytest.mark.parametrize("text", CODE)
def test_code_is_copied_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_beside_code_nothing_is_done_either() -> None:
    text = "`a[0](x)` [b](command:c)\n```\n<x>\n```\n<img src=x>"
    shown = harmless(text)
    assert acting(shown) == set()
    assert "`a[0](x)`" in shown
    assert "\n<x>\n" in shown
    assert "[b](command:c)" not in shown
    assert "<img" not in shown


@pytest.fixture
def hostile(project: Path) -> None:
    quoted = HOSTILE.replace("'", "''").replace("\n", "\n\n")
    (project / "models/schema.yml").write_text(
        f"models:\n  - name: orders\n    description: '{quoted}'\n    columns:\n"
        f"      - {{name: customer_id, data_type: bigint, description: '{quoted}'}}\n"
        "      - {name: 'amount` ![x](http://127.0.0.1:9/c.png)', data_type: '[x](command:y)'}\n",
        encoding="utf-8",
    )


@pytest.mark.usefixtures("hostile")
def test_what_a_project_says_of_its_models(editor: Editor) -> None:
    editor.server.session.client = ClientFeatures(markdown_hover=True, markdown_completion=True)
    text = (
        "def model(dbt, session):\n    orders = dbt.ref('orders')\n"
        "    return orders.select('customer_id')\n"
    )
    editor.open("models/customers.py", text)
    shown = []
    for wanted in ("orders')", "orders.select", "customer_id"):
        place = editor.position(text.index(wanted) + 1)
        found = editor.run(
            lambda place=place: hover.handle(editor.server, types.HoverParams(editor.item, place))
        )
        assert isinstance(found.contents, types.MarkupContent)
        shown.append(found.contents.value)
    data = {"uri": editor.uri, "topic": ["ref", "shop", "orders"]}
    for topic in (["ref", "orders", None], ["text", HOSTILE]):
        item = types.CompletionItem("orders", data={**data, "topic": topic})
        resolved = editor.run(
            lambda item=item: completion_resolve.handle(editor.server, item)
        ).documentation
        if resolved is not None:
            shown.append(getattr(resolved, "value", resolved))
    assert len(shown) >= 4
    assert "Next" in shown[0]
    for text in shown:
        assert acting(text) == set(), text
