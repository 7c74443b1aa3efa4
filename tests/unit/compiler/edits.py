"""Edits as people and editors make them, of any text: an edit is three numbers and a kind, and always the same for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.unit.compiler.base_models import all_bases
from tests.unit.compiler.typed_lines import BLOCKS, STATEMENTS, WRAPPERS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

WHOLE = 10_000
"""An edit's place is a share of the text in ten-thousandths, so that it means something in every text."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One action of an editor's user.

    `at` is where (0 to WHOLE - 1, as a share of the lines), `size` how much (1 to 12), `pick` which of
    the things that the kind can do (0 to WHOLE - 1).
    """

    kind: str
    at: int
    size: int
    pick: int


@dataclass(slots=True)
class Editor:
    """A text that is edited, all of its versions, and where something was opened that is to be closed."""

    text: str
    versions: list[str] = field(default_factory=list)
    opened: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.versions.append(self.text)

    def make(self, edit: Edit) -> None:
        """Edit the text; some kinds add many versions, and one that does not apply adds none."""
        for text in KINDS[edit.kind](self, edit):
            if text != self.text:
                self.opened = _moved(self.opened, self.text, text)
                self.text = text
                self.versions.append(text)


def versions_of(base: str, edits: list[Edit]) -> list[str]:
    """All versions of a text under edits, the base first."""
    editor = Editor(base)
    for edit in edits:
        editor.make(edit)
    return editor.versions


def random_edits(chance: random.Random) -> list[Edit]:
    """Between one and twelve edits, many of them near each other."""
    edits: list[Edit] = []
    at = chance.randrange(WHOLE)
    kinds, weights = [*_WEIGHTS], [*_WEIGHTS.values()]
    for _ in range(chance.choice((1, 2, 3, 4, 5, 6, 8, 12))):
        if chance.random() < 0.4:
            at = chance.randrange(WHOLE)
        else:
            at = min(max(at + chance.randint(-400, 400), 0), WHOLE - 1)
        kind = chance.choices(kinds, weights)[0]
        edits.append(Edit(kind, at, chance.choice(_SIZES), chance.randrange(WHOLE)))
    return edits


_SIZES = (1, 1, 1, 1, 2, 2, 3, 4, 6, 12)


def _moved(places: list[tuple[int, str]], old: str, new: str) -> list[tuple[int, str]]:
    """Where opened places are after a change; those inside of what changed are forgotten."""
    if not places:
        return places
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    most -= head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    end = len(old) - tail
    return [
        (at if at < head else at + len(new) - len(old), token)
        for at, token in places
        if at + len(token) <= head or at >= end
    ]


# -- places in a text ------------------------------------------------------------------------------

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_INDENT = re.compile(r"[ \t\f]*")
_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(
    r"[^\W\d]\w*|\d[\d.]*|'[^'\r\n]*'|\"[^\"\r\n]*\"|[-+*/%<>=!&|:]=|[-+*/%<>=&|~.,:;()\[\]{}@]"
)
_KEYWORDS = frozenset(
    [
        "and",
        "as",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "match",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        "None",
        "True",
        "False",
    ]
)


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _line_at(lines: list[str], edit: Edit) -> int:
    return edit.at * len(lines) // WHOLE


def _offset(text: str, edit: Edit) -> int:
    """A place inside of the line of the edit."""
    lines = _lines(text)
    index = _line_at(lines, edit)
    within = edit.pick % (len(lines[index]) + 1) if lines else 0
    return sum(map(len, lines[:index])) + within


def _indent(line: str) -> str:
    found = _INDENT.match(line)
    return found[0] if found else ""


def _is_blank(line: str) -> bool:
    return not line.strip()


def _block(lines: list[str], edit: Edit) -> tuple[int, int]:
    """Some lines, or statements with what is indented below them, or all of a module's statement."""
    start = _line_at(lines, edit)
    if edit.pick % 3 == 0:
        return start, min(start + edit.size, len(lines))
    if edit.pick % 7 == 1:
        while start > 0 and (_is_blank(lines[start]) or _indent(lines[start])):
            start -= 1
    end = start
    for _ in range(1 + edit.size % 3):
        end = _statement_end(lines, end)
    return start, end


