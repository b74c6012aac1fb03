-- silver.known: materialized view
-- made by test/fixtures/pipelines/everything.ts:84:95

CREATE MATERIALIZED VIEW silver.known (
  id BIGINT,
  line INT,
  customer BIGINT,
  amount DECIMAL(10, 2) COMMENT 'gross, with tax',
  status STRING,
  `at` TIMESTAMP,
  day DATE,
  big BOOLEAN
)
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
FROM silver.orders AS orders
WHERE EXISTS (SELECT 1 FROM silver.customers AS customers WHERE orders.customer = customers.id AND customers.country <> 'XX')
  AND amount > 5;
