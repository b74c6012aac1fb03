-- silver.running: materialized view
-- made by test/fixtures/pipelines/everything.ts:87:20

CREATE MATERIALIZED VIEW silver.running (
  id BIGINT,
  line INT,
  nth INT,
  total DECIMAL(20, 2),
  before DECIMAL(10, 2)
)
AS
SELECT
  id,
  line,
  row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS nth,
  sum(amount) OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS total,
  lag(amount, 1) OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS before
FROM silver.orders;
