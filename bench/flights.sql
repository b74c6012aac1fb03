-- The tables of examples/flights/pipeline.ts, written by hand for DuckDB and run straight in it: the baseline of the
-- bench. Paths are relative to `file_search_path`.
--
-- It gives the same tables with the same rows, and what a careful engineer would ask for: typed reads, lines and rows
-- that cannot be read set aside with the reason, rules counted, broken rows set aside with the names of their rules,
-- duplicates removed, the history of the carriers, a transaction where a table takes more than one statement.
--
-- What it leaves out, and the engine does:
--   * It always begins from nothing: it does not remember what it has read.
--   * A value of a nullable column that cannot be read sets its whole line aside; the engine keeps the row and puts the
--     value into _rescued_data. Values are read as DuckDB does (12.7 is a whole number to it), not as Spark does.
--   * A broken quote, a line that is too long or a file that cannot be read is an error, or loses what follows.
--   * No event log; the counts of the rules are one table.

CREATE SCHEMA bronze;
CREATE SCHEMA silver;
CREATE SCHEMA gold;

-- bronze ------------------------------------------------------------------------------------------------------------

CREATE TEMP TABLE files AS
SELECT filename AS _source_file, last_modified AS _source_modified_at FROM read_blob('data/**');

BEGIN TRANSACTION;

CREATE TABLE bronze.flights_raw AS
SELECT *, now() AS _ingested_at
FROM read_csv('data/flights/*.csv', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
  nullstr = ['', 'NA'], filename = '_source_file', store_rejects = true,
  columns = {
    year: 'INTEGER', month: 'INTEGER', day: 'INTEGER', dep_time: 'INTEGER', sched_dep_time: 'INTEGER',
    dep_delay: 'INTEGER', arr_time: 'INTEGER', sched_arr_time: 'INTEGER', arr_delay: 'INTEGER', carrier: 'VARCHAR',
    flight: 'INTEGER', tailnum: 'VARCHAR', origin: 'VARCHAR', dest: 'VARCHAR', air_time: 'INTEGER',
    distance: 'INTEGER', hour: 'INTEGER', minute: 'INTEGER', time_hour: 'TIMESTAMPTZ'
  })
LEFT JOIN files USING (_source_file);

CREATE TABLE bronze.flights_raw_quarantine AS
SELECT file_path AS _source, any_value(error_message) AS _reason, any_value(csv_line) AS _row
FROM reject_errors JOIN reject_scans USING (scan_id, file_id)
GROUP BY file_path, line_byte_position;

INSERT INTO bronze.flights_raw_quarantine
SELECT _source_file, 'a column that must not be null is missing', to_json(flights_raw)::VARCHAR
FROM bronze.flights_raw
WHERE year IS NULL OR month IS NULL OR day IS NULL OR sched_dep_time IS NULL OR sched_arr_time IS NULL
  OR carrier IS NULL OR flight IS NULL OR origin IS NULL OR dest IS NULL OR distance IS NULL OR hour IS NULL
  OR minute IS NULL OR time_hour IS NULL;

DELETE FROM bronze.flights_raw
WHERE year IS NULL OR month IS NULL OR day IS NULL OR sched_dep_time IS NULL OR sched_arr_time IS NULL
  OR carrier IS NULL OR flight IS NULL OR origin IS NULL OR dest IS NULL OR distance IS NULL OR hour IS NULL
  OR minute IS NULL OR time_hour IS NULL;

COMMIT;

CREATE TABLE bronze.airports_raw AS
SELECT *, now() AS _ingested_at
FROM read_csv('data/airports.csv', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
  nullstr = ['', 'NA', '\N'], filename = '_source_file', store_rejects = true,
  rejects_table = 'airport_errors', rejects_scan = 'airport_scans',
  columns = {
    faa: 'VARCHAR', name: 'VARCHAR', lat: 'DOUBLE', lon: 'DOUBLE', alt: 'INTEGER', tz: 'INTEGER', dst: 'VARCHAR',
    tzone: 'VARCHAR'
  })
