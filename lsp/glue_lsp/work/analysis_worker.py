"""The process that analyses long texts: `{op: "facts", text, options}` is answered by the packed facts."""

from __future__ import annotations

import base64
import pickle
from typing import TYPE_CHECKING

from glue_lsp.work.serving import serve

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

    from glue_lsp.work.serving import Request


def pack_facts(facts: ModelFacts) -> str:
    """Facts as text; pickled, because they are large and both ends are of one installation."""
    return base64.b64encode(pickle.dumps(facts, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def unpack_facts(packed: str) -> ModelFacts:
    """The facts in the text that our own process sent."""
    facts: ModelFacts = pickle.loads(base64.b64decode(packed))  # noqa: S301 - our own child wrote it
    return facts


def answer_with_facts(request: Request) -> str:
    """The packed facts of the request's text."""
    from glue_compiler.analysis import analyze
    from glue_compiler.facts.options import AnalysisOptions

    options = AnalysisOptions(**request.parameters["options"])
    return pack_facts(analyze(request.parameters["text"], options))


if __name__ == "__main__":
    serve({"facts": answer_with_facts})
