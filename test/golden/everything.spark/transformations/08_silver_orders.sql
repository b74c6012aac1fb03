-- silver.orders: materialized view
-- made by test/fixtures/pipelines/everything.ts:64:5

CREATE MATERIALIZED VIEW silver.orders_checked
COMMENT 'Rows of silver.orders with the rules that they break'
TBLPROPERTIES ('tag.domain' = 'sales', 'medallion.owner' = 'sales')
AS
SELECT *
FROM (
  SELECT
    *,
    array_compact(array(
      CASE WHEN NOT (day < DATE '2030-01-01') THEN 'not_in_the_future' END
    )) AS _broken_rules
  FROM (
    SELECT
      id,
      line,
      customer,
      amount,
      status,
      `at`,
      to_date(`at`) AS day,
      amount > 100 AS big
    FROM silver.all_orders
    WHERE customer IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY id, line ORDER BY `at` DESC NULLS LAST, customer ASC NULLS FIRST, amount ASC NULLS FIRST, status ASC NULLS FIRST) = 1
  )
)
WHERE assert_true(line >= 1, 'a row breaks the rule "line_from_one" of silver.orders, which fails its update') IS NULL;

CREATE MATERIALIZED VIEW silver.orders (
  id BIGINT,
  line INT,
  customer BIGINT,
  amount DECIMAL(10, 2) COMMENT 'gross, with tax',
  status STRING,
  `at` TIMESTAMP,
  day DATE,
  big BOOLEAN
)
COMMENT 'Orders, once each'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'tag.domain' = 'sales', 'medallion.owner' = 'sales')
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big
FROM silver.orders_checked
WHERE size(_broken_rules) = 0
  AND amount > 0;

CREATE MATERIALIZED VIEW silver.orders_quarantine
COMMENT 'Rows that silver.orders quarantined, with the rules that they broke'
TBLPROPERTIES ('tag.domain' = 'sales', 'medallion.owner' = 'sales')
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big,
  _broken_rules,
  CAST(NULL AS STRING) AS _reason,
  CAST(NULL AS STRING) AS _row,
  'all_orders' AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM silver.orders_checked
WHERE size(_broken_rules) > 0;

CREATE MATERIALIZED VIEW silver.orders_expectations
COMMENT 'Of how many rows of silver.orders each rule holds, and of how many not'
AS
SELECT inline(rules)
FROM (
  SELECT
    array(
      named_struct('rule', 'known_status', 'action', 'warn', 'passed', count_if(status IN ('paid', 'open')), 'failed', count(*) - count_if(status IN ('paid', 'open'))),
      named_struct('rule', 'positive', 'action', 'drop', 'passed', count_if(amount > 0), 'failed', count(*) - count_if(amount > 0)),
      named_struct('rule', 'not_in_the_future', 'action', 'quarantine', 'passed', count_if(day < DATE '2030-01-01'), 'failed', count(*) - count_if(day < DATE '2030-01-01')),
      named_struct('rule', 'line_from_one', 'action', 'fail', 'passed', count_if(line >= 1), 'failed', count(*) - count_if(line >= 1))
    ) AS rules
  FROM silver.orders_checked
);
