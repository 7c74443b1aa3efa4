"""dbt's own suites of aliases."""

from __future__ import annotations

from typing import ClassVar

import pytest
from dbt.tests.adapter.aliases import fixtures
from dbt.tests.adapter.aliases.test_aliases import (
    BaseAliasErrors,
    BaseAliases,
    BaseSameAliasDifferentSchemas,
)

pytestmark = pytest.mark.spark


class TextIsString:
    dialect: ClassVar[str] = "the suite's macro casts to `string` by `cast`, not to `text` by `::`"

    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        cast = fixtures.MACROS__CAST_SQL.replace("'{{ s }}'::text", "cast('{{ s }}' as string)")
        return {"cast.sql": cast, "expect_value.sql": fixtures.MACROS__EXPECT_VALUE_SQL}


class TestAliases(TextIsString, BaseAliases):
    pass


class TestAliasErrors(BaseAliasErrors):
    pass


class TestSameAliasDifferentSchemas(TextIsString, BaseSameAliasDifferentSchemas):
    pass
