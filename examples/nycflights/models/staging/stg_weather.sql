select
    origin,
    cast(time_hour as timestamp) as observed_hour,
    (temp - 32) * 5 / 9 as temperature,
    humid as humidity,
    wind_speed * 1.609344 as wind_speed,
    precip * 25.4 as precipitation,
    pressure,
    visib * 1.609344 as visibility
from {{ ref('raw_weather') }}
