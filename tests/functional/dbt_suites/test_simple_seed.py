"""dbt's own suites of seeds."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.simple_seed import fixtures, seeds
from dbt.tests.adapter.simple_seed.test_seed import (
    BaseSeedConfigFullRefreshOff,
    BaseSeedCustomSchema,
    BaseSeedParsing,
    BaseSeedSpecificFormats,
    BaseSeedWithEmptyDelimiter,
    BaseSeedWithUniqueDelimiter,
    BaseSimpleSeedEnabledViaConfig,
    BaseSimpleSeedWithBOM,
    BaseTestEmptySeed,
)
from dbt.tests.adapter.simple_seed.test_seed_type_override import BaseSimpleSeedColumnOverride

from tests.functional.dbt_suites.sparks_words import InSparksWords

pytestmark = pytest.mark.spark


class TestFullRefreshOff(InSparksWords, BaseSeedConfigFullRefreshOff):
    pass


class TestCustomSchema(InSparksWords, BaseSeedCustomSchema):
    pass


class TestUniqueDelimiter(InSparksWords, BaseSeedWithUniqueDelimiter):
    pass


class TestEmptyDelimiter(InSparksWords, BaseSeedWithEmptyDelimiter):
    pass


class TestEnabledViaConfig(BaseSimpleSeedEnabledViaConfig):
    pass


class TestParsing(InSparksWords, BaseSeedParsing):
    pass


class TestByteOrderMark(InSparksWords, BaseSimpleSeedWithBOM):
    dialect: ClassVar[str] = "the file, which the package has not, is written"

    @pytest.fixture(scope="class", autouse=True)
    def setUp(self, project: Any) -> None:
        project.run_sql(seeds.seeds__expected_sql)
        path = Path(project.project_root, "seeds", "seed_bom.csv")
        path.write_bytes(BOM_UTF8 + seeds.seed__actual_csv.encode())


class TestSpecificFormats(BaseSeedSpecificFormats):
    dialect: ClassVar[str] = "an alias for the seed whose name has dots: a table of Spark has none"

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        dots = {"seed.with.dots": {"alias": "seed_with_dots"}}
        return {"seeds": {"quote_columns": False, "test": dots}}


class TestEmptySeed(BaseTestEmptySeed):
    pass


class TestColumnOverride(BaseSimpleSeedColumnOverride):
    dialect: ClassVar[str] = "columns have Spark's types"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        text = fixtures.properties__schema_yml.replace("type: text", "type: string")
        text = text.replace("timestamp without time zone", "timestamp")
        return {"schema.yml": text.replace("type: integer", "type: bigint")}

    @staticmethod
    def seed_enabled_types() -> dict[str, str]:
        return {"seed_id": "string", "birthday": "date"}

    @staticmethod
    def seed_tricky_types() -> dict[str, str]:
        return dict.fromkeys(("seed_id_str", "looks_like_a_bool", "looks_like_a_date"), "string")
