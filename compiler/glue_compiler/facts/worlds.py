"""The two runs that a model is written for: a full one and an incremental one."""

from __future__ import annotations

from typing import Literal

World = Literal["full", "incremental"]
"""`full`: dbt.is_incremental is false (first run, --full-refresh); `incremental`: it is true."""
