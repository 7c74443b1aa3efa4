"""Edits of characters and tokens: names, operators, what is typed, opened, closed, and line breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.unit.compiler.edited_text import (
    KEYWORDS,
    TOKEN,
    Edit,
    bound_names_in,
    filled,
    indent_for,
    indent_of,
    joined,
    line_at,
    line_break_of,
    lines_of,
    names_in,
    offset_of,
)
from tests.unit.compiler.typed_lines import STATEMENTS

if TYPE_CHECKING:
    from tests.unit.compiler.edited_text import EditedText, EditMaker


def token(it: EditedText, edit: Edit) -> list[str]:
    """Another name, number, text or operator in the place of one."""
    text = it.text
    lines = lines_of(text)
    index = line_at(lines, edit)
    start = sum(map(len, lines[:index]))
    found = list(TOKEN.finditer(text, start, start + len(lines[index]) if lines else 0))
    if not found:
        return []
    match = found[edit.pick % len(found)]
    if edit.size > 1:
        # What is no operator and no keyword more often than not: the text stays Python then.
        found = [m for m in found if _is_operand(m[0])] or found
        match = found[edit.pick % len(found)]
    new = _other_token(match[0], text, edit)
    return [text[: match.start()] + new + text[match.end() :]]


def _is_operand(token: str) -> bool:
    return token not in KEYWORDS and (token[0].isalnum() or token[0] in "_'\"")


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
        return str(texts[number % len(texts)])
    if token in KEYWORDS:
        words = ("if", "for", "return", "not", "None", "in", "while", "pass", "True", "is")
        return words[number % len(words)]
    if token[0].isalpha() or token[0] == "_":
        names = [
            *(bound_names_in(text) * 3),
            *names_in(text),
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


_OPPOSITES = (
    *(("dbt.is_incremental", "not dbt.is_incremental"), ("not ", ""), ("True", "False")),
    *(("return ", ""), ("return ", "yield "), ("if ", "while "), ("global ", "nonlocal ")),
    *(("inplace=True", "inplace=False"), (".cache()", ""), ("toPandas", "pandas_api")),
    *(("==", "!="), (" and ", " or "), ("break", "continue"), ("else:", "finally:")),
    *(("TempView", "GlobalTempView"), ("def ", "class "), ("import ", "from x import ")),
    *(("dbt, session", "dbt, session, *more"), ("['x']", ".x"), ("=", "+="), ("'left'", "'anti'")),
    *(("select", "drop"), ("dbt.ref(", "session.table("), ("for ", "async for "), ("'id'", "'iD'")),
)


def toggle(it: EditedText, edit: Edit) -> list[str]:
    """Little that means a lot: `not`, `return`, `inplace`, the other way round."""
    found = [
        (match.start(), old, new)
        for pair in _OPPOSITES
        for old, new in (pair, pair[::-1])
        if old
        for match in re.finditer(re.escape(old), it.text)
    ]
    if not found:
        return []
    start, old, new = found[edit.pick % len(found)]
    return [it.text[:start] + new + it.text[start + len(old) :]]


def rename(it: EditedText, edit: Edit) -> list[str]:
    """All occurrences of a name, or those after some place, become another."""
    text = it.text
    names = names_in(text)
    old = names[edit.pick % len(names)]
    new = (old + "2", names[(edit.pick // 3) % len(names)], "fresh", old[:-1] or "q")[edit.size % 4]
    start = 0 if edit.size % 2 else offset_of(text, edit)
    return [text[:start] + re.sub(rf"\b{old}\b", new, text[start:])]


def type_statement(it: EditedText, edit: Edit) -> list[str]:
    """A statement, some characters at a time, on a new line."""
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    statement = filled(STATEMENTS[edit.pick % len(STATEMENTS)], it.text, edit)
    line = indent_for(lines, index, edit) + statement.split("\n")[0][:60]
    break_ = line_break_of(it.text, edit)
    step = 1 + edit.size % 5
    return [
        joined(lines, index, index, [line[:end] + break_])
        for end in (*range(len(indent_of(line)), len(line), step), len(line))
    ]


def retype(it: EditedText, edit: Edit) -> list[str]:
    """The end of a line is taken away, some characters at a time, and typed again."""
    lines = lines_of(it.text)
    if not lines:
        return []
    index = line_at(lines, edit)
    line = lines[index].rstrip("\r\n")
    break_ = lines[index][len(line) :]
    least = max(len(line) - 4 * edit.size, 0)
    step = 1 + edit.pick % 4
    ends = [*range(len(line), least, -step), least]
    back = ends[::-1] if edit.pick % 3 else ends[::-1][: 1 + edit.size // 2]
    return [joined(lines, index, index + 1, [line[:end] + break_]) for end in [*ends, *back]]


def erase(it: EditedText, edit: Edit) -> list[str]:
    at = offset_of(it.text, edit)
    return [it.text[:at] + it.text[at + edit.size :]]


def erase_break(it: EditedText, edit: Edit) -> list[str]:
    """Two lines become one, at times with a semicolon or a backslash between."""
    lines = lines_of(it.text)
    index = line_at(lines, edit)
    if index + 1 >= len(lines):
        return []
    line, following = lines[index].rstrip("\r\n"), lines[index + 1]
    break_ = lines[index][len(line) :]
    between = ("", "; ", " \\" + break_, ";" + break_)[edit.pick % 4]
    if edit.pick % 4 < 2:
        following = following.lstrip(" \t")
    return [joined(lines, index, index + 2, [line + between + following])]


def break_line(it: EditedText, edit: Edit) -> list[str]:
    at = offset_of(it.text, edit)
    found = it.text.find("; ", at)
    if found >= 0 and edit.size % 2:
        at = found + 2
    indent = indent_of(lines_of(it.text)[line_at(lines_of(it.text), edit)]) if it.text else ""
    return [it.text[:at] + line_break_of(it.text, edit) + indent + it.text[at:]]


def open_something(it: EditedText, edit: Edit) -> list[str]:
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
    at = offset_of(it.text, edit)
    if edit.size % 3 == 0:
        at = it.text.rfind("\n", 0, at) + 1
    text = it.text[:at] + token + it.text[at:]
    it.become(text)
    it.opened.append((at, token))
    return []


def repair(it: EditedText, edit: Edit) -> list[str]:
    """What was opened goes away again, the last first, or is closed."""
    if not it.opened:
        return []
    at, token = it.opened.pop()
    closing = {"(": ")", "[": "]", "{": "}", "f'''": "'''", "(x for": " x in [])", "lambda: (": ")"}
    if edit.pick % 3 == 0 and token not in ("\\", "# ", "if "):
        end = re.compile(r"[\r\n]|\Z").search(it.text, at)
        stop = end.start() if end else len(it.text)
        return [it.text[:stop] + closing.get(token, token) + it.text[stop:]]
    return [it.text[:at] + it.text[at + len(token) :]]


_BREAKS = ("\r\n", "\n", "\r", "\n\n", "\f\n", "\u2028", "\r\r\n")


def line_break(it: EditedText, edit: Edit) -> list[str]:
    lines = lines_of(it.text)
    if not lines:
        return []
    index = line_at(lines, edit)
    line = lines[index].rstrip("\r\n") + _BREAKS[edit.pick % len(_BREAKS)]
    return [joined(lines, index, index + 1, [line])]


def all_line_breaks(it: EditedText, edit: Edit) -> list[str]:
    return [re.sub(r"\r\n|\r|\n", ("\r\n", "\n", "\r")[edit.pick % 3], it.text)]


_ODD = (
    *("\f", "\u2028", "\0", "\ufeff", "\t", "\x85", "\x0b", "\x1c", "\xa0", "é", "😀", "\ud800"),
    *("\\", "\u2029", "\f", "\u2028", "\t", "\r", "ﬁ", "e\u0301", " ", "\f\f", "\x1a", "\u200b"),
)


def odd_character(it: EditedText, edit: Edit) -> list[str]:
    at = offset_of(it.text, edit)
    place = edit.size % 4
    if place == 1:
        at = it.text.rfind("\n", 0, at) + 1
    elif place == 2:
        at = max(it.text.find("\n", at), 0)
    elif place == 3 and edit.size == 3:
        at = (0, len(it.text))[edit.at % 2]
    return [it.text[:at] + _ODD[edit.pick % len(_ODD)] + it.text[at:]]


CHARACTER_EDITS: dict[str, tuple[int, EditMaker]] = {
    "token": (20, token),
    "toggle": (10, toggle),
    "rename": (8, rename),
    "type": (2, type_statement),
    "retype": (2, retype),
    "erase": (3, erase),
    "erase break": (3, erase_break),
    "break line": (3, break_line),
    "open": (8, open_something),
    "repair": (6, repair),
    "line break": (3, line_break),
    "all line breaks": (1, all_line_breaks),
    "odd character": (4, odd_character),
}
"""The kinds by name, with how often one is made."""
