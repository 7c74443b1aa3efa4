def model(dbt, session):
    dbt.config(materialized="python_model")
    return session.createDataFrame([(6, "insect"), (4, "mammal"), (2, "bird")], ["legs", "kind"])
