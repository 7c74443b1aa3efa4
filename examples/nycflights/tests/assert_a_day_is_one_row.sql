select origin, flight_date, count(*) as times
from {{ ref('daily_departures') }}
group by origin, flight_date
having count(*) > 1
