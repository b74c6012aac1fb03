-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by examples/shop/pipeline.ts:6:43

CREATE OR REFRESH PRIVATE STREAMING TABLE orders_raw_checked (
  CONSTRAINT order_id_readable EXPECT (order_id IS NOT NULL),
  CONSTRAINT customer_id_readable EXPECT (customer_id IS NOT NULL),
  CONSTRAINT ordered_at_readable EXPECT (ordered_at IS NOT NULL),
  CONSTRAINT amount_readable EXPECT (amount IS NOT NULL),
  CONSTRAINT status_readable EXPECT (status IS NOT NULL)
)
COMMENT 'Rows of bronze.orders_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN order_id IS NULL THEN 'order_id_readable' END,
    CASE WHEN customer_id IS NULL THEN 'customer_id_readable' END,
    CASE WHEN ordered_at IS NULL THEN 'ordered_at_readable' END,
    CASE WHEN amount IS NULL THEN 'amount_readable' END,
    CASE WHEN status IS NULL THEN 'status_readable' END
  )) AS _broken_rules
FROM (
  SELECT
    order_id,
    customer_id,
    ordered_at,
    amount,
    status,
    _metadata.file_path AS _source_file,
    _metadata.file_modification_time AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    _rescued_data
  FROM STREAM read_files(
    'data/orders/*.json',
    format => 'json',
    schema => 'order_id BIGINT, customer_id BIGINT, ordered_at TIMESTAMP, amount DECIMAL(12, 2), status STRING',
    schemaEvolutionMode => 'rescue',
    rescuedDataColumn => '_rescued_data'
  )
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
COMMENT 'Rows that bronze.orders_raw set aside, with the rules that they broke'
AS
SELECT *
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) > 0;

-- 02_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by examples/shop/pipeline.ts:13:46

CREATE OR REFRESH PRIVATE STREAMING TABLE customers_raw_checked (
  CONSTRAINT customer_id_readable EXPECT (customer_id IS NOT NULL),
  CONSTRAINT email_readable EXPECT (email IS NOT NULL),
  CONSTRAINT country_readable EXPECT (country IS NOT NULL),
  CONSTRAINT op_readable EXPECT (op IS NOT NULL),
  CONSTRAINT changed_at_readable EXPECT (changed_at IS NOT NULL)
)
COMMENT 'Rows of bronze.customers_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN customer_id IS NULL THEN 'customer_id_readable' END,
    CASE WHEN email IS NULL THEN 'email_readable' END,
    CASE WHEN country IS NULL THEN 'country_readable' END,
    CASE WHEN op IS NULL THEN 'op_readable' END,
    CASE WHEN changed_at IS NULL THEN 'changed_at_readable' END
  )) AS _broken_rules
FROM (
  SELECT
    customer_id,
    email,
    country,
    op,
    changed_at,
    _metadata.file_path AS _source_file,
    _metadata.file_modification_time AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    _rescued_data
  FROM STREAM read_files(
    'data/customers/*.csv',
    format => 'csv',
    schema => 'customer_id BIGINT, email STRING, country STRING, op STRING, changed_at TIMESTAMP',
    schemaEvolutionMode => 'rescue',
    rescuedDataColumn => '_rescued_data',
    header => true
  )
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
COMMENT 'Rows that bronze.customers_raw set aside, with the rules that they broke'
AS
SELECT *
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
COMMENT 'Rows that silver.orders set aside, with the rules that they broke'
AS
SELECT *
FROM STREAM(orders_checked)
WHERE size(_broken_rules) > 0;

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
  revenue DECIMAL(22, 2),
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
