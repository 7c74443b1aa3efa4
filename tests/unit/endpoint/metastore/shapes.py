"""Hive's structures as Spark's Hive client sends them."""

from __future__ import annotations

from typing import Any

from glue_endpoint.metastore.hive import HIVE


def hive_table(name: str, *, keys: dict[str, str] | None = None, **members: Any) -> Any:
    """A table of database `d` as Spark's Hive client sends one."""
    storage = {
        "cols": [HIVE.FieldSchema(name="id", type="bigint")],
        "location": f"s3://bucket/d/{name}",
        "inputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "outputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "compressed": False,
        "numBuckets": -1,
        "serdeInfo": HIVE.SerDeInfo(serializationLib="org.Lazy", parameters={}),
        "bucketCols": [],
        "sortCols": [],
        "parameters": {},
        "storedAsSubDirectories": False,
    }
    storage.update(members.pop("storage", {}))
    fields = [HIVE.FieldSchema(name=key, type=kind) for key, kind in (keys or {}).items()]
    given = {
        "tableName": name,
        "dbName": "d",
        "owner": "me",
        "createTime": 0,
        "lastAccessTime": 0,
        "retention": 0,
        "sd": HIVE.StorageDescriptor(**storage),
        "partitionKeys": fields,
        "parameters": {},
        "tableType": "MANAGED_TABLE",
        **members,
    }
    return HIVE.Table(**given)


def hive_partition(table: Any, *values: str, location: str | None = None) -> Any:
    """A partition of a table."""
    given = {member: getattr(table.sd, member) for _, member, *_ in table.sd.thrift_spec.values()}
    storage = HIVE.StorageDescriptor(**{**given, "location": location})
    return HIVE.Partition(
        values=list(values), dbName="d", tableName=table.tableName, sd=storage, parameters={}
    )
