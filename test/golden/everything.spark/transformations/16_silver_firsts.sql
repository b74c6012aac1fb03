-- silver.firsts: materialized view
-- made by test/fixtures/pipelines/everything.ts:127:6

CREATE MATERIALIZED VIEW silver.firsts (
  id BIGINT,
  line INT,
  customer BIGINT,
  nth INT
)
AS
SELECT
  id,
  line,
  customer,
  row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS nth
FROM silver.orders
QUALIFY row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) = 1;
