-- silver.firsts: materialized view
-- made by test/fixtures/pipelines/everything.ts:127:6

CREATE MATERIALIZED VIEW silver.firsts (
  id BIGINT,
  line INT,
  customer BIGINT,
  nth INT
)
AS
WITH filtered AS (
  SELECT
    id,
    line,
    customer,
    row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS nth
  FROM silver.orders
)
SELECT
  id,
  line,
  customer,
  nth
FROM filtered
WHERE nth = 1;
