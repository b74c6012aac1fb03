-- gold.overall: materialized view
-- made by test/fixtures/pipelines/everything.ts:138:20

CREATE MATERIALIZED VIEW gold.overall (
  orders BIGINT,
  revenue DECIMAL(20, 2),
  paid DECIMAL(20, 2)
)
AS
SELECT
  count(*) AS orders,
  sum(amount) AS revenue,
  sum(CASE WHEN status = 'paid' THEN amount END) AS paid
FROM silver.orders;
