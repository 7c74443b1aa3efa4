with fleet as (
    select
        flights.carrier,
        count(distinct planes.tailnum) as planes,
        sum(planes.seats) as seats_flown
    from {{ ref('stg_flights') }} as flights
    inner join {{ ref('planes') }} as planes
        on planes.tailnum = flights.tail_number
    group by flights.carrier
),

departures as (
    select
        carrier,
        count(*) as flights,
        count(distinct destination) as destinations,
        avg(case when is_cancelled then 1.0d else 0.0d end) as cancelled_share
    from {{ ref('stg_flights') }}
    group by carrier
)

select
    airlines.carrier,
    airlines.name,
    departures.flights,
    departures.destinations,
    departures.cancelled_share,
    fleet.planes,
    fleet.seats_flown
from departures
inner join {{ ref('airlines') }} as airlines
    on airlines.carrier = departures.carrier
left join fleet
    on fleet.carrier = departures.carrier
