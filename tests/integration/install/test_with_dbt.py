"""As people install it: dbt knows the adapter."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from glue_compiler.build import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def test_dbt_lists_the_adapter_with_its_version(
    installed: Callable[[Sequence[str], bool], Path],
) -> None:
    """An editable installation is left out: dbt looks at the first folder of its adapters only."""
    folder = installed((), True)
    done = subprocess.run(
        [folder / "dbt", "--version"], capture_output=True, text=True, timeout=120, check=True
    )
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    plugins = re.findall(r"^  - (\w+): +([\d.]+)", plain.partition("Plugins:")[2], re.MULTILINE)
    assert ("glue", VERSION) in plugins
    assert "spark" in dict(plugins)
