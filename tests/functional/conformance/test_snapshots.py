"""dbt's own suites of snapshots, on each table format: as shipped, but for the SQL that their fixtures run on the database."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.basic import test_snapshot_check_cols, test_snapshot_timestamp
from dbt.tests.adapter.basic.test_snapshot_check_cols import BaseSnapshotCheckCols
from dbt.tests.adapter.basic.test_snapshot_timestamp import BaseSnapshotTimestamp
from dbt.tests.adapter.hooks.test_model_hooks import (
    BasePrePostModelHooksOnSnapshots,
    BasePrePostSnapshotHooksInConfigKwargs,
)
from dbt.tests.adapter.simple_snapshot import (
    fixtures,
    new_record_dbt_valid_to_current,
    new_record_timestamp_mode,
)
from dbt.tests.adapter.simple_snapshot.new_record_check_mode import BaseSnapshotNewRecordCheckMode
from dbt.tests.adapter.simple_snapshot.new_record_dbt_valid_to_current import (
    BaseSnapshotNewRecordDbtValidToCurrent,
)
from dbt.tests.adapter.simple_snapshot.new_record_timestamp_mode import (
    BaseSnapshotNewRecordTimestampMode,
)
from dbt.tests.adapter.simple_snapshot.test_ephemeral_snapshot_hard_deletes import (
    BaseSnapshotEphemeralHardDeletes,
    BaseSnapshotNewColumnSpecificCheckCols,
    BaseSnapshotNewColumnTimestampStrategy,
    BaseSnapshotNewColumnWithDeletes,
)
from dbt.tests.adapter.simple_snapshot.test_snapshot import BaseSimpleSnapshot, BaseSnapshotCheck
from dbt.tests.adapter.simple_snapshot.test_various_configs import (
    BaseSnapshotColumnNames,
    BaseSnapshotColumnNamesFromDbtProject,
    BaseSnapshotDbtValidToCurrent,
    BaseSnapshotInvalidColumnNames,
    BaseSnapshotMultiUniqueKey,
)
from dbt.tests.util import generate_update_clause, get_connection, relation_from_name
from glue_compiler.knowledge.tables import OPEN_FORMATS

from tests.functional.adapter import spark_dialect
from tests.functional.conformance import on_format

pytestmark = pytest.mark.spark

# A table has no order: where a test counts on that of the rows' coming, it is asked for.
UNORDERED = "select id, test_scd_id, test_valid_to from {schema}.snapshot_actual"
ORDERED = (
    "select id, test_scd_id, test_valid_to from (select *, row_number() over (partition by id order by "
    "test_valid_to) as version from {schema}.snapshot_actual) order by version, id"
)


class OnFormat(on_format.OnFormat):
    dialect: ClassVar[str] = "rows have an order where the test counts on that of their coming"

    @classmethod
    def said_otherwise(cls, adapter: Any, sql: str) -> str:
        schema = adapter.config.credentials.schema
        return sql.replace(UNORDERED.format(schema=schema), ORDERED.format(schema=schema))

    @pytest.fixture(autouse=True)
    def updates_in_sparks_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """How the suites update rows."""

        def update_rows(adapter: Any, wanted: dict[str, Any]) -> None:
            clause = generate_update_clause(adapter, wanted["clause"])
            relation = relation_from_name(adapter, wanted["name"])
            sql = f"update {relation} set {wanted['dst_col']} = {clause} where {wanted['where']}"
            with get_connection(adapter) as connection:
                spark_dialect.run(adapter, sql, None, connection)

        for module in (test_snapshot_check_cols, test_snapshot_timestamp):
            monkeypatch.setattr(module, "update_rows", update_rows)


def without_database(text: str) -> str:
    return text.replace("{{target.database}}.", "")


class OneDatabaseLevel(OnFormat):
    """The suites' snapshots read `database.schema.seed`."""

    dialect: ClassVar[str] = "no database before `schema.seed`"

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        return {"snapshot.sql": without_database(fixtures.snapshot_actual_sql)}


class TestCheckCols(OnFormat, BaseSnapshotCheckCols):
    pass


class TestTimestamp(OnFormat, BaseSnapshotTimestamp):
    every_format = True


