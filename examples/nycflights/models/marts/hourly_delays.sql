select
    origin,
    scheduled_local_hour as hour,
    count(*) as flights,
    avg(departure_delay) as average_delay
from {{ ref('stg_flights') }}
where not is_cancelled
group by origin, scheduled_local_hour
