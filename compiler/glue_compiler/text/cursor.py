"""What the text says about a place in it, whether or not it parses: the string, word, calls and statement there."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from glue_compiler.text.shift import common_prefix
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.text.source import SourceText

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
    |(?P<break>\\?(?:\r\n|\r|\n))
    |(?P<string>(?:[rRbBuUfFtT]{1,2})?(?:\"\"\"|'''|"|'))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)
    |(?P<operator>:=|->|[=!<>]=|[^\s\w])""",
    re.VERBOSE,
)
# What decides where a statement begins.
_FRAME = re.compile(
    r"""\#[^\r\n]*
    |(?P<break>\\?(?:\r\n|\r|\n))
    |(?P<quote>\"\"\"|'''|"|')
    |(?P<bracket>[()\[\]{}])""",
    re.VERBOSE,
)
_ENDS = {
    '"': re.compile(r'(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*("|(?=[\r\n])|\Z)'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*('|(?=[\r\n])|\Z)"),
    '"""': re.compile(r'(?:[^\\]|\\[\s\S])*?("""|\Z)'),
    "'''": re.compile(r"(?:[^\\]|\\[\s\S])*?('''|\Z)"),
}
_OPENING = "([{"
_CLOSING = ")]}"
# A line that starts like this begins a statement, even where a bracket before it was never closed.
_STATEMENT = re.compile(
    r"(?:def|class|return|import|from|with|while|raise|assert|del|global|pass|break|continue)\b"
    r"|(?:if|elif|else|for|try|except|finally)\b[^\r\n]*:\s*(?:\#[^\r\n]*)?$"
    r"|@|[A-Za-z_][\w.]*[ \t]+=\s",
    re.MULTILINE,
)


class Token(NamedTuple):
    """A piece of the text; `kind` is name, number, string, operator, comment or break."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StringPart:
    """The string literal around a place: the span of its content, and whether it is closed."""

    content: Span
    quote: str
    prefix: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """An open bracket around a place.

    `callee` is the expression before it (None for a list, tuple or dict), `argument` the number
    of commas before the place, `keyword` the name of the keyword argument that the place is in.
    `after_colon` tells the value from the key in a dict.
    """

    opening: str
    offset: int
    callee: Span | None
    argument: int = 0
    keyword: str | None = None
    after_colon: bool = False
    argument_start: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a text.

    `brackets` are the open ones, the innermost last. `word` is the identifier up to the place,
    `receiver` the expression before the dot that precedes the word. `statement` is the offset of
    the line on which the statement around the place begins.
    """

    offset: int
    statement: int
    word: Span
    string: StringPart | None = None
    in_comment: bool = False
    receiver: Span | None = None
    brackets: tuple[Bracket, ...] = ()


def cursor_at(source: SourceText, offset: int) -> Cursor:
    """What is around an offset; works on any text."""
    text = source.text
    tokens, statement, string, in_comment = _scan(text, offset)
    start = offset
    if string is None and not in_comment and tokens and tokens[-1].kind == "name":
        last = tokens[-1]
        if last.end == offset:
            start = last.start
            tokens = tokens[:-1]
    word = Span(start, offset)
    if string is not None or in_comment:
        receiver = None
    else:
        receiver = _receiver(text, tokens)
    return Cursor(offset, statement, word, string, in_comment, receiver, _brackets(text, tokens))


class _Starts(NamedTuple):
    """Where the statements of a text begin, as far as it was looked at."""

    text: str
    offsets: tuple[int, ...]


_last = _Starts("", (0,))


def _statement_at(text: str, offset: int) -> int:
    """Where the statement around an offset begins.

    What a start depends on stands before the one after it, so those of the last text hold up to where
    this one differs.
    """
    global _last  # replaced as a whole, so that threads may ask at the same time
    known = _last
    equal = len(text) if known.text == text else common_prefix(known.text, text) - 1
    # The one before the last that is not touched: its line is equal to its end.
    kept = max(bisect_right(known.offsets, min(equal, offset)) - 1, 1)
    starts = list(known.offsets[:kept])
    _find_starts(text, offset, starts)
    if len(text) != equal or len(starts) > len(known.offsets):
        _last = _Starts(text, tuple(starts))
    return starts[-1]


def _find_starts(text: str, offset: int, starts: list[int]) -> None:
    """Effect: the starts of statements from the last one on, up to an offset, are added."""
    depth = 0
    position = opened_at = starts[-1]
    while position < offset:
        match = _FRAME.search(text, position)
        if match is None or match.start() >= offset:
            return
        start, position = match.span()
        kind = match.lastgroup
        if kind == "quote":
            ending = _ENDS[match[0]].match(text, position)
            position = len(text) if ending is None else ending.end()
        elif kind == "bracket":
            if match[0] in _CLOSING:
                depth = max(depth - 1, 0)
            else:
                opened_at = opened_at if depth else starts[-1]
                depth += 1
        elif kind == "break" and text[start] != "\\":
            if depth and _begins_statement(text, position, opened_at):
                depth = 0
            if not depth:
                starts.append(position)


def _scan(text: str, offset: int) -> tuple[list[Token], int, StringPart | None, bool]:
    """The tokens of the statement up to the offset, its start, the string or comment there."""
    tokens: list[Token] = []
    depth = 0
    statement = _statement_at(text, offset)
    position = opened_at = statement
    while position < offset:
        match = _TOKEN.search(text, position, len(text))
        if match is None or match.start() >= offset:
            break
        kind = match.lastgroup or "operator"
        start, end = match.span()
        if kind == "string":
            quote = match[0].lstrip("rRbBuUfFtT")
            ending = _ENDS[quote].match(text, end)
            closed = ending is not None and bool(ending[1])
            stop = len(text) if ending is None else ending.end()
            content_end = stop - len(quote) if closed else stop
            if end <= offset <= content_end:
                prefix = match[0][: -len(quote)].lower()
                part = StringPart(Span(end, content_end), quote, prefix, closed)
                return tokens, statement, part, False
            end = stop
        elif kind == "comment":
            if end >= offset:
                return tokens, statement, None, True
            position = end
            continue
        elif kind == "break":
            position = end
            if depth and text[start] != "\\" and _begins_statement(text, end, opened_at):
                depth = 0
            if not depth and text[start] != "\\":
                tokens = []
                statement = end
            continue
        elif match[0] in _OPENING:
            if not depth:
                opened_at = statement
            depth += 1
        elif match[0] in _CLOSING:
            depth = max(depth - 1, 0)
        if end > offset:
            end = offset
        tokens.append(Token(kind, start, end))
        position = match.end() if kind != "string" else end
    return tokens, statement, None, False


def _begins_statement(text: str, start: int, opened_at: int) -> bool:
    """Whether the line at `start` cannot be a continuation of a bracket opened at a line."""
    indent = _indent(text, start)
    if indent > _indent(text, opened_at):
        return False
    return _STATEMENT.match(text, start + indent) is not None


def _indent(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] in " \t\f":
        end += 1
    return end - start


def _brackets(text: str, tokens: list[Token]) -> tuple[Bracket, ...]:
    """The brackets that are open after the tokens."""
    stack: list[tuple[int, list[int]]] = []
    for index, token in enumerate(tokens):
        if token.kind != "operator":
            continue
        char = text[token.start : token.end]
        if char in _OPENING:
            stack.append((index, []))
        elif char in _CLOSING and stack:
            stack.pop()
        elif stack and char in (",", "=", ":"):
            stack[-1][1].append(index)
    return tuple(_bracket(text, tokens, index, marks) for index, marks in stack)


def _bracket(text: str, tokens: list[Token], index: int, marks: list[int]) -> Bracket:
    token = tokens[index]
    commas = [mark for mark in marks if text[tokens[mark].start] == ","]
    start = (commas[-1] if commas else index) + 1
    keyword = None
    after_colon = any(mark >= start and text[tokens[mark].start] == ":" for mark in marks)
    if (
        len(tokens) > start + 1
        and tokens[start].kind == "name"
        and text[tokens[start + 1].start : tokens[start + 1].end] == "="
    ):
        keyword = text[tokens[start].start : tokens[start].end]
    callee = None
    opening = text[token.start]
    if opening in "([":
        callee = _expression_before(text, tokens, index)
    argument_start = tokens[start - 1].end
    return Bracket(opening, token.start, callee, len(commas), keyword, after_colon, argument_start)


def _receiver(text: str, tokens: list[Token]) -> Span | None:
    if not tokens or text[tokens[-1].start : tokens[-1].end] != ".":
        return None
    return _expression_before(text, tokens, len(tokens) - 1)


_KEYWORDS = frozenset(
    {
        *("and", "as", "assert", "await", "del", "elif", "else", "except", "for", "from", "if"),
        *("import", "in", "is", "lambda", "not", "or", "raise", "return", "while", "with", "yield"),
    }
)


def _expression_before(text: str, tokens: list[Token], index: int) -> Span | None:
    """The primary expression (names, dots, calls, subscripts) that ends before a token."""
    if index == 0:
        return None
    at = index - 1
    end = tokens[at].end
    start: int | None = None
    while at >= 0:
        token = tokens[at]
        char = text[token.start : token.end]
        if token.kind == "operator" and char in _CLOSING:
            opening = _opening_of(text, tokens, at)
            if opening is None:
                break
            at = opening
            start = tokens[at].start
            if text[start] == "{":
                break
            if at and _continues(text, tokens[at - 1]):
                at -= 1
                continue
            break
        if token.kind in ("name", "string", "number"):
            if char in _KEYWORDS:
                break
            start = token.start
            if at and text[tokens[at - 1].start : tokens[at - 1].end] == ".":
                at -= 2
                continue
            break
        break
    return None if start is None or start >= end else Span(start, end)


def _continues(text: str, token: Token) -> bool:
    """Whether a bracket after this token is a call or a subscript of it."""
    char = text[token.start : token.end]
    if token.kind == "name":
        return char not in _KEYWORDS
    return token.kind == "string" or char in (")", "]")


def _opening_of(text: str, tokens: list[Token], closing: int) -> int | None:
    depth = 0
    for index in range(closing, -1, -1):
        token = tokens[index]
        if token.kind != "operator":
            continue
        char = text[token.start : token.end]
        if char in _CLOSING:
            depth += 1
        elif char in _OPENING:
            depth -= 1
            if not depth:
                return index
    return None
