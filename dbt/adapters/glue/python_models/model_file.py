"""The file of a Python model: its text as the editor has it, and its path as dbt shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ModelFile"]

logger = AdapterLogger("Glue")


@dataclass(frozen=True)
class ModelFile:
    """A Python model's file: its text with the white space that dbt strips, and its path from the project's root.

    With the text of the file itself, a line of a traceback is the line in the editor. `own` tells
    that it is of the root project, and not of a package.
    """

    path: str
    source: SourceText
    own: bool = True

    @classmethod
    def of(cls, parsed_model: Mapping[str, Any], root: Path, *, own: bool) -> ModelFile:
        """The file of a model as dbt describes it, or what dbt has of it where the file says something else."""
        path = Path(str(parsed_model["original_file_path"])).as_posix()
        raw = str(parsed_model["raw_code"])
        try:
            text = (root / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            logger.debug(f"{path} is taken as dbt parsed it: {error}")
        else:
            if text.strip() == raw.strip():
                return cls(path, SourceText(text), own)
        return cls(path, SourceText(raw), own)
