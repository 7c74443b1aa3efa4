select
    origin,
    cast(time_hour as timestamp) as observed_hour,
    (temp - 32) * 5 / 9 as temperature,
    (dewp - 32) * 5 / 9 as dew_point,
    humid as humidity,
    wind_dir as wind_direction,
    wind_speed * 1.609344 as wind_speed,
    wind_gust * 1.609344 as wind_gust,
    precip * 25.4 as precipitation,
    pressure,
    visib * 1.609344 as visibility
from {{ ref('raw_weather') }}
