-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by examples/shop/pipeline.ts:6:43

CREATE OR REPLACE TABLE bronze.orders_raw AS
SELECT *
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(order_id) AS BIGINT) AS order_id,
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    CASE WHEN regexp_full_match(ordered_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(ordered_at) AS TIMESTAMPTZ) END AS ordered_at,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(12, 2)) AS amount,
    status,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('data/orders/*.json', columns = {'order_id': 'VARCHAR', 'customer_id': 'VARCHAR', 'ordered_at': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR'}, filename = true, format = 'newline_delimited')
)
WHERE order_id IS NOT NULL AND customer_id IS NOT NULL AND ordered_at IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL;

CREATE OR REPLACE TABLE bronze.orders_raw_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT (order_id IS NOT NULL AND customer_id IS NOT NULL AND ordered_at IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(order_id) AS BIGINT) AS order_id,
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    CASE WHEN regexp_full_match(ordered_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(ordered_at) AS TIMESTAMPTZ) END AS ordered_at,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(12, 2)) AS amount,
    status,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('data/orders/*.json', columns = {'order_id': 'VARCHAR', 'customer_id': 'VARCHAR', 'ordered_at': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR'}, filename = true, format = 'newline_delimited')
)
WHERE NOT (order_id IS NOT NULL AND customer_id IS NOT NULL AND ordered_at IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL);

-- 02_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by examples/shop/pipeline.ts:13:46

CREATE OR REPLACE TABLE bronze.customers_raw AS
SELECT *
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    email,
    country,
    op,
    CASE WHEN regexp_full_match(changed_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(changed_at) AS TIMESTAMPTZ) END AS changed_at,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_csv('data/customers/*.csv', columns = {'customer_id': 'VARCHAR', 'email': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'changed_at': 'VARCHAR'}, filename = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = [''], auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'customer_id,email,country,op,changed_at' THEN error(filename || ': the first line does not name the columns customer_id,email,country,op,changed_at; medallion run reads columns by name') END)
    FROM read_text('data/customers/*.csv')
    WHERE content <> ''
  ) = 0
)
WHERE customer_id IS NOT NULL AND email IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND changed_at IS NOT NULL;

CREATE OR REPLACE TABLE bronze.customers_raw_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT (customer_id IS NOT NULL AND email IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND changed_at IS NOT NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(customer_id) AS BIGINT) AS customer_id,
    email,
    country,
    op,
    CASE WHEN regexp_full_match(changed_at, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text(changed_at) AS TIMESTAMPTZ) END AS changed_at,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_csv('data/customers/*.csv', columns = {'customer_id': 'VARCHAR', 'email': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'changed_at': 'VARCHAR'}, filename = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = [''], auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'customer_id,email,country,op,changed_at' THEN error(filename || ': the first line does not name the columns customer_id,email,country,op,changed_at; medallion run reads columns by name') END)
    FROM read_text('data/customers/*.csv')
    WHERE content <> ''
  ) = 0
)
WHERE NOT (customer_id IS NOT NULL AND email IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND changed_at IS NOT NULL);

-- 03_silver_orders.sql
-- silver.orders: streaming table
-- made by examples/shop/pipeline.ts:20:81

CREATE OR REPLACE TABLE silver.orders AS
SELECT *
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
)
WHERE coalesce(amount > 0, false);

CREATE OR REPLACE TABLE silver.orders_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT coalesce(amount > 0, false) THEN 'amount_positive' END], lambda rule: rule IS NOT NULL) AS _broken_rules
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
)
WHERE NOT coalesce(amount > 0, false);

-- 04_silver_customers.sql
-- silver.customers: SCD type 2
-- made by examples/shop/pipeline.ts:20:268

CREATE OR REPLACE TABLE silver.customers AS
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

-- 05_gold_revenue_by_country.sql
-- gold.revenue_by_country: materialized view
-- made by examples/shop/pipeline.ts:32:45

CREATE OR REPLACE TABLE gold.revenue_by_country AS
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
