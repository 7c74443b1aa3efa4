"""Where a bracket is closed, in a text that is Python."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"#[^\r\n]*"
    r"|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    r"|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.DOTALL,
)


def closing_bracket(text: str, opening: int) -> int:
    """The offset of the bracket that closes the one at an offset; the end of the text when none does."""
    depth = 0
    for token in _TOKEN.finditer(text, opening):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth <= 0:
                return token.start()
    return len(text)
