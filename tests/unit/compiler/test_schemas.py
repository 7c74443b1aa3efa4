"""Real schemas beside a project: trust, age, what is stale, and the files that hold them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.editor.hover import hover
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.project.load import CACHE_FOLDER, load_project
from glue_compiler.project.real_schema import RealColumn, RealSchema
from glue_compiler.project.schemas import (
    SchemaCache,
    SchemaStore,
    age_text,
    is_stale,
    now_utc,
)
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
ORDERS = RealSchema(
    key="ref:shop.orders",
    relation="analytics.orders",
    columns=(RealColumn("id", "bigint", False), RealColumn("amount", "decimal(10,2)")),
    provenance="catalog",
    fetched_at=now_utc(),
    glue_version="5.0",
)
MODEL = "def model(dbt, session):\n    return dbt.ref('orders').select('id', 'amuont')\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    models = tmp_path / "models"
    models.mkdir()
    (models / "orders.sql").write_text("select 1")
    (models / "report.py").write_text(MODEL)
    (models / "schema.yml").write_text(
        "models:\n  - name: orders\n    columns:\n      - {name: id, description: The key}\n"
        "sources:\n  - name: raw\n    tables: [{name: events}]\n"
    )
    long_ago = (datetime.now(timezone.utc) - timedelta(days=9)).timestamp()
    os.utime(models / "orders.sql", (long_ago, long_ago))
    return tmp_path


def save(root: Path, schema: RealSchema) -> None:
    SchemaCache(root / CACHE_FOLDER).save(schema)


def ago(**time: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**time)).isoformat()


def test_a_schema_survives_its_file(tmp_path: Path) -> None:
    cache = SchemaCache(tmp_path)
    others = [replace(ORDERS, key="ref:Shop.orders"), replace(ORDERS, key="source:a/b.c:d")]
    for schema in (ORDERS, *others):
        cache.save(schema)
    store = cache.load()
    assert {schema.key: schema for schema in store} == {
        item.key: item for item in (ORDERS, *others)
    }
    cache.forget(ORDERS.key)
    cache.forget("ref:never.there")
    assert cache.load().get(ORDERS.key) is None
    assert [path.suffix for path in (tmp_path / "schemas").iterdir()] == [".json", ".json"]


def test_files_that_are_no_schema_do_not_count(tmp_path: Path) -> None:
    cache = SchemaCache(tmp_path)
    cache.save(ORDERS)
    folder = tmp_path / "schemas"
    data = ORDERS.to_dict()
    (folder / "cut.json").write_text(json.dumps(data)[:40])
    (folder / "list.json").write_text("[]")
    for name, change in (
        ("format", {"format": 99}),
        ("zone", {"fetched_at": "2026-11-24T12:00:00"}),
        ("time", {"fetched_at": "soon"}),
        ("origin", {"provenance": "yaml"}),
        ("key", {"unknown": 1}),
    ):
        (folder / f"{name}.json").write_text(json.dumps({**data, **change}))
    assert [schema.key for schema in cache.load()] == [ORDERS.key]


def test_the_later_of_two_schemas_stays_and_changes_the_digest() -> None:
    older = replace(ORDERS, fetched_at=ago(hours=1), columns=())
    store = SchemaStore.of([ORDERS, older])
    assert store.get(ORDERS.key) == ORDERS
    assert store.digest == SchemaStore.of([ORDERS]).digest
    assert store.digest != SchemaStore.of([older]).digest
    assert SchemaStore().digest == ""


def test_stale_is_what_is_old_or_whose_maker_changed() -> None:
    schema = replace(ORDERS, fetched_at="2026-11-24T11:00:00+00:00")
    assert not is_stale(schema, now=NOW)
    assert is_stale(schema, now=NOW, max_age=timedelta(minutes=30))
    assert is_stale(schema, now=NOW, changed_at=NOW - timedelta(minutes=5))
    assert not is_stale(schema, now=NOW, changed_at=NOW - timedelta(hours=2))
    built = replace(schema, built_at="2026-11-24T08:00:00+00:00")
    assert is_stale(built, now=NOW, changed_at=NOW - timedelta(hours=2))
    hashed = replace(schema, source_hash="a")
    assert not is_stale(hashed, now=NOW, source_hash="a")
    assert is_stale(hashed, now=NOW, source_hash="b")


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=3, seconds=50), "3 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_age_is_told_in_words(passed: timedelta, text: str) -> None:
    assert age_text((NOW - passed).isoformat(), NOW) == text


def test_real_columns_count_before_declared_ones_and_keep_their_descriptions(root: Path) -> None:
    before = load_project(root)
    declared = before.columns_of_ref("orders")
    assert declared is not None
    assert declared.provenance == "yaml"
    save(root, ORDERS)
    project = load_project(root)
    assert project.digest != before.digest
    known = project.columns_of_ref("orders")
    assert known is not None
    assert known.complete
    assert [(c.name, c.type, c.provenance) for c in known.columns] == [
        ("id", "bigint", "catalog"),
        ("amount", "decimal(10,2)", "catalog"),
    ]
    assert known.columns[0].description == "The key"
    save(root, replace(ORDERS, key="source:raw.events"))
    source = load_project(root).columns_of_source("raw", "events")
    assert source is not None
    assert source.columns[1].type == "decimal(10,2)"


def test_a_stale_schema_stands_behind_a_contract_and_before_a_mere_list(root: Path) -> None:
    save(root, replace(ORDERS, fetched_at=ago(days=2)))
    known = load_project(root).columns_of_ref("orders")
    assert known is not None
    assert known.stale
    assert known.provenance == "catalog"
    fresh = load_project(root, schema_max_age=72).columns_of_ref("orders")
    assert fresh is not None
    assert not fresh.stale
    (root / "models/schema.yml").write_text(
        "models:\n  - name: orders\n    config: {contract: {enforced: true}}\n"
        "    columns: [{name: key, data_type: int}]\n"
    )
    declared = load_project(root).columns_of_ref("orders")
    assert declared is not None
    assert declared.provenance == "contract"


def test_what_a_model_returned_counts_for_others_once_it_is_saved(root: Path) -> None:
    save(root, replace(ORDERS, fetched_at=ago(hours=2)))
    output = replace(
        ORDERS,
        key="output:shop.orders",
        columns=(RealColumn("total", "int"),),
        provenance="session",
        source_hash="x",
    )
    save(root, replace(output, saved=False))
    known = load_project(root).columns_of_ref("orders")
    assert known is not None
    assert known.provenance == "catalog"
    save(root, output)
    known = load_project(root).columns_of_ref("orders")
    assert known is not None
    assert (known.provenance, known.columns[0].name) == ("session", "total")


def test_a_finding_says_what_it_rests_on(root: Path) -> None:
    def finding() -> tuple[Severity, str]:
        source = SourceText(MODEL)
        found = check(analyze(source), source, load_project(root), path="models/report.py")
        (item,) = [item for item in found if item.code == "GLU601"]
        return item.severity, str(item.help)

    save(root, ORDERS)
    severity, text = finding()
    assert severity is Severity.WARNING
    assert "are those that the Data Catalog has (read " in text
    assert "out of date" not in text
    save(root, replace(ORDERS, fetched_at=ago(days=3), provenance="session"))
    severity, text = finding()
    assert severity is Severity.INFORMATION
    assert "which may be out of date: refresh the schemas" in text


def test_a_hover_says_the_origin_and_the_age(root: Path) -> None:
    save(root, replace(ORDERS, fetched_at=ago(minutes=3, seconds=5), provenance="session"))
    source, project = SourceText(MODEL), load_project(root)
    facts = analyze(source)
    place = MODEL.index("orders")
    found = hover(facts, source, place, FrameSchemas.known(facts, project), project, "5.0")
    assert found is not None
    assert "columns from the session, 3 min ago" in found.text
    assert "| `amount` | decimal(10,2) |" in found.text
