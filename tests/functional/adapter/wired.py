"""A dbt project whose calls of Glue go through a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.functional.adapter.conftest import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

__all__ = ["Wired"]


class Wired:
    """For a class of tests with dbt's `project`."""

    @pytest.fixture(scope="class")
    def wire(self, endpoint: EndpointHandle) -> Iterator[Wire]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
            patched.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
            wire = Wire(endpoint)
            yield wire
            wire.close()

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, wire: Wire) -> dict[str, Any]:
        conf = {"spark.sql.shuffle.partitions": "1"}
        return {"type": "glue", "endpoint": wire.url, "threads": 4, "conf": conf}

    def looks(self, wire: Wire) -> int:
        """How often the calls of one command have looked at tables, besides dbt's own listing of their schema.

        Nor what is looked up at its end for data that is to be removed, which begins by a listing, too. Further pages
        of an answer are no further looks.
        """
        calls = [given for name, given in wire.calls if name in ("GetTable", "GetTables")]
        looks = [given for given in calls if "NextToken" not in given]
        lists = [i for i, g in enumerate(looks) if "Name" not in g and "Expression" not in g]
        assert lists[0] == 0
        assert len(lists) <= 2
        return (lists[1] if len(lists) > 1 else len(looks)) - 1
