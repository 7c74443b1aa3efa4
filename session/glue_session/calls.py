"""What statements may call in a session: the names of `__dbt_glue__`."""

from __future__ import annotations

from glue_session.answers import use_functions
from glue_session.appends import place_files, stage_rows
from glue_session.hudi_tables import write_hudi
from glue_session.merges import hold_rows, make_rows, merge
from glue_session.model import run_model, run_packed
from glue_session.modules import use_modules
from glue_session.open_tables import overwrite_partitions, write_comments
from glue_session.overwrites import overwrite_table
from glue_session.pages import sql_page
from glue_session.seeds import load_rows
from glue_session.sql import sql
from glue_session.state import attach
from glue_session.table_logs import describe_tables
from glue_session.transport import keep_piece, whole_payload
from glue_session.validation import relation_schemas, validate

__all__ = [
    "attach",
    "describe_tables",
    "hold_rows",
    "keep_piece",
    "load_rows",
    "make_rows",
    "merge",
    "overwrite_partitions",
    "overwrite_table",
    "place_files",
    "relation_schemas",
    "run_model",
    "run_packed",
    "sql",
    "sql_page",
    "stage_rows",
    "use_functions",
    "use_modules",
    "validate",
    "whole_payload",
    "write_comments",
    "write_hudi",
]
