-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by examples/shop/pipeline.ts:6:43

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE bronze.orders_raw (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  ordered_at TIMESTAMPTZ NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  status VARCHAR NOT NULL,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR
);

CREATE OR REPLACE TABLE bronze.orders_raw_quarantine (
  order_id BIGINT,
  customer_id BIGINT,
  ordered_at TIMESTAMPTZ,
  amount DECIMAL(12, 2),
  status VARCHAR,
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
SELECT *, nullif(concat_ws('; ', CASE WHEN order_id IS NULL THEN 'order_id is missing, or not of type BIGINT' END, CASE WHEN customer_id IS NULL THEN 'customer_id is missing, or not of type BIGINT' END, CASE WHEN ordered_at IS NULL THEN 'ordered_at is missing, or not of type TIMESTAMP' END, CASE WHEN amount IS NULL THEN 'amount is missing, or not of type DECIMAL(12,2)' END, CASE WHEN status IS NULL THEN 'status is missing, or not of type STRING' END), '') AS __problem
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(order_id) AS BIGINT) AS order_id,
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    CASE WHEN regexp_full_match(ordered_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(ordered_at) AS TIMESTAMPTZ) END AS ordered_at,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(12, 2)) AS amount,
    status,
    __path AS _source_file,
    now() AS _ingested_at
  FROM read_json('data/orders/*.json', columns = {'order_id': 'VARCHAR', 'customer_id': 'VARCHAR', 'ordered_at': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR'}, filename = '__path', hive_partitioning = false, format = 'newline_delimited')
);

INSERT INTO bronze.orders_raw (
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  _source_file,
  _ingested_at
)
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  _source_file,
  _ingested_at
FROM medallion_stage
WHERE __problem IS NULL;

INSERT INTO bronze.orders_raw_quarantine (
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
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
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
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

-- 02_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by examples/shop/pipeline.ts:13:46

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE bronze.customers_raw (
  customer_id BIGINT NOT NULL,
  email VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  op VARCHAR NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  _source_file VARCHAR,
  _source_modified_at TIMESTAMPTZ,
  _ingested_at TIMESTAMPTZ,
  _rescued_data VARCHAR
);

CREATE OR REPLACE TABLE bronze.customers_raw_quarantine (
  customer_id BIGINT,
  email VARCHAR,
  country VARCHAR,
  op VARCHAR,
  changed_at TIMESTAMPTZ,
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
SELECT *, nullif(concat_ws('; ', CASE WHEN customer_id IS NULL THEN 'customer_id is missing, or not of type BIGINT' END, CASE WHEN email IS NULL THEN 'email is missing, or not of type STRING' END, CASE WHEN country IS NULL THEN 'country is missing, or not of type STRING' END, CASE WHEN op IS NULL THEN 'op is missing, or not of type STRING' END, CASE WHEN changed_at IS NULL THEN 'changed_at is missing, or not of type TIMESTAMP' END), '') AS __problem
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    email,
    country,
    op,
    CASE WHEN regexp_full_match(changed_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(changed_at) AS TIMESTAMPTZ) END AS changed_at,
    __path AS _source_file,
    now() AS _ingested_at
  FROM read_csv('data/customers/*.csv', columns = {'customer_id': 'VARCHAR', 'email': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'changed_at': 'VARCHAR'}, filename = '__path', hive_partitioning = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = [''], allow_quoted_nulls = false, auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'customer_id,email,country,op,changed_at' THEN error(filename || ': the first line, ' || left(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', ''), 200) || ', does not name the columns customer_id,email,country,op,changed_at; medallion run reads columns by name') END)
    FROM read_text('data/customers/*.csv')
    WHERE content <> ''
  ) = 0
);

INSERT INTO bronze.customers_raw (
  customer_id,
  email,
  country,
  op,
  changed_at,
  _source_file,
  _ingested_at
)
SELECT
  customer_id,
  email,
  country,
  op,
  changed_at,
  _source_file,
  _ingested_at
FROM medallion_stage
WHERE __problem IS NULL;

INSERT INTO bronze.customers_raw_quarantine (
  customer_id,
  email,
  country,
  op,
  changed_at,
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
  customer_id,
  email,
  country,
  op,
  changed_at,
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

-- 03_silver_orders.sql
-- silver.orders: streaming table
-- made by examples/shop/pipeline.ts:20:81

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  ordered_at TIMESTAMPTZ NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  status VARCHAR NOT NULL,
  order_date DATE NOT NULL
);

CREATE OR REPLACE TABLE silver.orders_quarantine (
  order_id BIGINT,
  customer_id BIGINT,
  ordered_at TIMESTAMPTZ,
  amount DECIMAL(12, 2),
  status VARCHAR,
  order_date DATE,
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
  coalesce(amount > 0, false) AS __rule0
FROM (
  SELECT
    order_id,
    customer_id,
    ordered_at,
    amount,
    status,
    CAST(ordered_at AS DATE) AS order_date
  FROM bronze.orders_raw
  WHERE status <> 'cancelled'
);

INSERT INTO silver.orders (
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date
)
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date
FROM medallion_stage
WHERE __rule0;

INSERT INTO silver.orders_quarantine (
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date,
  _broken_rules,
  _reason,
  _row,
  _source,
  _quarantined_at,
  _update_id
)
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date,
  list_filter([CASE WHEN NOT __rule0 THEN 'amount_positive' END], lambda rule: rule IS NOT NULL),
  CAST(NULL AS VARCHAR),
  CAST(NULL AS VARCHAR),
  'orders_raw',
  now(),
  CAST(NULL AS VARCHAR)
FROM medallion_stage
WHERE NOT __rule0;

CREATE OR REPLACE TABLE silver.orders_expectations (
  rule VARCHAR,
  action VARCHAR,
  passed BIGINT,
  failed BIGINT
);

INSERT INTO silver.orders_expectations
SELECT 'amount_positive', 'quarantine', coalesce(count_if(__rule0), 0)::BIGINT, coalesce(count_if(NOT __rule0), 0)::BIGINT FROM medallion_stage
UNION ALL
SELECT 'key(order_id)', 'warn', written - failed, failed FROM (
SELECT coalesce(sum(fresh), 0)::BIGINT AS written, coalesce(sum(fresh) FILTER (WHERE n > 1 OR k0 IS NULL), 0)::BIGINT AS failed
FROM (
  SELECT __old.order_id AS k0, count(*) AS n, count(*) FILTER (WHERE __old.rowid >= 0) AS fresh
  FROM silver.orders AS __old
  GROUP BY ALL
)
);

DROP TABLE medallion_stage;

COMMIT;

-- 04_silver_customers.sql
-- silver.customers: SCD type 2
-- made by examples/shop/pipeline.ts:20:268

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE silver.customers (
  customer_id BIGINT NOT NULL,
  email VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  __START_AT TIMESTAMPTZ NOT NULL,
  __END_AT TIMESTAMPTZ
);

INSERT INTO silver.customers
WITH __ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY customer_id, __sequence
      ORDER BY
        __delete DESC NULLS LAST,
        email DESC NULLS LAST,
        country DESC NULLS LAST,
        changed_at DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      customer_id,
      email,
      country,
      changed_at,
      changed_at AS __sequence,
      coalesce(op = 'D', false) AS __delete
    FROM (
      SELECT
        customer_id,
        email,
        country,
        op,
        changed_at
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
      OR email IS DISTINCT FROM lag(email) OVER __history
      OR country IS DISTINCT FROM lag(country) OVER __history
      OR changed_at IS DISTINCT FROM lag(changed_at) OVER __history
    ) AS __starts
  FROM __settled
  WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
),
__versions AS (
  SELECT
    *,
    max(CASE WHEN __starts THEN __sequence END) OVER (
      PARTITION BY customer_id
      ORDER BY __sequence ASC NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS __START_AT,
    lead(__sequence) OVER __history AS __END_AT,
    lead(__starts, 1, true) OVER __history AS __ends
  FROM __marked
  WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
)
SELECT
  customer_id,
  email,
  country,
  changed_at,
  __START_AT,
  __END_AT
FROM __versions
WHERE __ends AND NOT __delete;

COMMIT;

-- 05_gold_revenue_by_country.sql
-- gold.revenue_by_country: materialized view
-- made by examples/shop/pipeline.ts:32:45

BEGIN TRANSACTION;

CREATE OR REPLACE TABLE gold.revenue_by_country (
  country VARCHAR,
  revenue DECIMAL(22, 2) NOT NULL,
  orders BIGINT NOT NULL
);

INSERT INTO gold.revenue_by_country (
  country,
  revenue,
  orders
)
SELECT
  customers.country AS country,
  CAST(sum(orders.amount) AS DECIMAL(22, 2)) AS revenue,
  count(orders.amount) AS orders
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer_id = customers.customer_id
  AND orders.ordered_at >= customers.__START_AT
  AND orders.ordered_at < coalesce(customers.__END_AT, TIMESTAMPTZ 'infinity')
GROUP BY customers.country;

COMMIT;