class TestSimpleSnapshot(OnFormat, BaseSimpleSnapshot):
    pass


class TestCheck(OnFormat, BaseSnapshotCheck):
    every_format = True


class TestColumnNames(OneDatabaseLevel, BaseSnapshotColumnNames):
    pass


class TestColumnNamesFromDbtProject(OneDatabaseLevel, BaseSnapshotColumnNamesFromDbtProject):
    pass


class TestInvalidColumnNames(OnFormat, BaseSnapshotInvalidColumnNames):
    dialect = OneDatabaseLevel.dialect

    @pytest.fixture(scope="class")
    def snapshots(self, table_format: str) -> dict[str, str]:
        """With a format of its own: the test replaces that of the project."""
        text = without_database(fixtures.snapshot_actual_sql)
        return {"snapshot.sql": text.replace("config(", f"config(file_format='{table_format}',")}


class TestDbtValidToCurrent(OneDatabaseLevel, BaseSnapshotDbtValidToCurrent):
    pass


class TestMultiUniqueKey(OnFormat, BaseSnapshotMultiUniqueKey):
    dialect = OneDatabaseLevel.dialect

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "seed.sql": without_database(fixtures.model_seed_sql),
            "snapshots.yml": fixtures.snapshots_multi_key_yml,
            "ref_snapshot.sql": fixtures.ref_snapshot_sql,
        }


class TestNewRecordTimestampMode(OnFormat, BaseSnapshotNewRecordTimestampMode):
    dialect = OneDatabaseLevel.dialect

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        return {"snapshot.sql": without_database(new_record_timestamp_mode._snapshot_actual_sql)}


class TestNewRecordCheckMode(OneDatabaseLevel, BaseSnapshotNewRecordCheckMode):
    pass


class TestNewRecordDbtValidToCurrent(OnFormat, BaseSnapshotNewRecordDbtValidToCurrent):
    dialect = OneDatabaseLevel.dialect

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        text = new_record_dbt_valid_to_current._snapshot_actual_sql
        return {"snapshot.sql": without_database(text)}


class TestEphemeralHardDeletes(OnFormat, BaseSnapshotEphemeralHardDeletes):
    pass


class TestNewColumnTimestampStrategy(OnFormat, BaseSnapshotNewColumnTimestampStrategy):
    pass


class TestNewColumnSpecificCheckCols(OnFormat, BaseSnapshotNewColumnSpecificCheckCols):
    pass


class TestNewColumnWithDeletes(OnFormat, BaseSnapshotNewColumnWithDeletes):
    pass


NO_UPDATE = "hooks fill the new column by a copy of the table, because files have no UPDATE"


def hooks_of(table_format: str) -> list[str]:
    """The suite's hooks add a column and fill it by UPDATE, which files have not."""
    if table_format in OPEN_FORMATS:
        return [
            "alter table {{ this }} add columns (new_col int)",
            "update {{ this }} set new_col = 1",
        ]
    return [
        "create table {{ this.schema }}.kept using parquet as select *, 1 as new_col from {{ this }}",
        "drop table {{ this }}",
        "create view {{ this }} as select * from {{ this.schema }}.kept",
    ]


class TestHooksOnSnapshots(OnFormat, BasePrePostModelHooksOnSnapshots):
    dialect = NO_UPDATE

    @pytest.fixture(scope="class")
    def project_config_update(self, table_format: str) -> dict[str, Any]:
        return {
            "seed-paths": ["seeds"],
            "snapshot-paths": ["test-snapshots"],
            "snapshots": {"post-hook": hooks_of(table_format)},
            "seeds": {"quote_columns": False},
        }


class TestHooksInConfigKwargs(OnFormat, BasePrePostSnapshotHooksInConfigKwargs):
    dialect = NO_UPDATE

    @pytest.fixture(scope="class")
    def project_config_update(self, table_format: str) -> dict[str, Any]:
        return {
            "seed-paths": ["seeds"],
            "snapshot-paths": ["test-kwargs-snapshots"],
            "snapshots": {"post-hook": hooks_of(table_format)},
            "seeds": {"quote_columns": False},
        }
