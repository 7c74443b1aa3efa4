"""Whether a model asks what a name holds, or whether a column is there, before it uses it: then nothing is certain about that use."""

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


def column_asked_about(name: str, text: str) -> bool:
    """Whether the text asks whether a column of this name is there: `"name" in frame.columns`, a set that is a part of others."""
    quoted = rf"""["']{re.escape(name)}["']"""
    held = re.findall(rf"\b([A-Za-z_]\w*)\s*(?::[^=\n]*)?=\s*{quoted}", text)
    names = "|".join([quoted, *(rf"\b{one}" for one in held)])
    sets = r"\b(?:issubset|issuperset|intersection|difference)\b"
    pattern = (
        rf"(?:{names})\s+(?:not\s+)?in\b|{quoted}[^\n]*(?:{sets}|<=?\s*set\()|{sets}[^\n]*{quoted}"
    )
    return re.search(pattern, text) is not None
