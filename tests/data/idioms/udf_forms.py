"""Python functions in all forms: decorated with and without a type, wrapped, by name, with two arguments."""

from pyspark.sql import functions as F
from pyspark.sql.functions import udf
from pyspark.sql.types import IntegerType, StringType


@udf
def shout(text):
    return None if text is None else text.upper() + "!"


@udf(returnType="int")
def letters(text):
    return len(text or "")


@F.udf(returnType=StringType())
def joined(one, other):
    return f"{one}-{other}"


def plain(text):
    return (text or "").count("a")


def model(dbt, session):
    count_a = F.udf(plain, IntegerType())
    reverse = udf(lambda text: text[::-1] if text else None)
    customers = dbt.ref("customers")
    return customers.select(
        "customer_id",
        shout("name").alias("shout"),
        letters(F.col("email")).alias("letters"),
        joined("country", customers.segment).alias("joined"),
        count_a("name").alias("n_a"),
        reverse(F.lower("name")).alias("reverse"),
    )
