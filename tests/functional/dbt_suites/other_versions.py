"""The tests that do not pass with a dbt-core that is supported, each with the reason."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """`test` is a test class and its test, as `module.Class::test`; `versions` those of dbt-core where it fails."""

    test: str
    versions: tuple[str, ...]
    why: str


DIFFERENCES: tuple[Difference, ...] = ()
