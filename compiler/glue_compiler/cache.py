"""Facts kept on disk by the hash of the text, the options and the version of the facts."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze
from glue_compiler.facts import FACTS_VERSION, ModelFacts

if TYPE_CHECKING:
    from glue_compiler.options import AnalysisOptions
    from glue_compiler.source import SourceText

_LOG = logging.getLogger(__name__)


class FactsCache:
    """A folder of facts. Anything unreadable in it counts as absent; a full disk is no error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def facts(self, source: SourceText, options: AnalysisOptions) -> ModelFacts:
        """The facts of a text: those kept, or new ones, which are then kept."""
        path = self._path(source, options)
        kept = self._read(path)
        if kept is not None and kept.source_hash == source.hash:
            return kept
        facts = analyze(source, options)
        self._write(path, facts)
        return facts

    def _path(self, source: SourceText, options: AnalysisOptions) -> Path:
        text = json.dumps([FACTS_VERSION, analyzer_hash(), source.hash, astuple(options)])
        name = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return self.folder / name[:2] / f"{name}.json"

    def _read(self, path: Path) -> ModelFacts | None:
        try:
            return ModelFacts.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, path: Path, facts: ModelFacts) -> None:
        """Write beside and rename, so that another process never reads half a file."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=path.parent, delete=False
            ) as file:
                file.write(facts.to_json())
            os.replace(file.name, path)  # noqa: PTH105 - Path.replace says the same
        except OSError as error:
            _LOG.debug("facts were not kept: %s", error)


@cache
def analyzer_hash() -> str:
    """A digest of the compiler's own code and tables, so that an update forgets old facts."""
    home = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for pattern in ("*.py", "flow/*.py", "knowledge/*.py", "knowledge/data/*.json"):
        for path in sorted(home.glob(pattern)):
            stat = path.stat()
            digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
