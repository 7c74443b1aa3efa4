"""Hive's calls about databases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_endpoint.errors import AlreadyExistsException, EntityNotFoundException, GlueError
from glue_endpoint.folders import WAREHOUSE
from glue_endpoint.metastore.data import child_location, normal_location
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.to_glue import database_input
from glue_endpoint.metastore.to_hive import hive_database

if TYPE_CHECKING:
    from glue_endpoint.metastore.data import Data
    from glue_endpoint.metastore.glue import Glue
    from glue_endpoint.metastore.hive import Struct

DEFAULT = "default"


class Databases:
    """Each method is the call of its name, in the interface's order of arguments."""

    def __init__(self, glue: Glue, data: Data) -> None:
        self._glue = glue
        self._data = data

    def set_ugi(self, user_name: str, group_names: list[str]) -> list[str]:  # noqa: ARG002
        """A client's first call. AWS's client makes the database `default` when it starts."""
        try:
            self._glue.call("GetDatabase", {"Name": DEFAULT})
        except EntityNotFoundException:
            made = HIVE.Database(
                name=DEFAULT, description="Default Hive database", locationUri=WAREHOUSE
            )
            try:
                self._glue.call("CreateDatabase", {"DatabaseInput": database_input(made)})
            except AlreadyExistsException:
                pass  # another client was quicker
            self._data.make(WAREHOUSE)
        return group_names

    def create_database(self, database: Struct) -> None:
        location = database.locationUri
        database.locationUri = (
            normal_location(location)
            if location
            else WAREHOUSE
            if database.name == DEFAULT
            else child_location(WAREHOUSE, f"{database.name.lower()}.db")
        )
        made = self._data.make(database.locationUri)
        try:
            self._glue.call("CreateDatabase", {"DatabaseInput": database_input(database)})
        except GlueError:
            if made:
                self._data.remove(database.locationUri)
            raise

    def get_database(self, name: str) -> Struct:
        return hive_database(self._glue.call("GetDatabase", {"Name": name})["Database"])

    def get_databases(self, pattern: str | None) -> list[str]:
        """Names that match a regular expression, as AWS's client takes it; `*` is any."""
        names = self.get_all_databases()
        if pattern in (None, "*", ".*"):
            return names
        try:
            wanted = re.compile(str(pattern))
        except re.error as error:
            raise HIVE.MetaException(message=f"Unable to get databases: {error}") from error
        return [name for name in names if wanted.fullmatch(name)]

    def get_all_databases(self) -> list[str]:
        return [each["Name"] for each in self._glue.all("GetDatabases", {}, "DatabaseList")]

    def alter_database(self, dbname: str, db: Struct) -> None:
        self._glue.call("UpdateDatabase", {"Name": dbname, "DatabaseInput": database_input(db)})

    def drop_database(self, name: str, delete_data: bool, cascade: bool) -> None:
        location = self.get_database(name).locationUri
        some = self._glue.call("GetTables", {"DatabaseName": name, "MaxResults": 1})["TableList"]
        if some and not cascade:
            raise HIVE.InvalidOperationException(message=f"Database {name} is not empty.")
        self._glue.call("DeleteDatabase", {"Name": name})
        if delete_data:
            self._data.remove(location)
