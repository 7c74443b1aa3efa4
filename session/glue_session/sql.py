"""SQL in the session: run once, answer with typed rows page by page, remove what was replaced."""

from __future__ import annotations

import base64
import json
import re
import time
import traceback
import zlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["attach", "load_rows", "print_frame", "sql", "sql_page", "sql_part", "sql_parts"]

VERSION = re.compile(r"v(\d{8}T\d{6})_[0-9a-f]{8}")
STALE_SECONDS = 24 * 3600
SMALL = 4096
KEPT_RESULTS = 4

_session: dict[str, Any] = {}
_parts: dict[str, dict[int, str]] = {}
_results: dict[str, list[Any]] = {}


def attach(namespace: dict[str, Any]) -> None:
    """Takes the session's `spark` from the globals of the statements."""
    _session["globals"] = namespace


def spark() -> Any:
    """The session's SparkSession."""
    found = _session["globals"].get("spark")
    if found is None:
        from pyspark.sql import SparkSession

        found = SparkSession.builder.getOrCreate()
        _session["globals"]["spark"] = found
    return found


def print_frame(nonce: str, document: Any) -> None:
    """Prints one framed line, on a line of its own whatever was printed before."""
    print(f"\n<<dbt-glue:{nonce}>>" + json.dumps(document, separators=(",", ":")))  # noqa: T201


def sql_part(nonce: str, index: int, text: str) -> None:
    """Keeps one part of a payload that is longer than a statement may be."""
    _parts.setdefault(nonce, {})[index] = text


def sql_parts(nonce: str, count: int) -> str:
    """The whole payload of which the parts were kept."""
    parts = _parts.pop(nonce, {})
    missing = [index for index in range(count) if index not in parts]
    if missing:
        raise RuntimeError(f"parts {missing} of this payload never reached the session")
    return "".join(parts[index] for index in range(count))


def sql(packed: str) -> None:
    """Runs one SQL statement once and prints its framed answer, or its framed error."""
    _answered(packed, _run_sql)


def load_rows(packed: str) -> None:
    """Creates a table by its DDL and writes typed rows into it (seeds)."""
    _answered(packed, _load_rows)


def sql_page(nonce: str, token: int, page_nonce: str) -> None:
    """Prints one more page of a kept result."""
    pages = _results.get(nonce)
    if pages is None:
        print_frame(page_nonce, _error(LookupError("this result is no longer kept in the session")))
        return
    print_frame(page_nonce, _page(nonce, pages, token))


