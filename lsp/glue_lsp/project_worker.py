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

    from glue_compiler.workspace import Workspace


def run(requests: TextIO, answers: TextIO) -> None:
    """Answer each request `{root, editor, files}` by a line per file, then `{"done": true}`."""
    from glue_compiler.workspace import Workspace

    from glue_lsp.configuration import EditorSettings
    from glue_lsp.roots import read_around

    for line in requests:
        request = json.loads(line)
        root = Path(request["root"])
        workspace = Workspace(read_around(root, EditorSettings(**request["editor"])))
        for name in request["files"]:
            answer = _check(root / name, name, workspace)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        answers.write('{"done": true}\n')
        answers.flush()


def _check(path: Path, name: str, workspace: Workspace) -> dict[str, Any]:
    from glue_compiler.text.source import SourceText

    try:
        source = SourceText.from_bytes(path.read_bytes())
    except OSError as error:
        return {"file": name, "hash": None, "error": str(error), "diagnostics": []}
    found = workspace.findings(name, source)
    return {"file": name, "hash": source.hash, "diagnostics": [item.to_dict() for item in found]}


if __name__ == "__main__":
    run(sys.stdin, sys.stdout)