LEFT JOIN files USING (_source_file);

CREATE TABLE bronze.airports_raw_quarantine AS
SELECT file_path AS _source, any_value(error_message) AS _reason, any_value(csv_line) AS _row
FROM airport_errors JOIN airport_scans USING (scan_id, file_id)
GROUP BY file_path, line_byte_position;

CREATE TABLE bronze.airlines_raw AS
SELECT *, now() AS _ingested_at
FROM read_json('data/airlines.json', format = 'newline_delimited', filename = '_source_file',
  columns = {carrier: 'VARCHAR', name: 'VARCHAR'})
LEFT JOIN files USING (_source_file);

CREATE TABLE bronze.carrier_changes_raw AS
SELECT *, now() AS _ingested_at
FROM read_json('data/carrier_changes/*.json', format = 'newline_delimited', filename = '_source_file',
  columns = {carrier: 'VARCHAR', name: 'VARCHAR', alliance: 'VARCHAR', op: 'VARCHAR', changed_at: 'TIMESTAMPTZ'})
LEFT JOIN files USING (_source_file);

CREATE TABLE bronze.planes_raw AS
SELECT tailnum, year, type, manufacturer, model, engines, seats, speed, engine, _source_file,
  _source_modified_at, now() AS _ingested_at
FROM read_parquet('data/planes.parquet', filename = '_source_file')
LEFT JOIN files USING (_source_file);

CREATE TABLE bronze.weather_raw AS
SELECT origin, time_hour, temp, wind_speed, precip, visib, _source_file, _source_modified_at, now() AS _ingested_at
FROM read_parquet('data/weather.parquet', filename = '_source_file')
LEFT JOIN files USING (_source_file);

-- silver ------------------------------------------------------------------------------------------------------------

CREATE TABLE silver.airports AS
SELECT faa, name, lat, lon, alt, tz, tzone FROM bronze.airports_raw;

CREATE TABLE silver.airlines AS
SELECT carrier, name FROM bronze.airlines_raw;

CREATE TABLE silver.planes AS
SELECT tailnum, type, manufacturer, model, engines, seats, engine, year AS built FROM bronze.planes_raw;

CREATE TABLE silver.weather AS
SELECT origin, time_hour, temp, wind_speed, precip, visib
FROM bronze.weather_raw
QUALIFY row_number() OVER (PARTITION BY origin, time_hour ORDER BY visib NULLS FIRST, temp NULLS FIRST) = 1;

CREATE TABLE silver.carriers AS
WITH events AS (
  SELECT carrier, name, alliance, changed_at, op = 'D' AS deleted
  FROM bronze.carrier_changes_raw
  QUALIFY row_number() OVER (
    PARTITION BY carrier, changed_at ORDER BY op = 'D' DESC, name DESC NULLS LAST, alliance DESC NULLS LAST) = 1
),
changes AS (
  SELECT *
  FROM events
  WINDOW history AS (PARTITION BY carrier ORDER BY changed_at)
  QUALIFY deleted OR lag(deleted, 1, true) OVER history
    OR name IS DISTINCT FROM lag(name) OVER history OR alliance IS DISTINCT FROM lag(alliance) OVER history
),
versions AS (
  SELECT *, lead(changed_at) OVER (PARTITION BY carrier ORDER BY changed_at) AS ended_at FROM changes
)
SELECT carrier, name, alliance, changed_at AS __START_AT, ended_at AS __END_AT FROM versions WHERE NOT deleted;

