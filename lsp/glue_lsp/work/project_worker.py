"""The process that checks whole projects: `{op: "check", root, editor, files}` is answered by an event for each file.

It is a process because a check of hundreds of models would hold the interpreter's lock, and with
it every hover.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_lsp.work.serving import serve

if TYPE_CHECKING:
    from glue_lsp.work.serving import Request


def check_files(request: Request) -> None:
    """Tell `{event: "file", file, hash, diagnostics}` of each file, until the request is cancelled."""
    from glue_lsp.session.configuration import EditorSettings
    from glue_lsp.session.roots import read_surroundings

    root = Path(request.parameters["root"])
    surroundings = read_surroundings(root, EditorSettings(check=request.parameters["editor"]))
    for name in request.parameters["files"]:
        if request.cancelled:
            return
        request.tell("file", file=name, **_found_in(root / name, name, surroundings))


def _found_in(path: Path, name: str, surroundings: Any) -> dict[str, Any]:
    from glue_compiler.analysis import analyze
    from glue_compiler.checks.check import check
    from glue_compiler.schemas.upstream import ProjectFiles
    from glue_compiler.text.source import SourceText

    try:
        source = SourceText.from_bytes(path.read_bytes())
    except OSError:
        return {"hash": None, "diagnostics": []}
    options = surroundings.settings.options
    facts = analyze(source, options)
    upstream = ProjectFiles(path.parents[len(Path(name).parts) - 1], options).upstream()
    found = check(
        facts, source, surroundings.project, surroundings.settings, path=name, upstream=upstream
    )
    return {"hash": source.hash, "diagnostics": [item.to_dict() for item in found]}


if __name__ == "__main__":
    serve({"check": check_files})
