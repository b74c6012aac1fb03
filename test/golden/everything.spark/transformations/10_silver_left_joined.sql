-- silver.left_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:76:24

CREATE MATERIALIZED VIEW silver.left_joined (
  id BIGINT,
  country STRING
)
AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id;
