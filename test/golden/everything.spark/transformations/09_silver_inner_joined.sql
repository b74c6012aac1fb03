-- silver.inner_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:71:25

CREATE MATERIALIZED VIEW silver.inner_joined (
  id BIGINT,
  country STRING,
  amount DECIMAL(10, 2)
)
AS
SELECT
  orders.id AS id,
  customers.country AS country,
  orders.amount AS amount
FROM silver.orders AS orders
JOIN silver.customers AS customers
  ON orders.customer = customers.id;
