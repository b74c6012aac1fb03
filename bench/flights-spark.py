# The tables of examples/flights/pipeline.ts, written by hand for Spark Declarative Pipelines: the baseline of the bench.
#
# It gives the tables that bench/flights.sql gives, and leaves out what that leaves out: a line with a value that cannot
# be read is set aside as a whole, files go by the position of their columns, what is not declared is dropped.
from pyspark import pipelines as dp
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()
base = spark.conf.get("bench.base")
for schema in ["bronze", "silver", "gold"]:
    spark.newSession().sql("CREATE SCHEMA IF NOT EXISTS " + schema)

FLIGHTS = """year INT, month INT, day INT, dep_time INT, sched_dep_time INT, dep_delay INT, arr_time INT,
  sched_arr_time INT, arr_delay INT, carrier STRING, flight INT, tailnum STRING, origin STRING, dest STRING,
  air_time INT, distance INT, hour INT, minute INT, time_hour TIMESTAMP"""
AIRPORTS = "faa STRING, name STRING, lat DOUBLE, lon DOUBLE, alt INT, tz INT, dst STRING, tzone STRING"
AIRLINES = "carrier STRING, name STRING"
CHANGES = "carrier STRING, name STRING, alliance STRING, op STRING, changed_at TIMESTAMP"
PLANES = """tailnum STRING, year INT, type STRING, manufacturer STRING, model STRING, engines INT, seats INT, speed INT,
  engine STRING"""
WEATHER = "origin STRING, time_hour TIMESTAMP, temp DOUBLE, wind_speed DOUBLE, precip DOUBLE, visib DOUBLE"


def files(kind, path, schema, **options):
    corrupt = "" if kind == "parquet" else ", _corrupt STRING"
    rows = spark.readStream.format(kind).schema(schema + corrupt).options(**options)
    return rows.option("columnNameOfCorruptRecord", "_corrupt").load(base + path).selectExpr(
        "*",
        "_metadata.file_path AS _source_file",
        "_metadata.file_modification_time AS _source_modified_at",
        "current_timestamp() AS _ingested_at",
    )


def flights():
    return files("csv", "data/flights/*.csv", FLIGHTS, header=True, nullValue="NA")


def airports():
    return files("csv", "data/{airports.csv}", AIRPORTS, header=True, nullValue="NA", escape='"')


REQUIRED = """year IS NOT NULL AND month IS NOT NULL AND day IS NOT NULL AND sched_dep_time IS NOT NULL
  AND sched_arr_time IS NOT NULL AND carrier IS NOT NULL AND flight IS NOT NULL AND origin IS NOT NULL
  AND dest IS NOT NULL AND distance IS NOT NULL AND hour IS NOT NULL AND minute IS NOT NULL AND time_hour IS NOT NULL"""


@dp.table(name="bronze.flights_raw")
def flights_raw():
    return flights().where(f"_corrupt IS NULL AND {REQUIRED}").drop("_corrupt")


@dp.table(name="bronze.flights_raw_quarantine")
def flights_raw_quarantine():
    return flights().where(f"_corrupt IS NOT NULL OR NOT ({REQUIRED})")


@dp.table(name="bronze.airports_raw")
def airports_raw():
    return airports().where("_corrupt IS NULL").drop("_corrupt").withColumn("tzone", F.expr("nullif(tzone, '\\\\N')"))


@dp.table(name="bronze.airports_raw_quarantine")
def airports_raw_quarantine():
    return airports().where("_corrupt IS NOT NULL")


@dp.table(name="bronze.airlines_raw")
def airlines_raw():
    return files("json", "data/{airlines.json}", AIRLINES).drop("_corrupt")


@dp.table(name="bronze.carrier_changes_raw")
def carrier_changes_raw():
    return files("json", "data/carrier_changes/*.json", CHANGES).drop("_corrupt")


@dp.table(name="bronze.planes_raw")
def planes_raw():
    return files("parquet", "data/{planes.parquet}", PLANES)


@dp.table(name="bronze.weather_raw")
def weather_raw():
    return files("parquet", "data/{weather.parquet}", WEATHER)


@dp.table(name="silver.airports")
def silver_airports():
    return spark.readStream.table("bronze.airports_raw").select("faa", "name", "lat", "lon", "alt", "tz", "tzone")


@dp.table(name="silver.airlines")
def silver_airlines():
    return spark.readStream.table("bronze.airlines_raw").select("carrier", "name")


@dp.table(name="silver.planes")
def silver_planes():
    columns = ["tailnum", "type", "manufacturer", "model", "engines", "seats", "engine"]
    return spark.readStream.table("bronze.planes_raw").select(*columns, F.col("year").alias("built"))


@dp.materialized_view(name="silver.weather")
def silver_weather():
    return spark.sql("""
SELECT origin, time_hour, temp, wind_speed, precip, visib
FROM bronze.weather_raw
QUALIFY row_number() OVER (PARTITION BY origin, time_hour ORDER BY visib, temp) = 1""")


