-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by examples/shop/pipeline.ts:6:43

CREATE OR REFRESH PRIVATE STREAMING TABLE orders_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.orders_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      order_id AS __raw_order_id,
      customer_id AS __raw_customer_id,
      ordered_at AS __raw_ordered_at,
      amount AS __raw_amount,
      status AS __raw_status,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'data/orders/*.json',
      format => 'json',
      schema => 'order_id STRING, customer_id STRING, ordered_at STRING, amount STRING, status STRING, _corrupt_record STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      allowSingleQuotes => false,
      allowNonNumericNumbers => false,
      mode => 'PERMISSIVE',
      columnNameOfCorruptRecord => '_corrupt_record'
    )
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_order_id AS BIGINT) AS order_id,
      try_cast(__raw_customer_id AS BIGINT) AS customer_id,
      CASE WHEN __raw_ordered_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_ordered_at AS TIMESTAMP) END AS ordered_at,
      try_cast(__raw_amount AS DECIMAL(12, 2)) AS amount,
      __raw_status AS status
    FROM files
  )
  SELECT
    order_id,
    customer_id,
    ordered_at,
    amount,
    status,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN order_id IS NULL OR customer_id IS NULL OR ordered_at IS NULL OR amount IS NULL OR status IS NULL THEN array_join(transform(filter(array(
        struct('order_id' AS name, 'a BIGINT' AS type, __raw_order_id AS text, order_id IS NULL AS unread),
        struct('customer_id' AS name, 'a BIGINT' AS type, __raw_customer_id AS text, customer_id IS NULL AS unread),
        struct('ordered_at' AS name, 'a TIMESTAMP' AS type, __raw_ordered_at AS text, ordered_at IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(12,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __raw_status AS text, status IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_order_id AS order_id, __raw_customer_id AS customer_id, __raw_ordered_at AS ordered_at, __raw_amount AS amount, __raw_status AS status))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE bronze.orders_raw (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  ordered_at TIMESTAMP NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  status STRING NOT NULL,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE bronze.orders_raw_quarantine
COMMENT 'Rows that bronze.orders_raw quarantined, with the rules that they broke'
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data,
  _broken_rules,
  _reason,
  _row,
  _source_file AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) > 0;

-- 02_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by examples/shop/pipeline.ts:13:46

CREATE OR REFRESH PRIVATE STREAMING TABLE customers_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.customers_raw with the rules that they break. Personal data: email (email, _rescued_data, _reason, _row)'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      customer_id AS __raw_customer_id,
      email AS __raw_email,
      country AS __raw_country,
      op AS __raw_op,
      changed_at AS __raw_changed_at,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, STRING>'), (k, v) -> k <> '_file_path' AND v IS NOT NULL) AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'data/customers/*.csv',
      format => 'csv',
      schema => 'customer_id STRING, email STRING, country STRING, op STRING, changed_at STRING, _corrupt_record STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      header => true,
      quote => '"',
      escape => '"',
      multiLine => true,
      readerCaseSensitive => false,
      mode => 'PERMISSIVE',
      columnNameOfCorruptRecord => '_corrupt_record'
    )
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_customer_id AS BIGINT) AS customer_id,
      __raw_email AS email,
      __raw_country AS country,
      __raw_op AS op,
      CASE WHEN __raw_changed_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_changed_at AS TIMESTAMP) END AS changed_at
    FROM files
  )
  SELECT
    customer_id,
    email,
    country,
    op,
    changed_at,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'a line that is broken'
      WHEN customer_id IS NULL OR email IS NULL OR country IS NULL OR op IS NULL OR changed_at IS NULL THEN array_join(transform(filter(array(
        struct('customer_id' AS name, 'a BIGINT' AS type, __raw_customer_id AS text, customer_id IS NULL AS unread),
        struct('email' AS name, 'a STRING' AS type, __raw_email AS text, email IS NULL AS unread),
        struct('country' AS name, 'a STRING' AS type, __raw_country AS text, country IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __raw_op AS text, op IS NULL AS unread),
        struct('changed_at' AS name, 'a TIMESTAMP' AS type, __raw_changed_at AS text, changed_at IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_customer_id AS customer_id, __raw_email AS email, __raw_country AS country, __raw_op AS op, __raw_changed_at AS changed_at))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE bronze.customers_raw (
  customer_id BIGINT NOT NULL,
  email STRING NOT NULL,
  country STRING NOT NULL,
  op STRING NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  customer_id,
  email,
  country,
  op,
  changed_at,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE bronze.customers_raw_quarantine
COMMENT 'Rows that bronze.customers_raw quarantined, with the rules that they broke. Personal data: email (email, _rescued_data, _reason, _row)'
AS
SELECT
  customer_id,
  email,
  country,
  op,
  changed_at,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data,
  _broken_rules,
  _reason,
  _row,
  _source_file AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM STREAM(customers_raw_checked)
WHERE size(_broken_rules) > 0;

-- 03_silver_orders.sql
-- silver.orders: streaming table
-- made by examples/shop/pipeline.ts:20:81

CREATE OR REFRESH PRIVATE STREAMING TABLE orders_checked (
  CONSTRAINT amount_positive EXPECT (amount > 0)
)
COMMENT 'Rows of silver.orders with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN NOT (amount > 0) THEN 'amount_positive' END
  )) AS _broken_rules
FROM (
  SELECT
    order_id,
    customer_id,
    ordered_at,
    amount,
    status,
    to_date(ordered_at) AS order_date
  FROM STREAM(bronze.orders_raw)
  WHERE status <> 'cancelled'
);

CREATE OR REFRESH STREAMING TABLE silver.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  ordered_at TIMESTAMP NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  status STRING NOT NULL,
  order_date DATE NOT NULL,
  CONSTRAINT orders_pk PRIMARY KEY (order_id)
)
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date
FROM STREAM(orders_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE silver.orders_quarantine
COMMENT 'Rows that silver.orders quarantined, with the rules that they broke'
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date,
  _broken_rules,
  CAST(NULL AS STRING) AS _reason,
  CAST(NULL AS STRING) AS _row,
  'orders_raw' AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM STREAM(orders_checked)
WHERE size(_broken_rules) > 0;

CREATE OR REFRESH PRIVATE MATERIALIZED VIEW orders_expectations (
  CONSTRAINT `key(order_id)` EXPECT (__rows = 1 AND order_id IS NOT NULL)
)
COMMENT 'What is counted of the rows of silver.orders'
AS
SELECT
  order_id,
  count(*) OVER (PARTITION BY order_id) AS __rows
FROM silver.orders;

-- 04_silver_customers.sql
-- silver.customers: SCD type 2
-- made by examples/shop/pipeline.ts:20:268

CREATE OR REFRESH STREAMING TABLE silver.customers (
  customer_id BIGINT NOT NULL,
  email STRING,
  country STRING,
  changed_at TIMESTAMP,
  __START_AT TIMESTAMP,
  __END_AT TIMESTAMP
);

CREATE FLOW customers_flow AS AUTO CDC INTO silver.customers
FROM STREAM(bronze.customers_raw)
KEYS (customer_id)
APPLY AS DELETE WHEN op = 'D'
SEQUENCE BY changed_at
COLUMNS * EXCEPT (op, _source_file, _source_modified_at, _ingested_at, _rescued_data)
STORED AS SCD TYPE 2;

-- 05_gold_revenue_by_country.sql
-- gold.revenue_by_country: materialized view
-- made by examples/shop/pipeline.ts:32:45

CREATE OR REFRESH MATERIALIZED VIEW gold.revenue_by_country (
  country STRING,
  revenue DECIMAL(22, 2) NOT NULL,
  orders BIGINT NOT NULL
)
AS
SELECT
  customers.country AS country,
  sum(orders.amount) AS revenue,
  count(orders.amount) AS orders
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer_id = customers.customer_id
  AND orders.ordered_at >= customers.__START_AT
  AND (orders.ordered_at < customers.__END_AT OR customers.__END_AT IS NULL)
GROUP BY customers.country;
