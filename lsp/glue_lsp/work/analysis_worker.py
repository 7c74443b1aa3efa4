"""The process that analyses long texts: pickled (text, options) on stdin, pickled facts on stdout; ends with its parent."""

from __future__ import annotations

import pickle
import struct
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

LENGTH = struct.Struct(">Q")
"""What stands before each pickle: how many bytes it has."""


def packed(value: Any) -> bytes:
    """A value as it goes over the pipe."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def run(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each text by its facts."""
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        text, options = pickle.loads(requests.read(length))  # noqa: S301 - the parent wrote it
        answers.write(packed(_facts(text, options)))
        answers.flush()


def _facts(text: str, options: Any) -> ModelFacts:
    from glue_compiler.analysis import analyze

    return analyze(text, options)


if __name__ == "__main__":
    run(sys.stdin.buffer, sys.stdout.buffer)
