-- gold.by_country: materialized view
-- made by test/fixtures/pipelines/everything.ts:137:6

CREATE MATERIALIZED VIEW gold.by_country (
  country STRING,
  revenue DECIMAL(20, 2),
  customers BIGINT,
  mean DECIMAL(14, 6)
)
AS
SELECT
  customers.country AS country,
  sum(orders.amount) AS revenue,
  count(DISTINCT orders.customer) AS customers,
  avg(orders.amount) AS mean
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id
GROUP BY customers.country
HAVING sum(orders.amount) > 1;
