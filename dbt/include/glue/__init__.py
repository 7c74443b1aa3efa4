"""The macros of the adapter; dbt reads them from this folder."""

from pathlib import Path

PACKAGE_PATH = str(Path(__file__).parent)
