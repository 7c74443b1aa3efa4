-- An incremental model that loads a day twice, or leaves one out, is found here.
select
    counted.flights as counted,
    expected.flights as expected
from (
    select sum(flights) as flights from {{ ref('daily_departures') }}
) as counted
cross join (
    select count(*) as flights
    from {{ ref('stg_flights') }}
    where flight_date <= (select max(flight_date) from {{ ref('daily_departures') }})
) as expected
where counted.flights <> expected.flights
