"""The process that checks whole projects: requests as JSON lines on stdin, findings on stdout; ends with its parent.

It is a process because a check of hundreds of models would hold the interpreter's lock, and with
it every hover.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TextIO


def run(requests: TextIO, answers: TextIO) -> None:
    """Answer each request `{root, editor, files}` by a line per file, then `{"done": true}`."""
    from glue_lsp.session.configuration import EditorSettings
    from glue_lsp.session.roots import read_surroundings

    for line in requests:
        request = json.loads(line)
        root = Path(request["root"])
        surroundings = read_surroundings(root, EditorSettings(check=request["editor"]))
        for name in request["files"]:
            answer = _check(root / name, name, surroundings)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        answers.write('{"done": true}\n')
        answers.flush()


def _check(path: Path, name: str, surroundings: Any) -> dict[str, Any]:
    from glue_compiler.analysis import analyze
    from glue_compiler.checks.check import check
    from glue_compiler.schemas.upstream import ProjectFiles
    from glue_compiler.text.source import SourceText

    try:
        source = SourceText.from_bytes(path.read_bytes())
    except OSError as error:
        return {"file": name, "hash": None, "error": str(error), "diagnostics": []}
    options = surroundings.settings.options
    facts = analyze(source, options)
    upstream = ProjectFiles(path.parents[len(Path(name).parts) - 1], options).upstream()
    found = check(
        facts, source, surroundings.project, surroundings.settings, path=name, upstream=upstream
    )
    return {"file": name, "hash": source.hash, "diagnostics": [item.to_dict() for item in found]}


if __name__ == "__main__":
    run(sys.stdin, sys.stdout)
