select
    make_date(year, month, day) as flight_date,
    month,
    cast(time_hour as timestamp) as scheduled_hour,
    hour as scheduled_local_hour,
    origin,
    dest as destination,
    carrier,
    flight as flight_number,
    tailnum as tail_number,
    dep_delay as departure_delay,
    arr_delay as arrival_delay,
    dep_time is null as is_cancelled,
    air_time,
    distance
from {{ ref('raw_flights') }}
