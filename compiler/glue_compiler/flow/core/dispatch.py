"""An interpretation with its libraries: what decides whose meaning counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.interpretation import Interpretation

if TYPE_CHECKING:
    from glue_compiler.facts.model import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.library import Libraries
    from glue_compiler.flow.core.record import Recorder


class Dispatch(Interpretation):
    """An interpretation as the constructs of the language see it, which serve every library."""

    def __init__(
        self, module: Module, recorder: Recorder, world: World, libraries: Libraries
    ) -> None:
        super().__init__(module, recorder, world, libraries.engine, libraries.frame_types)
        self.libraries = libraries
        self.meanings = libraries.meanings
