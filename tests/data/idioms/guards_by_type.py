"""Kinds asked for by isinstance before their methods are used."""

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def with_flag(frame):
    if isinstance(frame, pd.DataFrame):
        frame["flag"] = True
        return frame
    if isinstance(frame, DataFrame):
        return frame.withColumn("flag", F.lit(True))
    raise TypeError(type(frame))


def model(dbt, session):
    stores = dbt.ref("stores")
    small = with_flag(stores.limit(2).toPandas())
    return with_flag(stores).join(session.createDataFrame(small[["store_id"]]), "store_id")
