"""The compiler of dbt Python models on AWS Glue: text and knowledge in; facts, diagnostics and programs out.

The public names are imported when they are first used, so that `import glue_compiler` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.analysis import analyze as analyze
    from glue_compiler.facts.model import ModelFacts as ModelFacts
    from glue_compiler.facts.options import AnalysisOptions as AnalysisOptions
    from glue_compiler.findings.diagnostics import Diagnostic as Diagnostic
    from glue_compiler.findings.diagnostics import Edit as Edit
    from glue_compiler.findings.diagnostics import Fix as Fix
    from glue_compiler.findings.diagnostics import Severity as Severity
    from glue_compiler.text.source import SourceText as SourceText
    from glue_compiler.text.source import Span as Span

_HOMES = {
    "AnalysisOptions": "options",
    "Diagnostic": "diagnostics",
    "Edit": "diagnostics",
    "Fix": "diagnostics",
    "ModelFacts": "facts",
    "Severity": "diagnostics",
    "SourceText": "source",
    "Span": "source",
    "analyze": "analysis",
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
