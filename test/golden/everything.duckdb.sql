-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:6:43

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE bronze.orders_raw (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  tags VARCHAR[],
  address STRUCT("city" VARCHAR, "zip" VARCHAR),
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ NOT NULL,
  _rescued_data VARCHAR
);

COMMENT ON COLUMN bronze.orders_raw.amount IS 'gross, with tax';

CREATE OR REPLACE TABLE bronze.orders_raw_quarantine (
  id BIGINT,
  line INTEGER,
  customer BIGINT,
  amount DECIMAL(10, 2),
  status VARCHAR,
  "at" TIMESTAMPTZ,
  tags VARCHAR[],
  address STRUCT("city" VARCHAR, "zip" VARCHAR),
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR,
  _broken_rules VARCHAR[],
  _reason VARCHAR,
  _row VARCHAR,
  _source VARCHAR,
  _quarantined_at TIMESTAMPTZ,
  _update_id VARCHAR
);

CREATE OR REPLACE TEMP TABLE medallion_stage AS
SELECT *, nullif(concat_ws('; ', CASE WHEN id IS NULL THEN 'id is missing, or not of type BIGINT' END, CASE WHEN line IS NULL THEN 'line is missing, or not of type INT' END, CASE WHEN amount IS NULL THEN 'amount is missing, or not of type DECIMAL(10,2)' END, CASE WHEN status IS NULL THEN 'status is missing, or not of type STRING' END, CASE WHEN "at" IS NULL THEN 'at is missing, or not of type TIMESTAMP' END), '') AS __problem
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(line) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(customer) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(10, 2)) AS amount,
    status,
    CASE WHEN regexp_full_match("at", '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\s*') THEN TRY_CAST(medallion_timestamp_text("at") AS TIMESTAMPTZ) END AS "at",
    tags,
    address,
    __path AS _source_file,
    now() AS _ingested_at
  FROM read_json('orders/*.json', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR', 'tags': 'VARCHAR[]', 'address': 'STRUCT("city" VARCHAR, "zip" VARCHAR)'}, filename = '__path', hive_partitioning = false, format = 'newline_delimited')
);

INSERT INTO bronze.orders_raw (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  tags,
  address,
  _source_file,
  _ingested_at
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  tags,
  address,
  _source_file,
  _ingested_at
FROM medallion_stage
WHERE __problem IS NULL;

INSERT INTO bronze.orders_raw_quarantine (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  tags,
  address,
  _source_file,
  _ingested_at,
  _broken_rules,
  _reason,
  _row,
  _source,
  _quarantined_at,
  _update_id
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  tags,
  address,
  _source_file,
  _ingested_at,
  list_filter([CASE WHEN NOT (__problem IS NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL),
  __problem,
  CAST(NULL AS VARCHAR),
  _source_file,
  now(),
  CAST(NULL AS VARCHAR)
FROM medallion_stage
WHERE NOT (__problem IS NULL);

DROP TABLE medallion_stage;

COMMIT;

-- 02_bronze_old_orders_raw.sql
-- bronze.old_orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:19:47

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE bronze.old_orders_raw (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR
);

CREATE OR REPLACE TABLE bronze.old_orders_raw_quarantine (
  id BIGINT,
  line INTEGER,
  customer BIGINT,
  amount DECIMAL(10, 2),
  status VARCHAR,
  "at" TIMESTAMPTZ,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR,
  _broken_rules VARCHAR[],
  _reason VARCHAR,
  _row VARCHAR,
  _source VARCHAR,
  _quarantined_at TIMESTAMPTZ,
  _update_id VARCHAR
);

CREATE OR REPLACE TEMP TABLE medallion_stage AS
SELECT *, nullif(concat_ws('; ', CASE WHEN id IS NULL THEN 'id is missing, or not of type BIGINT' END, CASE WHEN line IS NULL THEN 'line is missing, or not of type INT' END, CASE WHEN amount IS NULL THEN 'amount is missing, or not of type DECIMAL(10,2)' END, CASE WHEN status IS NULL THEN 'status is missing, or not of type STRING' END, CASE WHEN "at" IS NULL THEN 'at is missing, or not of type TIMESTAMP' END), '') AS __problem
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(CASE WHEN id NOT IN ('NA') THEN id END) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(CASE WHEN line NOT IN ('NA') THEN line END) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(CASE WHEN customer NOT IN ('NA') THEN customer END) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(CASE WHEN amount NOT IN ('NA') THEN amount END) AS DECIMAL(10, 2)) AS amount,
    CASE WHEN status NOT IN ('NA') THEN status END AS status,
    CASE WHEN regexp_full_match(CASE WHEN "at" NOT IN ('NA') THEN "at" END, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(CASE WHEN "at" NOT IN ('NA') THEN "at" END) AS TIMESTAMPTZ) END AS "at",
    __path AS _source_file,
    now() AS _ingested_at
  FROM read_csv('old/*.csv', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR'}, filename = '__path', hive_partitioning = false, header = true, delim = ';', quote = '"', escape = '"', nullstr = [''], allow_quoted_nulls = false, auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'id;line;customer;amount;status;at' THEN error(filename || ': the first line, ' || left(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', ''), 200) || ', does not name the columns id;line;customer;amount;status;at; medallion run reads columns by name') END)
    FROM read_text('old/*.csv')
    WHERE content <> ''
  ) = 0
);

