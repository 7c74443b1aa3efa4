"""SQL over temporary views and a table that nobody declared."""


def model(dbt, session):
    dbt.ref("visits").createOrReplaceTempView("visits")
    regions = session.table("legacy.regions")
    regions.createOrReplaceTempView("regions")
    return session.sql(
        """
        with daily as (select region_id, day, count(*) as n from visits group by 1, 2)
        select r.name, d.day, d.n from daily d join regions r on r.id = d.region_id
        join warehouse.targets t on t.day = d.day
        """
    )
