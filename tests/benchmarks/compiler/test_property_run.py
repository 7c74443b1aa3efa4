"""The long run of the property tests, 20,000 generated sources: `DBT_GLUE_PROPERTY_EXAMPLES` sets another number."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest


@pytest.mark.timeout(0)
def test_no_generated_source_breaks_a_property() -> None:
    path = Path(__file__).with_name("property_run.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    examples = int(os.environ.get("DBT_GLUE_PROPERTY_EXAMPLES", "20000"))
    assert module.run(examples, os.cpu_count() or 1) == 0
