-- gold.revenue_by_country: materialized view
-- made by examples/shop/pipeline.ts:32:45

CREATE MATERIALIZED VIEW gold.revenue_by_country (
  country STRING,
  revenue DECIMAL(22, 2),
  orders BIGINT
)
AS
SELECT
  customers.country AS country,
  sum(orders.amount) AS revenue,
  count(orders.amount) AS orders
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer_id = customers.customer_id
  AND orders.ordered_at >= customers.__START_AT
  AND (orders.ordered_at < customers.__END_AT OR customers.__END_AT IS NULL)
GROUP BY customers.country;
