-- silver.all_orders: streaming table
-- made by test/fixtures/pipelines/everything.ts:31:174

CREATE STREAMING TABLE silver.all_orders (
  id BIGINT,
  line INT,
  customer BIGINT,
  amount DECIMAL(10, 2) COMMENT 'gross, with tax',
  status STRING,
  `at` TIMESTAMP
)
AS
WITH unioned AS (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`
  FROM STREAM(bronze.orders_raw)
  UNION ALL
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`
  FROM STREAM(bronze.old_orders_raw)
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`
FROM unioned
WHERE status <> 'test';
