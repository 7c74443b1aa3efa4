"""What a server loads before it is asked: packages on the loop's thread, where requests import too."""

from __future__ import annotations

import subprocess
import sys

WARM_UP = """
import asyncio
import sys
import threading
from importlib.machinery import PathFinder

from glue_lsp.client.warm_up import warm_up, warm_up_questions
from pygls.protocol import default_converter

loaded, beside = set(), set()


class Watch:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(("glue_", "libcst")):
            spec = PathFinder.find_spec(name, path)
            if spec is not None and spec.submodule_search_locations is not None:
                (loaded if threading.current_thread() is threading.main_thread() else beside).add(name)


async def begin():
    await warm_up(default_converter())
    await warm_up_questions()


sys.meta_path.insert(0, Watch)
asyncio.run(begin())
assert {"glue_compiler.flow", "glue_compiler.rewrites", "glue_compiler.editor.completion"} <= loaded, loaded
print(*sorted(beside), sep="\\n", end="")
"""


def test_no_package_is_imported_beside_the_loop() -> None:
    """A request that imports from the same package might find it gone (`glue_compiler.importing`)."""
    done = subprocess.run(
        [sys.executable, "-c", WARM_UP], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
