-- silver.orders: streaming table
-- made by examples/shop/pipeline.ts:20:81

CREATE STREAMING TABLE silver.orders_checked
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

CREATE STREAMING TABLE silver.orders (
  order_id BIGINT,
  customer_id BIGINT,
  ordered_at TIMESTAMP,
  amount DECIMAL(12, 2),
  status STRING,
  order_date DATE
)
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
  order_date
FROM STREAM(silver.orders_checked)
WHERE size(_broken_rules) = 0;

CREATE STREAMING TABLE silver.orders_quarantine
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
FROM STREAM(silver.orders_checked)
WHERE size(_broken_rules) > 0;

CREATE MATERIALIZED VIEW silver.orders_expectations
COMMENT 'Of how many rows of silver.orders each rule holds, and of how many not'
AS
SELECT inline(rules)
FROM (
  SELECT
    array(
      named_struct('rule', 'amount_positive', 'action', 'quarantine', 'passed', count_if(amount > 0), 'failed', count(*) - count_if(amount > 0))
    ) AS rules
  FROM silver.orders_checked
)
UNION ALL
SELECT
  'key(order_id)' AS rule,
  'warn' AS action,
  coalesce(sum(__rows) FILTER (WHERE __own), 0) AS passed,
  coalesce(sum(__rows) FILTER (WHERE NOT __own), 0) AS failed
FROM (
  SELECT
    count(*) AS __rows,
    count(*) = 1 AND order_id IS NOT NULL AS __own
  FROM silver.orders
  GROUP BY order_id
);
