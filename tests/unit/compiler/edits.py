"""Edits as people and editors make them, of any text: an edit is a kind and three numbers, and does always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.compiler.base_models import all_bases, is_python
from tests.unit.compiler.character_edits import CHARACTER_EDITS
from tests.unit.compiler.edited_text import WHOLE, Edit, EditedText
from tests.unit.compiler.line_edits import LINE_EDITS

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from tests.unit.compiler.edited_text import EditMaker


def versions_of(base: str, edits: Iterable[Edit]) -> list[str]:
    """All versions of a text under edits, the base first."""
    it = EditedText(base)
    for edit in edits:
        for text in KINDS[edit.kind][1](it, edit):
            it.become(text)
    return it.versions


def random_edits(chance: random.Random) -> list[Edit]:
    """Some edits, many of them near each other; half of all editings go from one Python text to another."""
    edits: list[Edit] = []
    at = chance.randrange(WHOLE)
    calm = chance.random() < 0.5
    for _ in range(chance.choice(_NUMBERS)):
        if chance.random() < 0.4:
            at = chance.randrange(WHOLE)
        else:
            at = min(max(at + chance.randint(-400, 400), 0), WHOLE - 1)
        kind = chance.choice(_CALM) if calm else chance.choices(_NAMES, _WEIGHTS)[0]
        edits.append(Edit(kind, at, chance.choice(_SIZES), chance.randrange(WHOLE)))
        if chance.random() < (0.9 if calm else 0.5):
            then = "repair" if kind == "open" else "mend"
            edits.append(Edit(then, at, 1, chance.randrange(WHOLE)))
    return edits


def back(it: EditedText, edit: Edit) -> list[str]:
    """Undo and redo: any version that there was, the last one more often."""
    if edit.size == 1:
        return [it.versions[max(len(it.versions) - 2, 0)]]
    return [it.versions[edit.pick % len(it.versions)]]


def mend(it: EditedText, _edit: Edit) -> list[str]:
    """The last version that was Python."""
    return [next((text for text in reversed(it.versions) if is_python(text)), it.text)]


def replace(_it: EditedText, edit: Edit) -> list[str]:
    """Another text altogether."""
    bases = all_bases()
    return [bases[edit.pick % len(bases)].text]


KINDS: dict[str, tuple[int, EditMaker]] = {
    **LINE_EDITS,
    **CHARACTER_EDITS,
    "back": (10, back),
    "mend": (4, mend),
    "replace": (1, replace),
}
"""The kinds by name, with how often one is made."""

_NAMES = tuple(KINDS)
_WEIGHTS = tuple(weight for weight, _ in KINDS.values())
_CALM = (
    *("insert", "insert", "insert", "insert block", "token", "token", "toggle", "toggle", "rename"),
    *("delete", "duplicate", "move", "swap", "wrap", "unwrap", "blank", "decorate", "paste"),
    *("back", "back", "comment", "uncomment", "break line", "replace"),
)
_NUMBERS = (1, 2, 3, 4, 5, 6, 8, 12)
_SIZES = (1, 1, 1, 1, 2, 2, 3, 4, 6, 12)
