"""Modules and what they have, under all sorts of names."""

import datetime
import math
import re
import uuid
from datetime import datetime as dt_class
from datetime import timezone

import numpy as np
import pandas as pd
import pyspark.sql.functions as F
import pyspark.sql.types as T


def model(dbt, session):
    now = datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)
    parsed = dt_class.strptime("2024-05-02", "%Y-%m-%d").replace(tzinfo=timezone.utc)
    words = re.findall(r"\w+", "a b c")
    rows = [
        ("now", now.isoformat(), float(np.pi)),
        ("parsed", str(parsed.date()), math.floor(2.5) * 1.0),
        ("id", str(uuid.UUID(int=1)), float(np.float64(1.5))),
        ("words", ",".join(words), float(pd.Timestamp(now).year)),
        (T.StringType().simpleString(), dt_class.now(timezone.utc).strftime("%Z"), float("nan")),
    ]
    return session.createDataFrame(rows, ["name", "text", "x"]).where(~F.isnan("x"))
