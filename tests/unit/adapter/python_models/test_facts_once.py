"""A text is analysed once in a process: for the check before all models, that of its turn, its plan, and its readers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import glue_compiler
import glue_compiler.analysis
import pytest

from dbt.adapters.glue.relation import GlueRelation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

OPTIONS: Mapping[str, Any] = {
    "file_format": "parquet",
    "partition_by": [],
    "bucket_by": [],
    "buckets": None,
    "options": {},
    "table_properties": {},
}


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each text was analysed since the test began."""
    real, counted = glue_compiler.analysis.analyze, Counter[str]()

    def counting(source: Any, *args: Any, **kwargs: Any) -> Any:
        counted[source if isinstance(source, str) else source.text] += 1
        return real(source, *args, **kwargs)

    monkeypatch.setattr(glue_compiler.analysis, "analyze", counting)
    monkeypatch.setattr(glue_compiler, "analyze", counting)
    return counted


def test_preflight_check_and_program_share_the_facts(
    project: Path,
    models_of: Callable[..., Any],
    node_of: Callable[..., Any],
    analysed: Counter[str],
) -> None:
    def text(read: str) -> str:
        # The folder's name makes the text one that this process has not seen before.
        return f"def model(dbt, session):\n    # {project}\n    return {read}\n"

    nodes = [
        node_of("first", text("session.range(3)")),
        node_of("second", text("dbt.ref('first').select('id')")),
        node_of("third", text("dbt.ref('second').filter('id > 1')")),
        node_of("lent", text("session.range(4)"), package="lent"),
    ]
    models = models_of()
    models.check_selected(nodes, [node.unique_id for node in nodes], None)
    for node in nodes:
        models.check(vars(node), {})
        this = GlueRelation.create(schema="x", identifier=node.name)
        program = models.program(
            vars(node), this, this, {"refs": [], "sources": []}, OPTIONS, False
        )
        assert "__dbt_glue__.run_model(" in program
        if node.package_name == "shop":
            assert analysed[(project / node.original_file_path).read_text()] == 1
    assert len(analysed) == len(nodes)
    assert set(analysed.values()) == {1}