def _statement_end(lines: list[str], start: int) -> int:
    if start >= len(lines):
        return len(lines)
    depth = len(_indent(lines[start]))
    end = start + 1
    while end < len(lines) and (_is_blank(lines[end]) or len(_indent(lines[end])) > depth):
        end += 1
    return end


def _ending(text: str, edit: Edit) -> str:
    """The text's own line break, or rarely another."""
    if edit.pick % 29 == 0:
        return ("\r\n", "\r", "\n")[edit.size % 3]
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def _indent_for(lines: list[str], index: int, edit: Edit) -> str:
    """The indent of a statement that is put before a line."""
    if edit.pick % 17 == 0:
        return ""
    for line in reversed(lines[:index]):
        if not _is_blank(line):
            return _indent(line) + ("    " if line.rstrip().endswith(":") else "")
    return ""


def _names(text: str) -> list[str]:
    found = [name for name in dict.fromkeys(_WORD.findall(text)) if name not in _KEYWORDS]
    return found or ["df"]


def _filled(template: str, text: str, edit: Edit) -> str:
    """A statement with names of the text."""
    names = _names(text)
    number = edit.pick // 7 + edit.size
    return template.replace("⟨a⟩", names[number % len(names)]).replace(
        "⟨b⟩", names[(number * 5 + edit.at) % len(names)]
    )


def _joined(lines: list[str], start: int, end: int, new: list[str]) -> str:
    return "".join([*lines[:start], *new, *lines[end:]])


# -- kinds of edits --------------------------------------------------------------------------------


def _lines_changed(
    change: Callable[[list[str], Edit], list[str]],
) -> Callable[[Editor, Edit], list[str]]:
    """An edit that replaces a block by lines."""

    def edited(editor: Editor, edit: Edit) -> list[str]:
        lines = _lines(editor.text)
        start, end = _block(lines, edit)
        return [_joined(lines, start, end, change(lines[start:end], edit))]

    return edited


