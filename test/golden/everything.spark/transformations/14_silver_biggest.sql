-- silver.biggest: materialized view
-- made by test/fixtures/pipelines/everything.ts:86:60

CREATE MATERIALIZED VIEW silver.biggest (
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
FROM silver.orders
ORDER BY amount DESC NULLS LAST, id ASC NULLS FIRST, line ASC NULLS FIRST
LIMIT 2;
