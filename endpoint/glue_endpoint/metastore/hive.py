"""Hive's structures, exceptions and service, as `hive_metastore.thrift` declares them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import thriftpy2

_INTERFACE = Path(__file__).with_name("hive_metastore.thrift")
HIVE: Any = thriftpy2.load(str(_INTERFACE), module_name="hive_metastore_thrift")
"""The module that Thrift makes of the interface file: `HIVE.Table(...)`, `HIVE.MetaException(...)`."""

Struct = Any
"""A structure of Hive's: members that nobody gave are None."""
