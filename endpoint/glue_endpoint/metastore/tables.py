"""Hive's calls about tables and views."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import EntityNotFoundException, GlueError
from glue_endpoint.folders import WAREHOUSE
from glue_endpoint.metastore.data import child_location, normal_location
from glue_endpoint.metastore.databases import DEFAULT
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.names import refuse_unfit
from glue_endpoint.metastore.to_glue import table_input
from glue_endpoint.metastore.to_hive import hive_table, refuse_foreign

if TYPE_CHECKING:
    from glue_endpoint.metastore.data import Data
    from glue_endpoint.metastore.glue import Glue
    from glue_endpoint.metastore.hive import Struct
    from glue_endpoint.metastore.to_glue import Document

DDL_TIME = "transient_lastDdlTime"
_EXTERNAL, _MANAGED, _VIEW = "EXTERNAL_TABLE", "MANAGED_TABLE", "VIRTUAL_VIEW"
_KEEP_STATISTICS = "DO_NOT_UPDATE_STATS"
_ACCURATE = "COLUMN_STATS_ACCURATE"
_SKIP_ARCHIVE = "skipAWSGlueArchive"


class Tables:
    """Each method is the call of its name, in the interface's order of arguments."""

    def __init__(self, glue: Glue, data: Data) -> None:
        self._glue = glue
        self._data = data

    # -- reading -------------------------------------------------------------------------------

    def get_table(self, dbname: str, tbl_name: str) -> Struct:
        return hive_table(self._glue.table(dbname, tbl_name), dbname)

    def get_table_req(self, req: Struct) -> Struct:
        return HIVE.GetTableResult(table=self.get_table(req.dbName, req.tblName))

    def get_table_objects_by_name(self, dbname: str, tbl_names: list[str]) -> list[Struct]:
        return [self.get_table(dbname, name) for name in tbl_names]

    def get_table_objects_by_name_req(self, req: Struct) -> Struct:
        tables = self.get_table_objects_by_name(req.dbName, req.tblNames or [])
        return HIVE.GetTablesResult(tables=tables)

    def get_tables(self, db_name: str, pattern: str) -> list[str]:
        found = self._matching(db_name, pattern, AttributesToGet=["NAME"])
        return [table["Name"] for table in found]

    def get_tables_by_type(self, db_name: str, pattern: str, table_type: str) -> list[str]:
        found = self._matching(db_name, pattern)
        return [table["Name"] for table in found if table.get("TableType") == table_type]

    def get_all_tables(self, db_name: str) -> list[str]:
        """The tables that Hive's client can open: it asks in order to drop each by itself, for a cascade.

        On AWS a cascade is one DeleteDatabase, which takes all others with it, as here the call after this.
        """
        names = []
        for table in self._matching(db_name, "*"):
            try:
                refuse_foreign(table)
            except HIVE.MetaException:
                continue
            names.append(table["Name"])
        return names

    def _matching(self, database: str, pattern: str, **options: Any) -> list[Document]:
        """Tables by Glue's own expressions, to which AWS's client hands Spark's patterns as they are."""
        request: Document = {"DatabaseName": database, **options}
        if pattern and pattern not in ("*", ".*"):
            request["Expression"] = pattern.lower()
        return list(self._glue.all("GetTables", request, "TableList"))

    # -- writing -------------------------------------------------------------------------------

    def create_table(self, tbl: Struct) -> None:
        """Makes a table's folder, too; Glue's own CreateTable knows no time of change, so it is set here."""
        self._refuse_existing(tbl)
        made = self._make_folder(tbl)
        tbl.parameters = {**(tbl.parameters or {}), DDL_TIME: str(int(time.time()))}
        try:
            self._glue.call(
                "CreateTable", {"DatabaseName": tbl.dbName, "TableInput": table_input(tbl)}
            )
        except GlueError:
            if made:
                self._data.remove(tbl.sd.location)
            raise

    def _refuse_existing(self, table: Struct) -> None:
        try:
            self._glue.table(table.dbName, table.tableName)
        except EntityNotFoundException:
            refuse_unfit(table)
            return
        raise HIVE.AlreadyExistsException(message=f"Table {table.tableName} already exists.")

    def _make_folder(self, table: Struct) -> bool:
        if table.tableType == _VIEW:
            return False
        table.sd.location = (
            normal_location(table.sd.location)
            if table.sd.location
            else default_location(self._glue, table.dbName, table.tableName)
        )
        return self._data.make(table.sd.location)

    def alter_table(self, dbname: str, tbl_name: str, new_tbl: Struct) -> None:
        self.alter_table_with_environment_context(dbname, tbl_name, new_tbl, None)

    def alter_table_with_cascade(
        self, dbname: str, tbl_name: str, new_tbl: Struct, cascade: bool
    ) -> None:
        context = HIVE.EnvironmentContext(properties={"CASCADE": "true"} if cascade else {})
        self.alter_table_with_environment_context(dbname, tbl_name, new_tbl, context)

    def alter_table_with_environment_context(
        self, dbname: str, tbl_name: str, new_tbl: Struct, context: Any
    ) -> None:
        if tbl_name.lower() != new_tbl.tableName.lower():
            raise HIVE.InvalidOperationException(message="Table rename is not supported")
        refuse_unfit(new_tbl)
        try:
            self._glue.table(dbname, tbl_name)
        except EntityNotFoundException as error:
            raise HIVE.MetaException(message=f"Table: {tbl_name} does not exists") from error
        properties = (context.properties if context is not None else None) or {}
        new_tbl.parameters = dict(new_tbl.parameters or {})
        new_tbl.tableType = _type_by_parameter(new_tbl)
        if (
            not new_tbl.partitionKeys
            and new_tbl.tableType != _VIEW
            and properties.get(_KEEP_STATISTICS) != "true"
        ):
            self._count_files(new_tbl)
        request: Document = {"DatabaseName": dbname, "TableInput": table_input(new_tbl)}
        if properties.get(_SKIP_ARCHIVE) == "true":
            request["SkipArchive"] = True
        self._glue.call("UpdateTable", request)
        if new_tbl.partitionKeys and properties.get("CASCADE") == "true":
            self._give_columns(dbname, tbl_name, request["TableInput"])

    def _count_files(self, table: Struct) -> None:
        """The quick statistics of a table without partitions, as Hive takes them at every change."""
        if table.parameters.pop(_KEEP_STATISTICS, "").lower() == "true":
            return
        count, size = self._data.files_and_bytes(table.sd.location)
        table.parameters.update(numFiles=str(count), totalSize=str(size))
        table.parameters.pop(_ACCURATE, None)

    def _give_columns(self, database: str, name: str, table: Document) -> None:
        """Give a table's columns to its partitions, which CASCADE asks for."""
        where = {"DatabaseName": database, "TableName": name}
        for partition in list(self._glue.all("GetPartitions", where, "Partitions")):
            storage = {
                **partition.get("StorageDescriptor", {}),
                "Columns": table["StorageDescriptor"]["Columns"],
            }
            kept = {key: partition[key] for key in ("Values", "LastAccessTime") if key in partition}
            parameters = {DDL_TIME: str(int(time.time())), **partition.get("Parameters", {})}
            changed = {**kept, "StorageDescriptor": storage, "Parameters": parameters}
            self._glue.call(
                "UpdatePartition",
                {**where, "PartitionValueList": partition["Values"], "PartitionInput": changed},
            )

    def drop_table(self, dbname: str, name: str, delete_data: bool) -> None:
        """Removes a table, its partitions, and, if it is managed and that is asked for, their data."""
        table = self.get_table(dbname, name)
        locations = []
        if delete_data and not is_external(table):
            locations = [table.sd.location]
            if table.partitionKeys:
                where = {"DatabaseName": dbname, "TableName": name, "ExcludeColumnSchema": True}
                locations += [
                    partition.get("StorageDescriptor", {}).get("Location")
                    for partition in self._glue.all("GetPartitions", where, "Partitions")
                ]
        self._glue.call("DeleteTable", {"DatabaseName": dbname, "Name": name})
        for location in locations:
            self._data.remove(location)


def default_location(glue: Glue, database: str, table: str) -> str:
    """Where Hive puts a table that says nothing of its place. Raises MetaException if the database has none."""
    if database == DEFAULT:
        return child_location(WAREHOUSE, table.lower())
    location = glue.call("GetDatabase", {"Name": database})["Database"].get("LocationUri")
    if not location:
        raise HIVE.MetaException(message="Can not create a Path from an empty string")
    return child_location(location, table.lower())


def is_external(table: Struct) -> bool:
    """Whether a table's data stays when it is dropped: the parameter's word goes before the type's."""
    word = table.parameters.get("EXTERNAL")
    return str(word).upper() == "TRUE" if word is not None else table.tableType == _EXTERNAL


def _type_by_parameter(table: Struct) -> str | None:
    """A stored table's type follows its parameter EXTERNAL, as in Hive's own store."""
    if table.tableType not in (_MANAGED, _EXTERNAL):
        kind: str | None = table.tableType
        return kind
    return _EXTERNAL if table.parameters.get("EXTERNAL", "").lower() == "true" else _MANAGED
