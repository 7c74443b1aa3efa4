"""Which build of the compiler this is, so that nothing cached by another build is believed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

VERSION = "0.1.0"


@cache
def build_stamp() -> str:
    """The version and the age of the newest module: changes with every edit of an editable install."""
    newest = 0
    stack = [str(Path(__file__).parent)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        stack.append(entry.path)
                elif entry.name.endswith((".py", ".json", ".toml", ".txt")):
                    newest = max(newest, entry.stat().st_mtime_ns)
    return f"{VERSION}+{newest:x}"
