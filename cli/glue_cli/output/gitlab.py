"""A GitLab code quality report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_cli.report import Report

_SEVERITIES = {"error": "critical", "warning": "major", "information": "minor", "hint": "info"}


def lines(report: Report, color: bool) -> Iterator[str]:
    """The whole JSON array.

    Fingerprints do not hold line numbers, so that a finding stays the same when code moves.
    """
    del color
    seen: Counter[str] = Counter()
    issues = []
    for file, diagnostic in report.findings():
        line = file.source.line_of(diagnostic.span.start)
        identity = "\0".join(
            (file.path, diagnostic.code, diagnostic.message, file.source.line_text(line).strip())
        )
        seen[identity] += 1
        digest = hashlib.sha256(f"{identity}\0{seen[identity]}".encode(errors="replace"))
        issues.append(
            {
                "description": f"{diagnostic.code}: {diagnostic.message}",
                "check_name": diagnostic.name,
                "fingerprint": digest.hexdigest(),
                "severity": _SEVERITIES[diagnostic.severity.value],
                "location": {
                    "path": file.path,
                    "lines": {
                        "begin": line,
                        "end": file.source.line_of(diagnostic.span.end),
                    },
                },
            }
        )
    yield json.dumps(issues, indent=2, ensure_ascii=False)