def _move(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    start, end = _block(lines, edit)
    rest = lines[:start] + lines[end:]
    to = edit.pick * (len(rest) + 1) // WHOLE
    return [_joined(rest, to, to, lines[start:end])]


def _swap(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    start, end = _block(lines, edit)
    after = _statement_end(lines, end)
    return [_joined(lines, start, after, lines[end:after] + lines[start:end])]


def _commented(lines: list[str], edit: Edit) -> list[str]:
    mark = ("# ", "#")[edit.size % 2]
    return [_indent(line) + mark + line[len(_indent(line)) :] for line in lines]


def _uncomment(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    found = [i for i, line in enumerate(lines) if line.lstrip().startswith("#")]
    if not found:
        return []
    index = found[edit.pick % len(found)]
    return [_joined(lines, index, index + 1, [re.sub(r"# ?", "", lines[index], count=1)])]


def _indented(lines: list[str], edit: Edit) -> list[str]:
    unit = ("    ", "    ", "    ", "\t", " ")[edit.pick % 5]
    return [line if _is_blank(line) else unit + line for line in lines]


def _dedented(lines: list[str], edit: Edit) -> list[str]:
    width = (4, 4, 4, 1, 99)[edit.pick % 5]
    return [line[min(width, len(_indent(line))) :] for line in lines]


def _wrap(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    start, end = _block(lines, edit)
    if start == end:
        return []
    break_ = _ending(editor.text, edit)
    before, _, after = WRAPPERS[edit.pick // 3 % len(WRAPPERS)].partition("⟨…⟩\n")
    indent = _indent(lines[start])

    def around(template: str) -> list[str]:
        filled = _filled(template, editor.text, edit)
        return [indent + line + break_ for line in filled.splitlines()]

    inner = [line if _is_blank(line) else "    " + line for line in lines[start:end]]
    if not inner[-1].endswith(("\r", "\n")):
        inner[-1] += break_
    return [_joined(lines, start, end, [*around(before), *inner, *around(after)])]


def _unwrap(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    found = [i for i, line in enumerate(lines) if line.rstrip().endswith(":")]
    if not found:
        return []
    start = found[edit.pick % len(found)]
    end = _statement_end(lines, start)
    return [_joined(lines, start, end, _dedented(lines[start + 1 : end], Edit("", 0, 1, 0)))]


def _insert(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    statement = _filled(STATEMENTS[edit.pick % len(STATEMENTS)], editor.text, edit)
    indent, break_ = _indent_for(lines, index, edit), _ending(editor.text, edit)
    new = [indent + line + break_ for line in statement.split("\n")]
    return [_joined(lines, index, index, new)]


def _insert_block(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    while 0 < index < len(lines) and (_is_blank(lines[index]) or _indent(lines[index])):
        index -= 1
    block = _filled(BLOCKS[edit.pick % len(BLOCKS)], editor.text, edit)
    new = block.replace("\n", _ending(editor.text, edit))
    return [_joined(lines, index, index, [new])]


def _paste(editor: Editor, edit: Edit) -> list[str]:
    """Lines of another text, at times without their end."""
    bases = all_bases()
    other = _lines(bases[edit.pick % len(bases)].text)
    start, end = _block(other, Edit("", (edit.at * 7 + edit.pick) % WHOLE, edit.size, edit.pick))
    new = "".join(other[start:end])[:2000]
    if edit.size % 4 == 3:
        new = new[: edit.pick % (len(new) + 1)]
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    return [_joined(lines, index, index, [new])]


def _token(editor: Editor, edit: Edit) -> list[str]:
    """Another name, number, text or operator in the place of one."""
    text = editor.text
    lines = _lines(text)
    index = _line_at(lines, edit)
    start = sum(map(len, lines[:index]))
    found = list(_TOKEN.finditer(text, start, start + len(lines[index]) if lines else 0))
    if not found:
        return []
    match = found[edit.pick % len(found)]
    new = _other_token(match[0], text, edit)
    return [text[: match.start()] + new + text[match.end() :]]


def _other_token(token: str, text: str, edit: Edit) -> str:
    number = edit.pick // 5 + edit.size
    if token[0].isdigit():
        return (str(number), token + "0", "0", "-1", f"{number}.5", "1e9", "0x")[number % 7]
    if token[0] in "'\"":
        texts = [
            *re.findall(r"'[^'\r\n]*'|\"[^\"\r\n]*\"", text),
            "'id'",
            '"orders"',
            "''",
            "f'{x}'",
        ]
        return texts[number % len(texts)]
    if token in _KEYWORDS:
        words = ("if", "for", "return", "not", "None", "in", "while", "pass", "True", "is")
        return words[number % len(words)]
    if token[0].isalpha() or token[0] == "_":
        names = [
            *_names(text),
            "dbt",
            "session",
            "model",
            "df",
            "F",
            "is_incremental",
            "select",
            "ﬁ",
        ]
        return names[number % len(names)]
    return ("=", "==", "+", ".", ",", ":", "(", ")", "[", "]", "+=", ":=", "and", "", ";", "*")[
        number % 16
    ]


def _rename(editor: Editor, edit: Edit) -> list[str]:
    """All occurrences of a name, or those after some place, become another."""
    text = editor.text
    names = _names(text)
    old = names[edit.pick % len(names)]
    new = (old + "2", names[(edit.pick // 3) % len(names)], "fresh", old[:-1] or "q")[edit.size % 4]
    start = 0 if edit.size % 2 else _offset(text, edit)
    return [text[:start] + re.sub(rf"\b{old}\b", new, text[start:])]


def _type(editor: Editor, edit: Edit) -> list[str]:
    """A statement, some characters at a time, on a new line."""
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    statement = _filled(STATEMENTS[edit.pick % len(STATEMENTS)], editor.text, edit)
    line = _indent_for(lines, index, edit) + statement.split("\n")[0][:60]
    break_ = _ending(editor.text, edit)
    step = 1 + edit.size % 5
    return [
        _joined(lines, index, index, [line[:end] + break_])
        for end in (*range(len(_indent(line)), len(line), step), len(line))
    ]


def _retype(editor: Editor, edit: Edit) -> list[str]:
    """The end of a line is taken away, some characters at a time, and typed again."""
    lines = _lines(editor.text)
    if not lines:
        return []
    index = _line_at(lines, edit)
    line = lines[index].rstrip("\r\n")
    break_ = lines[index][len(line) :]
    least = max(len(line) - 4 * edit.size, 0)
    step = 1 + edit.pick % 4
    ends = [*range(len(line), least, -step), least]
    back = ends[::-1] if edit.pick % 3 else ends[::-1][: 1 + edit.size // 2]
    return [_joined(lines, index, index + 1, [line[:end] + break_]) for end in [*ends, *back]]


def _erase(editor: Editor, edit: Edit) -> list[str]:
    at = _offset(editor.text, edit)
    return [editor.text[:at] + editor.text[at + edit.size :]]


def _erase_break(editor: Editor, edit: Edit) -> list[str]:
    """Two lines become one, at times with a semicolon or a backslash between."""
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    if index + 1 >= len(lines):
        return []
    line, following = lines[index].rstrip("\r\n"), lines[index + 1]
    break_ = lines[index][len(line) :]
    between = ("", "; ", " \\" + break_, ";" + break_)[edit.pick % 4]
    if edit.pick % 4 < 2:
        following = following.lstrip(" \t")
    return [_joined(lines, index, index + 2, [line + between + following])]


def _break_line(editor: Editor, edit: Edit) -> list[str]:
    at = _offset(editor.text, edit)
    found = editor.text.find("; ", at)
    if found >= 0 and edit.size % 2:
        at = found + 2
    indent = (
        _indent(_lines(editor.text)[_line_at(_lines(editor.text), edit)]) if editor.text else ""
    )
    return [editor.text[:at] + _ending(editor.text, edit) + indent + editor.text[at:]]


def _open(editor: Editor, edit: Edit) -> list[str]:
    """Something that takes all that follows along, until it is closed."""
    tokens = (
        "(",
        "[",
        "{",
        '"""',
        "'''",
        '"',
        "'",
        "\\",
        "# ",
        "f'''",
        "if ",
        "(x for",
        "lambda: (",
    )
    token = tokens[edit.pick % len(tokens)]
    at = _offset(editor.text, edit)
    if edit.size % 3 == 0:
        at = editor.text.rfind("\n", 0, at) + 1
    text = editor.text[:at] + token + editor.text[at:]
    editor.opened = [*_moved(editor.opened, editor.text, text), (at, token)]
    editor.text = text
    editor.versions.append(text)
    return []


def _repair(editor: Editor, edit: Edit) -> list[str]:
    """What was opened goes away again, the last first, or is closed."""
    if not editor.opened:
        return []
    at, token = editor.opened.pop()
    closing = {"(": ")", "[": "]", "{": "}", "f'''": "'''", "(x for": " x in [])", "lambda: (": ")"}
    if edit.pick % 3 == 0 and token not in ("\\", "# ", "if "):
        end = re.compile(r"[\r\n]|\Z").search(editor.text, at)
        stop = end.start() if end else len(editor.text)
        return [editor.text[:stop] + closing.get(token, token) + editor.text[stop:]]
    return [editor.text[:at] + editor.text[at + len(token) :]]


_BREAKS = ("\r\n", "\n", "\r", "\n\n", "\f\n", "\u2028", "\r\r\n")


def _line_break(editor: Editor, edit: Edit) -> list[str]:
    lines = _lines(editor.text)
    if not lines:
        return []
    index = _line_at(lines, edit)
    line = lines[index].rstrip("\r\n") + _BREAKS[edit.pick % len(_BREAKS)]
    return [_joined(lines, index, index + 1, [line])]


def _all_line_breaks(editor: Editor, edit: Edit) -> list[str]:
    return [re.sub(r"\r\n|\r|\n", ("\r\n", "\n", "\r")[edit.pick % 3], editor.text)]


_ODD = (
    *("\f", "\u2028", "\0", "\ufeff", "\t", "\x85", "\x0b", "\x1c", "\xa0", "é", "😀", "\ud800"),
    *("\\", "\u2029", "\f", "\u2028", "\t", "\r", "ﬁ", "e\u0301", " ", "\f\f", "\x1a", "\u200b"),
)


def _odd_character(editor: Editor, edit: Edit) -> list[str]:
    at = _offset(editor.text, edit)
    place = edit.size % 4
    if place == 1:
        at = editor.text.rfind("\n", 0, at) + 1
    elif place == 2:
        at = max(editor.text.find("\n", at), 0)
    elif place == 3 and edit.size == 3:
        at = (0, len(editor.text))[edit.at % 2]
    return [editor.text[:at] + _ODD[edit.pick % len(_ODD)] + editor.text[at:]]


def _decorate(editor: Editor, edit: Edit) -> list[str]:
    """A decorator, or `async`, before a definition, or one taken away."""
    lines = _lines(editor.text)
    found = [i for i, line in enumerate(lines) if line.lstrip().startswith(("def ", "class ", "@"))]
    if not found:
        return []
    index = found[edit.pick % len(found)]
    line = lines[index]
    if line.lstrip().startswith("@"):
        return [_joined(lines, index, index + 1, [])]
    indent = _indent(line)
    if edit.size % 5 == 4:
        return [_joined(lines, index, index + 1, [indent + "async " + line[len(indent) :]])]
    decorators = ("@F.udf('string')", "@cache", "@staticmethod", "@", "@x(1)  # why", "@F.udf")
    new = indent + decorators[edit.pick // 3 % len(decorators)] + _ending(editor.text, edit)
    return [_joined(lines, index, index, [new])]


def _end(editor: Editor, edit: Edit) -> list[str]:
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
    return [editor.text.rstrip() + ends[edit.pick % len(ends)]]


def _blank(editor: Editor, edit: Edit) -> list[str]:
    """Blank lines and comments at any depth."""
    lines = _lines(editor.text)
    index = _line_at(lines, edit)
    new = ("\n", "    \n", "# note\n", "      # odd\n", "\f\n", "\n\n\n", "\t\n", "    # {{ x }}\n")
    line = new[edit.pick % len(new)].replace("\n", _ending(editor.text, edit))
    return [_joined(lines, index, index, [line])]


def _back(editor: Editor, edit: Edit) -> list[str]:
    """Undo and redo: any version that there was, the last ones more often."""
    if edit.size == 1:
        return [editor.versions[max(len(editor.versions) - 2, 0)]]
    return [editor.versions[edit.pick % len(editor.versions)]]


def _replace(_editor: Editor, edit: Edit) -> list[str]:
    bases = all_bases()
    return [bases[edit.pick % len(bases)].text]


KINDS: dict[str, Callable[[Editor, Edit], list[str]]] = {
    "delete": _lines_changed(lambda _lines, _edit: []),
    "duplicate": _lines_changed(lambda lines, _edit: [*lines, *lines]),
    "move": _move,
    "swap": _swap,
    "comment": _lines_changed(_commented),
    "uncomment": _uncomment,
    "indent": _lines_changed(_indented),
    "dedent": _lines_changed(_dedented),
    "wrap": _wrap,
    "unwrap": _unwrap,
    "insert": _insert,
    "insert block": _insert_block,
    "paste": _paste,
    "token": _token,
    "rename": _rename,
    "type": _type,
    "retype": _retype,
    "erase": _erase,
    "erase break": _erase_break,
    "break line": _break_line,
    "open": _open,
    "repair": _repair,
    "line break": _line_break,
    "all line breaks": _all_line_breaks,
    "odd character": _odd_character,
    "decorate": _decorate,
    "end": _end,
    "blank": _blank,
    "back": _back,
    "replace": _replace,
}
_WEIGHTS = dict.fromkeys(KINDS, 4) | {
    "token": 20,
    "insert": 14,
    "delete": 8,
    "back": 10,
    "repair": 8,
    "open": 7,
    "rename": 6,
    "type": 2,
    "retype": 2,
    "replace": 1,
    "all line breaks": 1,
    "line break": 3,
    "wrap": 8,
}
