"""Draw what the example's models found as one picture."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.dates as mdates
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

Rows = list[dict[str, Any]]

DATES: Any = mdates  # matplotlib's dates are untyped

COLOURS = {"EWR": "#d1495b", "JFK": "#2e6f95", "LGA": "#e0a030"}
INK = "#2b2d33"
QUIET = "#8b909a"
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": "#c9ccd2",
    "axes.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#eceef1",
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def draw(tables: dict[str, Rows], target: Path) -> None:
    """Write the picture as a PNG of 1800 x 1200 pixels.

    `tables` holds the rows of daily_departures, hourly_delays, route_delays and weather_delays.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 8), dpi=150, facecolor="white")
        grid = figure.add_gridspec(
            2, 3, height_ratios=[1, 1.08], left=0.055, right=0.98, top=0.815, bottom=0.07,
            hspace=0.46, wspace=0.42,
        )  # fmt: skip
        figure.text(0.02, 0.955, "Flights from New York City, 2013", size=19, weight="bold")
        figure.text(
            0.02, 0.92, "Built by dbt on the embedded Glue endpoint: SQL and Python models",
            size=11, color=QUIET,
        )  # fmt: skip
        days(figure.add_subplot(grid[0, :]), tables["daily_departures"])
        hours(figure.add_subplot(grid[1, 0]), tables["hourly_delays"])
        routes(figure.add_subplot(grid[1, 1]), tables["route_delays"])
        weather(figure.add_subplot(grid[1, 2]), tables["weather_delays"])
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target)


def title(axes: Axes, text: str, model: str) -> None:
    axes.set_title(text, loc="left", size=11.5, weight="bold", pad=20)
    axes.text(0, 1.03, model, transform=axes.transAxes, size=9, color=QUIET)


def days(axes: Axes, rows: Rows) -> None:
    """The average delay of each day, smoothed over a week, and the day with most cancellations."""
    title(axes, "Delay through the year, minutes (mean of seven days)", "daily_departures, an incremental PySpark model")  # fmt: skip
    by_origin: dict[str, list[tuple[date, float]]] = defaultdict(list)
    cancelled: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        day = date.fromisoformat(row["flight_date"])
        cancelled[day][0] += row["cancelled"]
        cancelled[day][1] += row["flights"]
        if row["average_delay"] is not None:
            by_origin[row["origin"]].append((day, row["average_delay"]))
    top = 0.0
    for origin, points in sorted(by_origin.items()):
        points.sort()
        values = [value for _, value in points]
        smooth = [mean(values[max(0, i - 3) : i + 4]) for i in range(len(values))]
        top = max(top, *smooth)
        x: Any = [day for day, _ in points]
        axes.plot(x, smooth, color=COLOURS[origin], linewidth=1.8, label=origin)
    worst = max(cancelled, key=lambda day: cancelled[day][0])
    lost, all_flights = cancelled[worst]
    where: Any = DATES.date2num(worst)
    axes.axvline(where, color=QUIET, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.text(
        where + 2, top * 1.04, f"{worst.day} {worst:%B}: {lost} of {all_flights} flights cancelled",
        size=9, color=QUIET, va="bottom",
    )  # fmt: skip
    axes.set_ylim(min(0, axes.get_ylim()[0]), top * 1.16)
    axes.xaxis.set_major_locator(DATES.MonthLocator())
    axes.xaxis.set_major_formatter(DATES.DateFormatter("%b"))
    axes.margins(x=0.01)
    axes.grid(visible=False, axis="x")
    axes.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 1.0), fontsize=10)


def hours(axes: Axes, rows: Rows) -> None:
    title(axes, "Delay through the day", "hourly_delays, a SQL model")
    by_origin: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        by_origin[row["origin"]].append((row["hour"], row["average_delay"]))
    for origin, points in sorted(by_origin.items()):
        x, y = zip(*sorted(points), strict=True)
        axes.plot(x, y, color=COLOURS[origin], linewidth=1.8)
    axes.set_xticks([6, 9, 12, 15, 18, 21], ["6", "9", "12", "15", "18", "21"])
    axes.set_xlabel("hour of the scheduled departure")
    axes.set_ylabel("minutes")


def routes(axes: Axes, rows: Rows) -> None:
    """The most delayed routes, worst on top."""
    title(axes, "The most delayed routes", "route_delays, PySpark with windows")
    worst = sorted(rows, key=lambda row: -row["average_delay"])[:8][::-1]
    names = [f"{row['origin']} – {row['destination']}" for row in worst]
    values = [row["average_delay"] for row in worst]
    axes.barh(names, values, color=[COLOURS[row["origin"]] for row in worst], height=0.62)
    for index, value in enumerate(values):
        axes.text(value + 0.6, index, f"{value:.0f}", va="center", size=9, color=INK)
    axes.set_xlabel("minutes on average")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.grid(visible=False, axis="y")


def weather(axes: Axes, rows: Rows) -> None:
    """One row of dots per measure, one dot per airport, ordered by the mean correlation."""
    title(axes, "Weather that goes with delay", "weather_delays, pandas")
    by_measure: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        by_measure[row["measure"]][row["origin"]] = row["correlation"]
    order = sorted(by_measure, key=lambda measure: mean(list(by_measure[measure].values())))
    for index, measure in enumerate(order):
        values = by_measure[measure]
        axes.plot([min(values.values()), max(values.values())], [index] * 2, color="#d9dce1", linewidth=2.2, zorder=1)  # fmt: skip
        for origin, value in values.items():
            axes.scatter(value, index, color=COLOURS[origin], s=34, zorder=2)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set_yticks(range(len(order)), [measure.replace("_", " ") for measure in order])
    axes.set_xlabel("rank correlation with the delay of the hour")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.grid(visible=False, axis="y")


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