CREATE TEMP TABLE judged AS
WITH latest AS (
  SELECT carrier, flight, origin, time_hour AS scheduled_hour, dest, tailnum, make_date(year, month, day) AS flight_date,
    dep_delay, arr_delay, air_time, distance, dep_time IS NULL AS cancelled
  FROM bronze.flights_raw
  QUALIFY row_number() OVER (PARTITION BY carrier, flight, origin, time_hour ORDER BY tailnum NULLS FIRST) = 1
)
SELECT *,
  tailnum IS NOT NULL AS tail_number,
  origin IN ('EWR', 'JFK', 'LGA') AS leaves_new_york,
  cancelled OR arr_delay IS NOT NULL AS arrival_reported,
  coalesce(dep_delay, 0) BETWEEN -60 AND 1440 AS plausible_delay
FROM latest;

CREATE TABLE silver.flights AS
SELECT * EXCLUDE (tail_number, leaves_new_york, arrival_reported, plausible_delay)
FROM judged
WHERE leaves_new_york AND arrival_reported AND plausible_delay;

CREATE TABLE silver.flights_quarantine AS
SELECT * EXCLUDE (tail_number, leaves_new_york, arrival_reported, plausible_delay),
  list_filter([if(NOT arrival_reported, 'arrival_reported', NULL), if(NOT plausible_delay, 'plausible_delay', NULL)],
    lambda rule: rule IS NOT NULL) AS _broken_rules
FROM judged
WHERE NOT arrival_reported OR NOT plausible_delay;

CREATE TABLE silver.expectations AS
SELECT 'flights' AS dataset, count(*) AS rows, count(*) FILTER (WHERE tail_number) AS tail_number,
  count(*) FILTER (WHERE leaves_new_york) AS leaves_new_york, count(*) FILTER (WHERE arrival_reported) AS arrival_reported,
  count(*) FILTER (WHERE plausible_delay) AS plausible_delay
FROM judged
UNION ALL BY NAME
SELECT 'planes' AS dataset, count(*) AS rows, count(*) FILTER (WHERE seats > 0) AS seats_known FROM silver.planes;

DROP TABLE judged;

-- gold --------------------------------------------------------------------------------------------------------------

CREATE TABLE gold.flight_facts AS
SELECT f.*, c.name AS carrier_name, c.alliance, a.name AS dest_name, a.tzone AS dest_tz, p.manufacturer, p.built
FROM silver.flights AS f
LEFT JOIN silver.carriers AS c
  ON f.carrier = c.carrier AND f.scheduled_hour >= c.__START_AT
  AND (f.scheduled_hour < c.__END_AT OR c.__END_AT IS NULL)
LEFT JOIN silver.airports AS a ON f.dest = a.faa
LEFT JOIN silver.planes AS p ON f.tailnum = p.tailnum;

CREATE TABLE gold.delays_by_carrier_month AS
SELECT f.carrier, l.name AS carrier_name, date_trunc('month', f.scheduled_hour)::DATE AS month,
  count(*) AS flights, count(*) FILTER (WHERE cancelled) AS cancelled, count(*) FILTER (WHERE arr_delay > 15) AS late,
  avg(arr_delay) AS mean_arr_delay, median(arr_delay) AS median_arr_delay, sum(distance)::BIGINT AS distance
FROM silver.flights AS f
LEFT JOIN silver.airlines AS l ON f.carrier = l.carrier
GROUP BY ALL;

CREATE TABLE gold.punctuality_by_weather AS
SELECT
  CASE
    WHEN w.precip > 0 THEN 'rain or snow'
    WHEN w.visib < 5 THEN 'low visibility'
    WHEN w.wind_speed > 20 THEN 'wind'
    WHEN w.visib IS NULL THEN 'not recorded'
    ELSE 'fair'
  END AS conditions,
  count(*) AS flights, count(*) FILTER (WHERE cancelled) AS cancelled, count(*) FILTER (WHERE dep_delay <= 15) AS on_time,
  avg(dep_delay) AS mean_dep_delay
FROM silver.flights AS f
LEFT JOIN silver.weather AS w ON f.origin = w.origin AND f.scheduled_hour = w.time_hour
GROUP BY ALL;
