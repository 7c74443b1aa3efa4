"""What dbt compiles a node of the manifest to, wherever the running command has not compiled it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

__all__ = ["compiled_code"]


def compiled_code(config: Any, manifest: Any, node: Any) -> str:
    """The code of a node as dbt compiles it, with the ephemeral models that it reads as CTEs before it.

    `config` is dbt's RuntimeConfig. Raises CompilationError as dbt does.
    """
    # The caller's compiler: only where dbt-core has a manifest to be compiled, and nowhere else in the adapter.
    from dbt.compilation import Compiler

    # A copy: other threads may be compiling the node.
    own = deepcopy(node)
    own.compiled = own.extra_ctes_injected = False
    own.compiled_code = own._pre_injected_sql = None
    own.extra_ctes = []
    return str(Compiler(config).compile_node(own, manifest, {}, write=False).compiled_code)