@dp.materialized_view(name="silver.carriers")
def silver_carriers():
    return spark.sql("""
WITH events AS (
  SELECT carrier, name, alliance, changed_at, op = 'D' AS deleted
  FROM bronze.carrier_changes_raw
  QUALIFY row_number() OVER (
    PARTITION BY carrier, changed_at ORDER BY op = 'D' DESC, name DESC NULLS LAST, alliance DESC NULLS LAST) = 1
),
changes AS (
  SELECT *
  FROM events
  QUALIFY deleted OR lag(deleted, 1, true) OVER (PARTITION BY carrier ORDER BY changed_at)
    OR name IS DISTINCT FROM lag(name) OVER (PARTITION BY carrier ORDER BY changed_at)
    OR alliance IS DISTINCT FROM lag(alliance) OVER (PARTITION BY carrier ORDER BY changed_at)
),
versions AS (
  SELECT *, lead(changed_at) OVER (PARTITION BY carrier ORDER BY changed_at) AS ended_at FROM changes
)
SELECT carrier, name, alliance, changed_at AS __START_AT, ended_at AS __END_AT FROM versions WHERE NOT deleted""")


@dp.materialized_view(name="silver.flights_judged")
def flights_judged():
    return spark.sql("""
WITH latest AS (
  SELECT carrier, flight, origin, time_hour AS scheduled_hour, dest, tailnum, make_date(year, month, day) AS flight_date,
    dep_delay, arr_delay, air_time, distance, dep_time IS NULL AS cancelled
  FROM bronze.flights_raw
  QUALIFY row_number() OVER (PARTITION BY carrier, flight, origin, time_hour ORDER BY tailnum) = 1
)
SELECT *,
  tailnum IS NOT NULL AS tail_number,
  origin IN ('EWR', 'JFK', 'LGA') AS leaves_new_york,
  cancelled OR arr_delay IS NOT NULL AS arrival_reported,
  coalesce(dep_delay, 0) BETWEEN -60 AND 1440 AS plausible_delay
FROM latest""")


RULES = ["tail_number", "leaves_new_york", "arrival_reported", "plausible_delay"]


@dp.materialized_view(name="silver.flights")
def silver_flights():
    return spark.sql(f"""
SELECT * EXCEPT ({", ".join(RULES)})
FROM silver.flights_judged
WHERE leaves_new_york AND arrival_reported AND plausible_delay""")


@dp.materialized_view(name="silver.flights_quarantine")
def flights_quarantine():
    return spark.sql(f"""
SELECT * EXCEPT ({", ".join(RULES)}),
  array_compact(array(
    if(arrival_reported, NULL, 'arrival_reported'), if(plausible_delay, NULL, 'plausible_delay'))) AS _broken_rules
FROM silver.flights_judged
WHERE NOT arrival_reported OR NOT plausible_delay""")


@dp.materialized_view(name="silver.expectations")
def expectations():
    counted = ", ".join(f"count_if({rule}) AS {rule}" for rule in RULES)
    nothing = ", ".join(f"NULL AS {rule}" for rule in RULES)
    return spark.sql(f"""
SELECT 'flights' AS dataset, count(*) AS rows, {counted}, NULL AS seats_known FROM silver.flights_judged
UNION ALL
SELECT 'planes' AS dataset, count(*) AS rows, {nothing}, count_if(seats > 0) FROM silver.planes""")


@dp.materialized_view(name="gold.flight_facts")
def flight_facts():
    return spark.sql("""
SELECT f.*, c.name AS carrier_name, c.alliance, a.name AS dest_name, a.tzone AS dest_tz, p.manufacturer, p.built
FROM silver.flights AS f
LEFT JOIN silver.carriers AS c
  ON f.carrier = c.carrier AND f.scheduled_hour >= c.__START_AT
  AND (f.scheduled_hour < c.__END_AT OR c.__END_AT IS NULL)
LEFT JOIN silver.airports AS a ON f.dest = a.faa
LEFT JOIN silver.planes AS p ON f.tailnum = p.tailnum""")


@dp.materialized_view(name="gold.delays_by_carrier_month")
def delays_by_carrier_month():
    return spark.sql("""
SELECT f.carrier, l.name AS carrier_name, CAST(date_trunc('month', f.scheduled_hour) AS DATE) AS month,
  count(*) AS flights, count_if(cancelled) AS cancelled, count_if(arr_delay > 15) AS late,
  avg(arr_delay) AS mean_arr_delay, median(arr_delay) AS median_arr_delay, sum(distance) AS distance
FROM silver.flights AS f
LEFT JOIN silver.airlines AS l ON f.carrier = l.carrier
GROUP BY ALL""")


@dp.materialized_view(name="gold.punctuality_by_weather")
def punctuality_by_weather():
    return spark.sql("""
SELECT
  CASE
    WHEN w.precip > 0 THEN 'rain or snow'
    WHEN w.visib < 5 THEN 'low visibility'
    WHEN w.wind_speed > 20 THEN 'wind'
    WHEN w.visib IS NULL THEN 'not recorded'
    ELSE 'fair'
  END AS conditions,
  count(*) AS flights, count_if(cancelled) AS cancelled, count_if(dep_delay <= 15) AS on_time,
  avg(dep_delay) AS mean_dep_delay
FROM silver.flights AS f
LEFT JOIN silver.weather AS w ON f.origin = w.origin AND f.scheduled_hour = w.time_hour
GROUP BY ALL""")
