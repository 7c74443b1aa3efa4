"""Whether a model asks what a name holds before it uses it: then nothing is certain about that use."""

from __future__ import annotations

import re


def asked_about(name: str | None, text: str) -> bool:
    """Whether the text compares a name with None, tests it alone, or asks for its type."""
    if name is None or not name.isidentifier():
        return False
    pattern = (
        rf"\b(?:callable|isinstance|issubclass|type|hasattr)\s*\(\s*{name}\b"
        rf"|\b{name}\s+is\b|\b(?:if|elif|while|and|or|not|assert)\s+{name}\s*(?:[:)\]]|and\b|or\b|else\b|$)"
    )
    return re.search(pattern, text, re.MULTILINE) is not None
