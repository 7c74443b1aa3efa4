"""How rough the weather of each day was, by a scoring that grew over the years, in plain Python."""


def score(wind, gust, rain, sight):
    points = 0
    if wind is not None and wind > 20:
        points += 2
    if gust is not None and gust > 35:
        points += 3
    if rain:
        points += 1 if rain < 0.1 else 3
    if sight is not None and sight < 3:
        points += 4
    return points


def model(dbt, session):
    dbt.config(materialized="table")
    days = {}
    for row in dbt.ref("weather").collect():
        key = (row["origin"], row["year"], row["month"], row["day"])
        points = score(row["wind_speed"], row["wind_gust"], row["precip"], row["visib"])
        worst, total = days.get(key, (0, 0))
        days[key] = (max(worst, points), total + points)

    print(f"{len(days)} days scored")
    rows = [(*key, worst, total) for key, (worst, total) in days.items()]
    return session.createDataFrame(
        rows, "origin string, year int, month int, day int, worst int, total int"
    )
