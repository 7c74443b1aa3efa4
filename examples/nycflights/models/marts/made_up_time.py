"""How much of a late departure each type of plane makes up in the air: pandas."""

LATE = 15  # minutes
REGULAR = 100  # late departures a year; fewer say little


def model(dbt, session):
    flights = dbt.ref("stg_flights").toPandas()
    planes = dbt.ref("planes").toPandas()

    late = flights[flights["departure_delay"] > LATE].dropna(subset=["arrival_delay"])
    late = late.merge(planes, left_on="tail_number", right_on="tailnum")
    late["made_up"] = late["departure_delay"] - late["arrival_delay"]

    types = late.groupby(["manufacturer", "model"]).agg(
        late_departures=("made_up", "count"),
        average_made_up=("made_up", "mean"),
        median_made_up=("made_up", "median"),
    )
    print(f"{len(late)} late departures of {len(types)} types of planes")
    return types[types["late_departures"] >= REGULAR].reset_index()
