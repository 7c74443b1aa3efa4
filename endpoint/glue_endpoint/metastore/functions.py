"""Hive's calls about functions, and about its own settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_endpoint.errors import EntityNotFoundException
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.to_glue import function_input
from glue_endpoint.metastore.to_hive import hive_function

if TYPE_CHECKING:
    from glue_endpoint.metastore.glue import Glue
    from glue_endpoint.metastore.hive import Struct

_ANY = ".*"


class Functions:
    """Each method is the call of its name, in the interface's order of arguments."""

    def __init__(self, glue: Glue) -> None:
        self._glue = glue

    def create_function(self, func: Struct) -> None:
        self._glue.call(
            "CreateUserDefinedFunction",
            {"DatabaseName": func.dbName, "FunctionInput": function_input(func)},
        )

    def alter_function(self, db_name: str, func_name: str, new_func: Struct) -> None:
        self._glue.call(
            "UpdateUserDefinedFunction",
            {
                "DatabaseName": db_name,
                "FunctionName": func_name,
                "FunctionInput": function_input(new_func),
            },
        )

    def drop_function(self, db_name: str, func_name: str) -> None:
        self._glue.call(
            "DeleteUserDefinedFunction", {"DatabaseName": db_name, "FunctionName": func_name}
        )

    def get_function(self, db_name: str, func_name: str) -> Struct:
        """A function. Raises NoSuchObjectException with the one message that Spark knows it by."""
        try:
            found = self._glue.call(
                "GetUserDefinedFunction", {"DatabaseName": db_name, "FunctionName": func_name}
            )
        except EntityNotFoundException as error:
            raise HIVE.NoSuchObjectException(message=f"{func_name} does not exist") from error
        return hive_function(found["UserDefinedFunction"], db_name)

    def get_functions(self, db_name: str, pattern: str) -> list[str]:
        request = {"DatabaseName": db_name, "Pattern": _ANY if pattern == "*" else pattern}
        found = self._glue.all("GetUserDefinedFunctions", request, "UserDefinedFunctions")
        return [function["FunctionName"] for function in found]

    def get_all_functions(self) -> Struct:
        found = self._glue.all("GetUserDefinedFunctions", {"Pattern": _ANY}, "UserDefinedFunctions")
        functions = [hive_function(each, each.get("DatabaseName", "")) for each in found]
        return HIVE.GetAllFunctionsResponse(functions=functions)

    def getMetaConf(self, key: str) -> str:  # noqa: N802
        return self.get_config_value(key, "")

    def get_config_value(self, name: str, default_value: str) -> str:
        """The service has no settings: everything has its default."""
        if not re.match("(hive|hdfs|mapred).*", name):
            raise HIVE.ConfigValSecurityException(
                message=f"For security reasons, the config key {name} cannot be accessed"
            )
        return default_value
