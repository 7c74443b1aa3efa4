"""Names and domains by Python functions."""

from pyspark.sql import functions as F
from pyspark.sql.functions import udf
from pyspark.sql.types import IntegerType, StringType


@udf(returnType=StringType())
def initials(name):
    if name is None:
        return None
    return "".join(part[0] for part in name.split())


@udf(IntegerType())
def length(text):
    return len(text) if text else 0


domain = F.udf(lambda mail: mail.split("@")[1].lower() if mail else None, "string")


def model(dbt, session):
    customers = dbt.ref("customers")
    customers = customers.withColumn("initials", initials(F.col("name")))
    customers = customers.withColumn("domain", domain("email"))
    return customers.select("customer_id", "initials", "domain", length("name").alias("letters"))
