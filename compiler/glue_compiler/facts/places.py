"""Marks of numbers in facts that are places in the text, or frames."""

from __future__ import annotations

from typing import Annotated

FRAME = "frame"
OFFSET = "offset"

FrameIndex = Annotated[int, FRAME]
"""The index of a frame in `FlowFacts.frames`."""
Offset = Annotated[int, OFFSET]
"""A number of code points from the start of the text."""
