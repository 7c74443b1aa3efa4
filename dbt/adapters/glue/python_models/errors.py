"""How a Python model ends that cannot run, and one that failed."""

from __future__ import annotations

from dbt_common.exceptions import CompilationError, DbtRuntimeError

__all__ = ["PythonModelError", "PythonModelRefused"]


class PythonModelRefused(CompilationError):
    """A model cannot run. The findings name its lines; the macros that asked for the checks are no part of it."""

    def process_stack(self) -> list[str]:
        return []


class PythonModelError(DbtRuntimeError):
    """A model failed in the session: the author's lines and the reason."""
