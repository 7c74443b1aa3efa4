"""Edits of whole lines: statements and blocks come, go, move, and get something around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.unit.compiler.base_models import all_bases
from tests.unit.compiler.edited_text import (
    WHOLE,
    Edit,
    block_of,
    filled,
    indent_for,
    indent_of,
    is_blank,
    joined,
    line_at,
    line_break_of,
    lines_of,
    statement_end,
)
from tests.unit.compiler.typed_lines import BLOCKS, STATEMENTS, WRAPPERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.compiler.edited_text import EditedText, EditMaker


def block_changed(
    change: Callable[[list[str], Edit], list[str]],
) -> Callable[[EditedText, Edit], list[str]]:
    """An edit that replaces a block by lines."""

    def edited(it: EditedText, edit: Edit) -> list[str]:
        lines = lines_of(it.text)
        start, end = block_of(lines, edit)
        return [joined(lines, start, end, change(lines[start:end], edit))]

    return edited


def move(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    start, end = block_of(lines, edit)
    rest = lines[:start] + lines[end:]
    to = edit.pick * (len(rest) + 1) // WHOLE
    return [joined(rest, to, to, lines[start:end])]


def swap(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    start, end = block_of(lines, edit)
    after = statement_end(lines, end)
    return [joined(lines, start, after, lines[end:after] + lines[start:end])]


def commented(lines: list[str], edit: Edit) -> list[str]:
    mark = ("# ", "#")[edit.size % 2]
    return [indent_of(line) + mark + line[len(indent_of(line)) :] for line in lines]


def uncomment(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    found = [i for i, line in enumerate(lines) if line.lstrip().startswith("#")]
    if not found:
        return []
    index = found[edit.pick % len(found)]
    return [joined(lines, index, index + 1, [re.sub(r"# ?", "", lines[index], count=1)])]


def indented(lines: list[str], edit: Edit) -> list[str]:
    unit = ("    ", "    ", "    ", "\t", " ")[edit.pick % 5]
    return [line if is_blank(line) else unit + line for line in lines]


def dedented(lines: list[str], edit: Edit) -> list[str]:
    width = (4, 4, 4, 1, 99)[edit.pick % 5]
    return [line[min(width, len(indent_of(line))) :] for line in lines]


def wrap(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    start, end = block_of(lines, edit)
    if start == end:
        return []
    break_ = line_break_of(it.text, edit)
    before, _, after = WRAPPERS[edit.pick // 3 % len(WRAPPERS)].partition("⟨…⟩\n")
    indent = indent_of(lines[start])

    def around(template: str) -> list[str]:
        return [indent + line + break_ for line in filled(template, it.text, edit).splitlines()]

    inner = [line if is_blank(line) else "    " + line for line in lines[start:end]]
    if not inner[-1].endswith(("\r", "\n")):
        inner[-1] += break_
    return [joined(lines, start, end, [*around(before), *inner, *around(after)])]


def unwrap(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    found = [i for i, line in enumerate(lines) if line.rstrip().endswith(":")]
    if not found:
        return []
    start = found[edit.pick % len(found)]
    end = statement_end(lines, start)
    return [joined(lines, start, end, dedented(lines[start + 1 : end], Edit("", 0, 1, 0)))]


def insert(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    statement = filled(STATEMENTS[edit.pick % len(STATEMENTS)], it.text, edit)
    indent, break_ = indent_for(lines, index, edit), line_break_of(it.text, edit)
    new = [indent + line + break_ for line in statement.split("\n")]
    return [joined(lines, index, index, new)]


def insert_block(it: EditedText, edit: Edit) -> list[str]:
    """A statement of the module, before the one of the edit or after all."""
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    while 0 < index < len(lines) and (is_blank(lines[index]) or indent_of(lines[index])):
        index -= 1
    if edit.size % 2 == 0:
        # The model sees what is bound after it, too.
        index = len(lines)
    block = filled(BLOCKS[edit.pick % len(BLOCKS)], it.text, edit)
    new = block.replace("\n", line_break_of(it.text, edit))
    return [joined(lines, index, index, [new])]


def paste(it: EditedText, edit: Edit) -> list[str]:
    """Lines of another text, at times without their end."""
    bases = all_bases()
    other = lines_of(bases[edit.pick % len(bases)].text)
    start, end = block_of(other, Edit("", (edit.at * 7 + edit.pick) % WHOLE, edit.size, edit.pick))
    new = "".join(other[start:end])[:2000]
    if edit.size % 4 == 3:
        new = new[: edit.pick % (len(new) + 1)]
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    return [joined(lines, index, index, [new])]


def decorate(it: EditedText, edit: Edit) -> list[str]:
    """A decorator, or `async`, before a definition, or one taken away."""
    lines = lines_of(it.text)
    found = [i for i, line in enumerate(lines) if line.lstrip().startswith(("def ", "class ", "@"))]
    if not found:
        return []
    index = found[edit.pick % len(found)]
    line = lines[index]
    if line.lstrip().startswith("@"):
        return [joined(lines, index, index + 1, [])]
    indent = indent_of(line)
    if edit.size % 5 == 4:
        return [joined(lines, index, index + 1, [indent + "async " + line[len(indent) :]])]
    decorators = ("@F.udf('string')", "@cache", "@staticmethod", "@", "@x(1)  # why", "@F.udf")
    new = indent + decorators[edit.pick // 3 % len(decorators)] + line_break_of(it.text, edit)
    return [joined(lines, index, index, [new])]


def end(it: EditedText, edit: Edit) -> list[str]:
    """With or without line breaks, white space or a comment at the end."""
    ends = (
        "",
        "\n",
        "\n\n",
        "\r\n",
        "    ",
        "\n    ",
        "# end",
        "\n# end",
        "\\",
        "\f",
        "\n\t# end\n",
    )
    return [it.text.rstrip() + ends[edit.pick % len(ends)]]


def blank(it: EditedText, edit: Edit) -> list[str]:
    """Blank lines and comments at any depth."""
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    new = ("\n", "    \n", "# note\n", "      # odd\n", "\f\n", "\n\n\n", "\t\n", "    # {{ x }}\n")
    line = new[edit.pick % len(new)].replace("\n", line_break_of(it.text, edit))
    return [joined(lines, index, index, [line])]


LINE_EDITS: dict[str, tuple[int, EditMaker]] = {
    "delete": (8, block_changed(lambda _lines, _edit: [])),
    "duplicate": (4, block_changed(lambda lines, _edit: [*lines, *lines])),
    "move": (5, move),
    "swap": (4, swap),
    "comment": (4, block_changed(commented)),
    "uncomment": (3, uncomment),
    "indent": (4, block_changed(indented)),
    "dedent": (4, block_changed(dedented)),
    "wrap": (8, wrap),
    "unwrap": (4, unwrap),
    "insert": (18, insert),
    "insert block": (5, insert_block),
    "paste": (4, paste),
    "decorate": (3, decorate),
    "end": (2, end),
    "blank": (4, blank),
}
"""The kinds by name, with how often one is made."""
