"""The text of a model file: lines, spans, positions in every encoding an editor may ask for."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """A half-open range of code points of a text."""

    start: int
    end: int

    def contains(self, offset: int) -> bool:
        """Whether the offset is inside, or at the end, where an editor's caret counts as inside."""
        return self.start <= offset <= self.end

    def covers(self, other: Span) -> bool:
        """Whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end


class SourceText:
    """An immutable text with an index of its lines.

    Lines end at `\\r\\n`, `\\r` or `\\n` only, as for Python and for LSP; `str.splitlines` also
    breaks at form feeds and U+2028 and must not be used on models.
    """

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def from_bytes(cls, data: bytes) -> SourceText:
        """The text of a file, which dbt-core reads as UTF-8 whatever its coding comment says.

        A byte order mark stays in the text as U+FEFF, because dbt-core chokes on it and so it
        must be visible to the checks. Bytes that are not UTF-8 become U+FFFD; `undecodable`
        tells where the first one was.
        """
        try:
            return cls(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            source = cls(data.decode("utf-8", errors="replace"))
            source.__dict__["undecodable"] = len(data[: error.start].decode("utf-8"))
            return source

    @property
    def undecodable(self) -> int | None:
        """The offset of the first byte that could not be decoded, if there was one."""
        offset = self.__dict__.get("undecodable")
        return offset if isinstance(offset, int) else None

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins; line 1 is the first element."""
        text = self.text
        if "\r" not in text:
            lengths = [len(line) + 1 for line in text.split("\n")]
            lengths.pop()
            return list(accumulate(lengths, initial=0))
        return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]

    @cached_property
    def is_ascii(self) -> bool:
        """Whether offsets, UTF-8 bytes and UTF-16 units all coincide."""
        return self.text.isascii()

    @cached_property
    def hash(self) -> str:
        """A hexadecimal digest of the content (128 bits of BLAKE2b)."""
        data = self.text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=16).hexdigest()

    @property
    def line_count(self) -> int:
        """The number of lines; a text that ends in a line break has an empty last line."""
        return len(self.line_starts)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds an offset."""
        return bisect_right(self.line_starts, max(0, min(offset, len(self.text))))

    def line_span(self, line: int) -> Span:
        """The span of a 1-based line without its line break; clamped to the text."""
        starts = self.line_starts
        index = max(0, min(line - 1, len(starts) - 1))
        start = starts[index]
        if index + 1 == len(starts):
            return Span(start, len(self.text))
        end = starts[index + 1]
        if self.text[end - 1] == "\n":
            end -= 1
            if end > start and self.text[end - 1] == "\r":
                end -= 1
        else:
            end -= 1
        return Span(start, end)

    def line_text(self, line: int) -> str:
        """The text of a 1-based line without its line break."""
        return self.slice(self.line_span(line))

    def line_column(self, offset: int) -> tuple[int, int]:
        """The 1-based line and the 0-based column, in code points, of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1]

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and a 0-based code point column, clamped to the line."""
        span = self.line_span(line)
        return max(span.start, min(span.start + column, span.end))

    def offset_of_utf8(self, line: int, byte_column: int) -> int:
        """The offset of a 1-based line and a column in UTF-8 bytes, as CPython's `ast` counts."""
        span = self.line_span(line)
        if self.is_ascii:
            return min(span.start + byte_column, span.end)
        text = self.text[span.start : span.end]
        if text.isascii():
            return min(span.start + byte_column, span.end)
        head = text.encode("utf-8", "surrogatepass")[:byte_column]
        return span.start + len(head.decode("utf-8", "ignore"))

    def to_position(self, offset: int, encoding: PositionEncoding = "utf-16") -> tuple[int, int]:
        """The 0-based line and character of an offset, as the language server protocol counts."""
        line, column = self.line_column(offset)
        if encoding == "utf-32" or self.is_ascii:
            return line - 1, column
        start = self.line_starts[line - 1]
        return line - 1, _units(self.text[start : start + column], encoding)

    def from_position(
        self, line: int, character: int, encoding: PositionEncoding = "utf-16"
    ) -> int:
        """The offset of a 0-based line and character; beyond the end of a line means its end.

        A character in the middle of a code point is moved to its start.
        """
        if line < 0:
            return 0
        if line >= len(self.line_starts):
            return len(self.text)
        span = self.line_span(line + 1)
        if encoding == "utf-32" or self.is_ascii:
            return min(span.start + max(character, 0), span.end)
        units = 0
        for offset in range(span.start, span.end):
            units += _units(self.text[offset], encoding)
            if units > character:
                return offset
        return span.end


def _units(text: str, encoding: PositionEncoding) -> int:
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(1 for char in text if char > "\uffff")
