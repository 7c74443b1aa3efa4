"""Errors as Hive's client is to see them, by the table of AWS's client for Spark."""

from __future__ import annotations

import logging
from typing import Any

from thriftpy2.thrift import TException

from glue_endpoint.errors import GlueError
from glue_endpoint.metastore.hive import HIVE

logger = logging.getLogger(__name__)

_OF_GLUE = {
    "AlreadyExistsException": "AlreadyExistsException",
    "EntityNotFoundException": "NoSuchObjectException",
    "InvalidInputException": "InvalidObjectException",
}
"""Glue's errors that have a counterpart; all others are MetaExceptions, there as here."""


def hive_exception(error: Exception) -> Any:
    """The exception of Hive's for whatever a call raised; unforeseen ones are logged."""
    if isinstance(error, TException) and type(error).__module__ == HIVE.__name__:
        return error
    if isinstance(error, GlueError):
        return of_glue(error.code, error.message)
    logger.error("a metastore call failed", exc_info=error)
    return HIVE.MetaException(message=f"{type(error).__name__}: {error}")


def of_glue(code: str, message: str) -> Any:
    """The exception of Hive's for an error of Glue's."""
    return getattr(HIVE, _OF_GLUE.get(code, "MetaException"))(message=message)
