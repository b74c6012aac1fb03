# The schemas of the layers. Definitions may not make them, so a session of their own does.
from pyspark.sql import SparkSession

spark = SparkSession.active().newSession()
for schema in ["`bronze`","`silver`","`gold`"]:
    spark.sql("CREATE SCHEMA IF NOT EXISTS " + schema)