INSERT INTO bronze.old_orders_raw (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  _source_file,
  _ingested_at
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  _source_file,
  _ingested_at
FROM medallion_stage
WHERE __problem IS NULL;

INSERT INTO bronze.old_orders_raw_quarantine (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  _source_file,
  _ingested_at,
  _broken_rules,
  _reason,
  _row,
  _source,
  _quarantined_at,
  _update_id
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  _source_file,
  _ingested_at,
  list_filter([CASE WHEN NOT (__problem IS NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL),
  __problem,
  CAST(NULL AS VARCHAR),
  _source_file,
  now(),
  CAST(NULL AS VARCHAR)
FROM medallion_stage
WHERE NOT (__problem IS NULL);

DROP TABLE medallion_stage;

COMMIT;

-- 03_silver_all_orders.sql
-- silver.all_orders: streaming table
-- made by test/fixtures/pipelines/everything.ts:31:174

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.all_orders (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL
);

COMMENT ON COLUMN silver.all_orders.amount IS 'gross, with tax';

INSERT INTO silver.all_orders (
  id,
  line,
  customer,
  amount,
  status,
  "at"
)
WITH unioned AS (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at"
  FROM bronze.orders_raw
  UNION ALL
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at"
  FROM bronze.old_orders_raw
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at"
FROM unioned
WHERE status <> 'test';

COMMIT;

-- 04_silver_with_origin.sql
-- silver.with_origin: streaming table
-- made by test/fixtures/pipelines/everything.ts:32:28

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.with_origin (
  id BIGINT NOT NULL,
  city VARCHAR,
  first_tag VARCHAR,
  file VARCHAR
);

INSERT INTO silver.with_origin (
  id,
  city,
  first_tag,
  file
)
SELECT
  id,
  (address)."city" AS city,
  tags[1] AS first_tag,
  _source_file AS file
FROM bronze.orders_raw;

COMMIT;

-- 05_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:39:120

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE bronze.customers_raw (
  id BIGINT NOT NULL,
  name VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  op VARCHAR NOT NULL,
  version BIGINT NOT NULL,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR
);

CREATE OR REPLACE TABLE bronze.customers_raw_quarantine (
  id BIGINT,
  name VARCHAR,
  country VARCHAR,
  op VARCHAR,
  version BIGINT,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR,
  _broken_rules VARCHAR[],
  _reason VARCHAR,
  _row VARCHAR,
  _source VARCHAR,
  _quarantined_at TIMESTAMPTZ,
  _update_id VARCHAR
);

CREATE OR REPLACE TEMP TABLE medallion_stage AS
SELECT *, nullif(concat_ws('; ', CASE WHEN id IS NULL THEN 'id is missing, or not of type BIGINT' END, CASE WHEN name IS NULL THEN 'name is missing, or not of type STRING' END, CASE WHEN country IS NULL THEN 'country is missing, or not of type STRING' END, CASE WHEN op IS NULL THEN 'op is missing, or not of type STRING' END, CASE WHEN version IS NULL THEN 'version is missing, or not of type BIGINT' END), '') AS __problem
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    name,
    country,
    op,
    TRY_CAST(medallion_integer_text(version) AS BIGINT) AS version,
    __path AS _source_file,
    now() AS _ingested_at
  FROM read_json('customers/*.json', columns = {'id': 'VARCHAR', 'name': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'version': 'VARCHAR'}, filename = '__path', hive_partitioning = false, format = 'newline_delimited')
);

INSERT INTO bronze.customers_raw (
  id,
  name,
  country,
  op,
  version,
  _source_file,
  _ingested_at
)
SELECT
  id,
  name,
  country,
  op,
  version,
  _source_file,
  _ingested_at
FROM medallion_stage
WHERE __problem IS NULL;

INSERT INTO bronze.customers_raw_quarantine (
  id,
  name,
  country,
  op,
  version,
  _source_file,
  _ingested_at,
  _broken_rules,
  _reason,
  _row,
  _source,
  _quarantined_at,
  _update_id
)
SELECT
  id,
  name,
  country,
  op,
  version,
  _source_file,
  _ingested_at,
  list_filter([CASE WHEN NOT (__problem IS NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL),
  __problem,
  CAST(NULL AS VARCHAR),
  _source_file,
  now(),
  CAST(NULL AS VARCHAR)
FROM medallion_stage
WHERE NOT (__problem IS NULL);

DROP TABLE medallion_stage;

COMMIT;

-- 06_silver_customers.sql
-- silver.customers: SCD type 1
-- made by test/fixtures/pipelines/everything.ts:45:49

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.customers (
  id BIGINT NOT NULL,
  name VARCHAR NOT NULL,
  country VARCHAR NOT NULL
);

INSERT INTO silver.customers
WITH __latest AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY id
      ORDER BY
        __sequence DESC NULLS LAST,
        __delete DESC NULLS LAST,
        name DESC NULLS LAST,
        country DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      id,
      name,
      country,
      version AS __sequence,
      coalesce(op = 'D', false) AS __delete
    FROM (
      SELECT
        id,
        name,
        country,
        op,
        version
      FROM bronze.customers_raw
    )
  ) AS events
)
SELECT
  id,
  name,
  country
FROM __latest
WHERE __rank = 1 AND NOT __delete;

COMMIT;

-- 07_silver_customer_history.sql
-- silver.customer_history: SCD type 2
-- made by test/fixtures/pipelines/everything.ts:50:57

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.customer_history (
  id BIGINT NOT NULL,
  name VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  __START_AT BIGINT NOT NULL,
  __END_AT BIGINT
);

INSERT INTO silver.customer_history
WITH __ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY id, __sequence
      ORDER BY
        __delete DESC NULLS LAST,
        name DESC NULLS LAST,
        country DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      id,
      medallion_upper(name) AS name,
      country,
      version AS __sequence,
      coalesce(op = 'D', false) AS __delete
    FROM (
      SELECT
        id,
        name,
        country,
        op,
        version
      FROM bronze.customers_raw
    )
  ) AS events
),
__settled AS (
  SELECT *
  FROM __ranked
  WHERE __rank = 1
),
__marked AS (
  SELECT
    *,
    (
      __delete
      OR lag(__delete, 1, true) OVER __history
      OR country IS DISTINCT FROM lag(country) OVER __history
    ) AS __starts
  FROM __settled
  WINDOW __history AS (PARTITION BY id ORDER BY __sequence ASC NULLS FIRST)
),
__versions AS (
  SELECT
    *,
    max(CASE WHEN __starts THEN __sequence END) OVER (
      PARTITION BY id
      ORDER BY __sequence ASC NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS __START_AT,
    lead(__sequence) OVER __history AS __END_AT,
    lead(__starts, 1, true) OVER __history AS __ends
  FROM __marked
  WINDOW __history AS (PARTITION BY id ORDER BY __sequence ASC NULLS FIRST)
)
SELECT
  id,
  name,
  country,
  __START_AT,
  __END_AT
FROM __versions
WHERE __ends AND NOT __delete;

COMMIT;

-- 08_silver_orders.sql
-- silver.orders: materialized view
-- made by test/fixtures/pipelines/everything.ts:64:5

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.orders (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL
);

COMMENT ON TABLE silver.orders IS 'Orders, once each';

COMMENT ON COLUMN silver.orders.amount IS 'gross, with tax';

CREATE OR REPLACE TABLE silver.orders_quarantine (
  id BIGINT,
  line INTEGER,
  customer BIGINT,
  amount DECIMAL(10, 2),
  status VARCHAR,
  "at" TIMESTAMPTZ,
  day DATE,
  big BOOLEAN,
  _broken_rules VARCHAR[],
  _reason VARCHAR,
  _row VARCHAR,
  _source VARCHAR,
  _quarantined_at TIMESTAMPTZ,
  _update_id VARCHAR
);

CREATE OR REPLACE TEMP TABLE medallion_stage AS
SELECT
  *,
  coalesce(status IN ('paid', 'open'), false) AS __rule0,
  coalesce(amount > 0, false) AS __rule1,
  coalesce(day < DATE '2030-01-01', false) AS __rule2,
  coalesce(line >= 1, false) AS __rule3
FROM (
  WITH rows_to_dedupe AS (
    SELECT
      id,
      line,
      customer,
      amount,
      status,
      "at",
      CAST("at" AS DATE) AS day,
      amount > 100 AS big
    FROM silver.all_orders
    WHERE customer IS NOT NULL
  ),
  repeated AS (
    SELECT hash(id, line) AS hash
    FROM rows_to_dedupe
    GROUP BY ALL
    HAVING count(*) > 1
  ),
  deduped AS (
    SELECT
      id,
      line,
      customer,
      amount,
      status,
      "at",
      day,
      big
    FROM rows_to_dedupe
    WHERE hash(id, line) NOT IN (SELECT hash FROM repeated)
    UNION ALL
    SELECT
      id,
      line,
      customer,
      amount,
      status,
      "at",
      day,
      big
    FROM rows_to_dedupe
    WHERE hash(id, line) IN (SELECT hash FROM repeated)
    QUALIFY row_number() OVER (PARTITION BY id, line ORDER BY "at" DESC NULLS LAST, customer ASC NULLS FIRST, amount ASC NULLS FIRST, status ASC NULLS FIRST) = 1
  )
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at",
    day,
    big
  FROM deduped
);

SELECT CASE WHEN n > 0 THEN error(CAST(n AS VARCHAR) || CASE WHEN n = 1 THEN ' row breaks ' ELSE ' rows break ' END || 'the rule "line_from_one" of silver.orders, which fails its update') END FROM (SELECT coalesce(count_if(NOT __rule3), 0)::BIGINT AS n FROM medallion_stage);

INSERT INTO silver.orders (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM medallion_stage
WHERE __rule1
  AND __rule2;

INSERT INTO silver.orders_quarantine (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big,
  _broken_rules,
  _reason,
  _row,
  _source,
  _quarantined_at,
  _update_id
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big,
  list_filter([CASE WHEN NOT __rule2 THEN 'not_in_the_future' END], lambda rule: rule IS NOT NULL),
  CAST(NULL AS VARCHAR),
  CAST(NULL AS VARCHAR),
  'all_orders',
  now(),
  CAST(NULL AS VARCHAR)
FROM medallion_stage
WHERE NOT __rule2;

CREATE OR REPLACE TABLE silver.orders_expectations (
  rule VARCHAR,
  action VARCHAR,
  passed BIGINT,
  failed BIGINT
);

INSERT INTO silver.orders_expectations
SELECT 'known_status', 'warn', coalesce(count_if(__rule0), 0)::BIGINT, coalesce(count_if(NOT __rule0), 0)::BIGINT FROM medallion_stage
UNION ALL
SELECT 'positive', 'drop', coalesce(count_if(__rule1), 0)::BIGINT, coalesce(count_if(NOT __rule1), 0)::BIGINT FROM medallion_stage
UNION ALL
SELECT 'not_in_the_future', 'quarantine', coalesce(count_if(__rule2), 0)::BIGINT, coalesce(count_if(NOT __rule2), 0)::BIGINT FROM medallion_stage
UNION ALL
SELECT 'line_from_one', 'fail', coalesce(count_if(__rule3), 0)::BIGINT, coalesce(count_if(NOT __rule3), 0)::BIGINT FROM medallion_stage;

DROP TABLE medallion_stage;

COMMIT;

-- 09_silver_inner_joined.sql
-- silver.inner_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:71:25

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.inner_joined (
  id BIGINT NOT NULL,
  country VARCHAR NOT NULL,
  amount DECIMAL(10, 2) NOT NULL
);

INSERT INTO silver.inner_joined (
  id,
  country,
  amount
)
SELECT
  orders.id AS id,
  customers.country AS country,
  orders.amount AS amount
FROM silver.orders AS orders
JOIN silver.customers AS customers
  ON orders.customer = customers.id;

COMMIT;

-- 10_silver_left_joined.sql
-- silver.left_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:76:24

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.left_joined (
  id BIGINT NOT NULL,
  country VARCHAR
);

INSERT INTO silver.left_joined (
  id,
  country
)
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id;

COMMIT;

-- 11_silver_full_joined.sql
-- silver.full_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:80:24

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.full_joined (
  id BIGINT,
  country VARCHAR
);

INSERT INTO silver.full_joined (
  id,
  country
)
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
FULL JOIN silver.customers AS customers
  ON orders.customer = customers.id;

COMMIT;

-- 12_silver_known.sql
-- silver.known: materialized view
-- made by test/fixtures/pipelines/everything.ts:84:95

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.known (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL
);

COMMENT ON COLUMN silver.known.amount IS 'gross, with tax';

INSERT INTO silver.known (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders AS orders
SEMI JOIN silver.customers AS customers
  ON orders.customer = customers.id
  AND customers.country <> 'XX'
WHERE amount > 5;

COMMIT;

-- 13_silver_unknown_customers.sql
-- silver.unknown_customers: materialized view
-- made by test/fixtures/pipelines/everything.ts:85:30

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.unknown_customers (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL
);

COMMENT ON COLUMN silver.unknown_customers.amount IS 'gross, with tax';

INSERT INTO silver.unknown_customers (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders AS orders
ANTI JOIN silver.customers AS customers
  ON orders.customer = customers.id;

COMMIT;

-- 14_silver_biggest.sql
-- silver.biggest: materialized view
-- made by test/fixtures/pipelines/everything.ts:86:60

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.biggest (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  status VARCHAR NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL
);

COMMENT ON COLUMN silver.biggest.amount IS 'gross, with tax';

INSERT INTO silver.biggest (
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders
ORDER BY amount DESC NULLS LAST, id ASC NULLS FIRST, line ASC NULLS FIRST
LIMIT 2;

COMMIT;

-- 15_silver_running.sql
-- silver.running: materialized view
-- made by test/fixtures/pipelines/everything.ts:87:20

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.running (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  total DECIMAL(20, 2),
  before DECIMAL(10, 2)
);

INSERT INTO silver.running (
  id,
  line,
  nth,
  total,
  before
)
SELECT
  id,
  line,
  CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) AS nth,
  CAST(sum(amount) OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS DECIMAL(20, 2)) AS total,
  lag(amount, 1) OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS before
FROM silver.orders;

COMMIT;

-- 16_silver_firsts.sql
-- silver.firsts: materialized view
-- made by test/fixtures/pipelines/everything.ts:127:6

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.firsts (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  nth INTEGER NOT NULL
);

INSERT INTO silver.firsts (
  id,
  line,
  customer,
  nth
)
SELECT
  id,
  line,
  customer,
  CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) AS nth
FROM silver.orders
QUALIFY CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) = 1;

COMMIT;

-- 17_gold_by_country.sql
-- gold.by_country: materialized view
-- made by test/fixtures/pipelines/everything.ts:137:6

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE gold.by_country (
  country VARCHAR,
  revenue DECIMAL(20, 2) NOT NULL,
  customers BIGINT NOT NULL,
  mean DECIMAL(14, 6) NOT NULL
);

INSERT INTO gold.by_country (
  country,
  revenue,
  customers,
  mean
)
SELECT
  customers.country AS country,
  CAST(sum(orders.amount) AS DECIMAL(20, 2)) AS revenue,
  count(DISTINCT orders.customer) AS customers,
  CAST(medallion_divide(sum(orders.amount), count(orders.amount), 4, 6) AS DECIMAL(14, 6)) AS mean
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id
GROUP BY customers.country
HAVING CAST(sum(orders.amount) AS DECIMAL(20, 2)) > 1;

COMMIT;

-- 18_gold_overall.sql
-- gold.overall: materialized view
-- made by test/fixtures/pipelines/everything.ts:138:20

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE gold.overall (
  orders BIGINT NOT NULL,
  revenue DECIMAL(20, 2),
  paid DECIMAL(20, 2)
);

INSERT INTO gold.overall (
  orders,
  revenue,
  paid
)
SELECT
  count(*) AS orders,
  CAST(sum(amount) AS DECIMAL(20, 2)) AS revenue,
  CAST(sum(CASE WHEN status = 'paid' THEN amount END) AS DECIMAL(20, 2)) AS paid
FROM silver.orders;

COMMIT;

-- 19_gold_as_it_was.sql
-- gold.as_it_was: materialized view
-- made by test/fixtures/pipelines/everything.ts:143:22

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE gold.as_it_was (
  id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  country VARCHAR
);

INSERT INTO gold.as_it_was (
  id,
  line,
  country
)
SELECT
  orders.id AS id,
  orders.line AS line,
  customer_history.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customer_history AS customer_history
  ON orders.customer = customer_history.id
  AND orders.id >= customer_history.__START_AT
  AND row(false, orders.id) < row(customer_history.__END_AT IS NULL, customer_history.__END_AT);

COMMIT;
