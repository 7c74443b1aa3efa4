"""libcst's parser, which trips over a few texts that are Python."""

from __future__ import annotations

import libcst as cst


def parse_module(code: str) -> cst.Module | None:
    """libcst's tree of a text without a byte order mark; None when libcst does not read it."""
    try:
        return cst.parse_module(code)
    except (cst.ParserSyntaxError, cst.CSTValidationError, TypeError, ValueError):
        # TypeError and ValueError: libcst's own validation trips over a few rare valid forms
        # (`() if 0 else(lambda:())`, lone surrogates); the analysis does without a tree then.
        return None
