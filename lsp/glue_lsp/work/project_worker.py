"""The process that checks whole projects: `{op: "check", root, overrides, files}` is answered by an event for each file.

It is a process because a check of hundreds of models would hold the interpreter's lock, and with
it every hover.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_lsp.work.serving import serve

if TYPE_CHECKING:
    from glue_compiler.project.surroundings import Overrides
    from glue_compiler.workspace import Workspace

    from glue_lsp.work.serving import Request


def overrides_as_json(overrides: Overrides) -> dict[str, Any]:
    """What the editor's user has set, for a request."""
    return {
        "values": dict(overrides.values),
        "where": overrides.where,
        "profile": asdict(overrides.profile),
    }


def check_files(request: Request) -> None:
    """Tell `{event: "file", file, hash, diagnostics}` of each file, until the request is cancelled."""
    from glue_compiler.project.profiles import ProfileChoice
    from glue_compiler.project.surroundings import Overrides, read_surroundings
    from glue_compiler.rules import rule_names
    from glue_compiler.workspace import Workspace

    root = Path(request.parameters["root"])
    given = request.parameters["overrides"]
    overrides = Overrides(
        given["values"], given["where"], profile=ProfileChoice(**given["profile"])
    )
    workspace = Workspace(read_surroundings(root, rule_names(), overrides))
    for name in request.parameters["files"]:
        if request.cancelled:
            return
        request.tell("file", file=name, **_findings_in(root / name, name, workspace))


def _findings_in(path: Path, name: str, workspace: Workspace) -> dict[str, Any]:
    from glue_compiler.text.source import SourceText

    try:
        source = SourceText.from_bytes(path.read_bytes())
    except OSError:
        return {"hash": None, "diagnostics": []}
    found = workspace.findings(name, source)
    return {"hash": source.hash, "diagnostics": [item.to_dict() for item in found]}


if __name__ == "__main__":
    serve({"check": check_files})