def _answered(packed: str, run: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    request = json.loads(zlib.decompress(base64.b64decode(packed)))
    _use_database(request.get("database"))
    try:
        answer = run(request)
    except Exception as error:  # noqa: BLE001 - every failure of a user's SQL is an answer, with its reason
        answer = _error(error)
    warnings = remove_folders(request.get("remove") or [])
    if warnings:
        answer["warnings"] = warnings
    print_frame(request["nonce"], answer)


def _use_database(name: str | None) -> None:
    """Makes a database the current one; Spark is asked each time, because any SQL may say `use`."""
    if not name:
        return
    catalog = spark().catalog
    if catalog.currentDatabase() != name.lower() and catalog._jcatalog.databaseExists(name):
        catalog.setCurrentDatabase(name)


# Queries


def _run_sql(request: dict[str, Any]) -> dict[str, Any]:
    frame = spark().sql(request["sql"])
    affected = _rows_written(frame)
    if not request["fetch"]:
        if not _is_command(frame):
            frame.write.format("noop").mode("overwrite").save()
        return {
            "schema": frame.schema.jsonValue(),
            "rows": [],
            "next": None,
            "rows_affected": affected,
        }
    if request.get("limit"):
        frame = frame.limit(request["limit"])
    schema = frame.schema
    encode = row_encoder(schema, str(spark().conf.get("spark.sql.session.timeZone")))
    pages = _pages((encode(row) for row in frame.collect()), request["page_bytes"])
    nonce = request["nonce"]
    if len(pages) > 1:
        _results[nonce] = pages
        while len(_results) > KEPT_RESULTS:
            del _results[next(iter(_results))]
    return {"schema": schema.jsonValue(), "rows_affected": affected, **_page(nonce, pages, 0)}


def _is_command(frame: Any) -> bool:
    """Whether Spark has run the statement already: commands are eager, queries are lazy."""
    plan = frame._jdf.queryExecution().commandExecuted()
    return bool(plan.getClass().getSimpleName() == "CommandResult")


def _rows_written(frame: Any) -> int | None:
    """Rows that a command wrote, where its plan counts them."""
    if not _is_command(frame):
        return None
    plan = frame._jdf.queryExecution().commandExecuted().commandPhysicalPlan()
    metric = plan.metrics().get("numOutputRows")
    return int(metric.get().value()) if metric.isDefined() else None


def _pages(rows: Any, page_bytes: int) -> list[Any]:
    """Rows cut into pages whose printed form stays near `page_bytes` characters."""
    pages: list[Any] = []
    page: list[str] = []
    size = 0
    # JSON compresses several times and base64 adds a third: a page holds about thrice its printed size.
    room = page_bytes * 3
    for row in rows:
        text = json.dumps(row, separators=(",", ":"))
        if page and size + len(text) > room:
            pages.append(_packed(page))
            page, size = [], 0
        page.append(text)
        size += len(text) + 1
    if page or not pages:
        pages.append(_packed(page))
    return pages


def _packed(rows: list[str]) -> Any:
    text = "[" + ",".join(rows) + "]"
    if len(text) <= SMALL:
        return json.loads(text)
    return base64.b64encode(zlib.compress(text.encode("ascii"), 6)).decode("ascii")


def _page(nonce: str, pages: list[Any], index: int) -> dict[str, Any]:
    last = index + 1 >= len(pages)
    page = pages[index]
    if last:
        _results.pop(nonce, None)
    key = "packed" if isinstance(page, str) else "rows"
    return {key: page, "next": None if last else index + 1}


# Cells: lossless in JSON, decoded by the schema on the other side


def row_encoder(schema: Any, time_zone: str) -> Callable[[Any], list[Any]]:
    """A function from a Row of `schema` to a list of JSON values."""
    encoders = [_encoder(field.dataType, time_zone) for field in schema.fields]

    def encode(row: Any) -> list[Any]:
        return [
            None if value is None else encoder(value)
            for encoder, value in zip(encoders, row)  # noqa: B905 - a Row has its schema's length
        ]

    return encode


def _same(value: Any) -> Any:
    return value


def _float(value: float) -> Any:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _encoder(data_type: Any, time_zone: str) -> Callable[[Any], Any]:
    kind = data_type.typeName()
    if kind in (
        "string",
        "boolean",
        "byte",
        "short",
        "integer",
        "long",
        "tinyint",
        "smallint",
        "int",
        "bigint",
        "void",
        "null",
    ):
        return _same
    if kind in ("float", "double"):
        return _float
    if kind == "binary":
        return lambda value: base64.b64encode(bytes(value)).decode("ascii")
    if kind == "timestamp":
        return _zoned(time_zone)
    if kind == "array":
        element = _nullable(_encoder(data_type.elementType, time_zone))
        return lambda value: [element(item) for item in value]
    if kind == "map":
        key = _nullable(_encoder(data_type.keyType, time_zone))
        item = _nullable(_encoder(data_type.valueType, time_zone))
        return lambda value: [[key(k), item(v)] for k, v in value.items()]
    if kind == "struct":
        return row_encoder(data_type, time_zone)
    return _text


def _nullable(encoder: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else encoder(value)


def _text(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def _zoned(time_zone: str) -> Callable[[datetime], str]:
    """pyspark hands timestamps out in the process's time zone; SQL shows them in the session's."""
    try:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(time_zone)
    except (ImportError, KeyError, ValueError, OSError):
        return lambda value: value.isoformat()
    return lambda value: value.astimezone(zone).replace(tzinfo=None).isoformat()


# Rows that come as data


def _load_rows(request: dict[str, Any]) -> dict[str, Any]:
    session = spark()
    if request.get("ddl"):
        session.sql(request["ddl"])
    rows = request["rows"]
    names = request["columns"]
    table = request["table"]
    if rows:
        from pyspark.sql import functions
        from pyspark.sql.types import StringType, StructField, StructType

        # Positions as names: a seed's columns may be called anything.
        raw = StructType([StructField(f"c{i}", StringType()) for i in range(len(names))])
        frame = session.createDataFrame([tuple(row) for row in rows], raw)
        target = session.table(table)
        types = {field.name.lower(): field.dataType for field in target.schema.fields}
        position = {name.lower(): i for i, name in enumerate(names)}
        bad = [
            functions.sum(
                (
                    functions.col(f"c{i}").isNotNull()
                    & functions.col(f"c{i}").cast(types[name]).isNull()
                ).cast("int")
            ).alias(f"b{i}")
            for name, i in position.items()
        ]
        wrong = frame.agg(*bad).collect()[0]
        for name, i in position.items():
            if wrong[f"b{i}"]:
                sample = frame.where(
                    functions.col(f"c{i}").isNotNull()
                    & functions.col(f"c{i}").cast(types[name]).isNull()
                ).first()[f"c{i}"]
                raise ValueError(
                    f"column {name}: {wrong[f'b{i}']} values are not {types[name].simpleString()}, such as {sample!r}"
                )
        typed = frame.select(
            *[
                functions.col(f"c{position[field.name.lower()]}")
                .cast(field.dataType)
                .alias(field.name)
                for field in target.schema.fields
            ]
        )
        typed.coalesce(1).write.insertInto(table)
    return {"rows": [], "next": None, "rows_affected": len(rows)}


# Folders of tables that were replaced


def remove_folders(requests: list[dict[str, Any]]) -> list[str]:
    """Deletes the version folders named in `folders`, and with `sweep` forgotten ones under `root`.

    Only a folder whose name is a version of ours is ever touched; a forgotten one must be a day old,
    not in `keep`, and under a root where no other table of the database lives. Returns what could
    not be removed.
    """
    warnings: list[str] = []
    if not requests:
        return warnings
    session = spark()
    jvm = session.sparkContext._jvm
    hadoop = session.sparkContext._jsc.hadoopConfiguration()
    for request in requests:
        try:
            root = jvm.org.apache.hadoop.fs.Path(request["root"])
            system = root.getFileSystem(hadoop)
            doomed = set(request["folders"])
            sweep = request.get("sweep")
            if sweep and system.exists(root):
                names = [status.getPath().getName() for status in system.listStatus(root)]
                stale = {name for name in names if _is_stale(name)} - set(sweep["keep"]) - doomed
                if stale and not _others_under(request["root"], sweep["database"], sweep["table"]):
                    doomed |= stale
            for name in sorted(doomed):
                if VERSION.fullmatch(name):
                    system.delete(jvm.org.apache.hadoop.fs.Path(root, name), True)
        except Exception as error:  # noqa: BLE001, PERF203 - data that stays behind costs storage, not correctness
            warnings.append(f"could not remove old data under {request.get('root')}: {error}")
    return warnings


def _others_under(root: str, database: str, table: str) -> bool:
    """Whether tables other than `table` have data under `root`: a renamed one keeps its folder."""
    catalog = spark()._jsparkSession.sharedState().externalCatalog()
    found = catalog.getTablesByName(database, catalog.listTables(database)).iterator()
    inside = root.rstrip("/") + "/"
    while found.hasNext():
        other = found.next()
        location = other.storage().locationUri()
        if (
            other.identifier().table() != table
            and location.isDefined()
            and (location.get().toString() + "/").startswith(inside)
        ):
            return True
    return False


def _is_stale(name: str) -> bool:
    match = VERSION.fullmatch(name)
    if match is None:
        return False
    made = datetime.strptime(match.group(1) + "+0000", "%Y%m%dT%H%M%S%z").timestamp()
    return time.time() - made > STALE_SECONDS


# Errors


def _error(error: BaseException) -> dict[str, Any]:
    """The framed form of an error: its class, message and Spark's own names for it."""
    return {
        "error": {
            "type": type(error).__name__,
            "message": _message(error),
            "error_class": _call(error, "getErrorClass"),
            "sqlstate": _call(error, "getSqlState"),
            "traceback": traceback.format_exc(),
        }
    }


def _message(error: BaseException) -> str:
    java = getattr(error, "java_exception", None)
    if java is None:
        return str(getattr(error, "desc", None) or error)
    while java.getCause() is not None:
        java = java.getCause()
    return str(java.getMessage() or java.toString())


def _call(error: BaseException, name: str) -> str | None:
    method = getattr(error, name, None)
    if method is None:
        return None
    try:
        value = method()
    except Exception:  # noqa: BLE001 - pyspark asks the JVM, which may be gone
        return None
    return None if value is None else str(value)
