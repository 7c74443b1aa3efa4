"""The process of `dbt-glue doctor`: one request as a line of JSON on stdin, answers as lines on stdout.

The request is `{id, root, profilesDir?, target?, offline?}`; answers are as those of `dbt.adapters.glue.validation`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def main() -> None:
    """Answers one request; whatever a library prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps({"id": request.get("id"), **message}, default=str) + "\n")
        answers.flush()

    from dbt_common.exceptions import DbtBaseException
    from glue_compiler.project.profiles import ProfileChoice

    from dbt.adapters.glue.migration.report import NoProject, project_report

    try:
        result = project_report(
            Path(request["root"]),
            ProfileChoice(request.get("profilesDir"), None, request.get("target")),
            offline=bool(request.get("offline")),
            tell=lambda message: send({"event": "progress", "message": message}),
        )
    except NoProject as error:
        send({"event": "result", "ok": False, "error": str(error)})
    except DbtBaseException as error:
        send({"event": "result", "ok": False, "error": str(getattr(error, "msg", error))})
    except Exception as error:  # noqa: BLE001 - told to who asked, with where it came from on stderr
        traceback.print_exc()
        said = f"internal error: {type(error).__name__}: {error}"
        send({"event": "result", "ok": False, "error": said})
    else:
        send({"event": "result", "ok": True, "result": result})


if __name__ == "__main__":
    main()
