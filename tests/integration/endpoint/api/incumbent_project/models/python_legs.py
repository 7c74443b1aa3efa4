def model(dbt, session):
    dbt.config(materialized="python_model")
    kinds = session.createDataFrame([(6, "insect"), (4, "mammal"), (2, "bird")], ["legs", "kind"])
    return kinds.join(dbt.ref("legs"), "legs").select("legs", "kind", "animals")
