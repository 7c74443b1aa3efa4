"""Row by row in Python."""

from pyspark.sql import functions as F
from pyspark.sql.functions import udf
from pyspark.sql.types import StringType


@udf(returnType=StringType())
def initials(name):
    return "".join(part[0] for part in name.split())


clean = F.udf(lambda text: text.strip().lower(), StringType())


def model(dbt, session):
    people = dbt.ref("people")
    people = people.withColumn("initials", initials("name")).withColumn("mail", clean("mail"))
    people.cache()
    people.count()
    return people.select("id", "initials", "mail")
