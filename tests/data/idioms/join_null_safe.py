"""A join that takes NULL for equal."""


def model(dbt, session):
    customers = dbt.ref("customers").select("customer_id", "country")
    rates = dbt.ref("rates").withColumnRenamed("country", "rate_country")
    on = customers.country.eqNullSafe(rates["rate_country"])
    return customers.join(rates, on, "left").drop("rate_country")
