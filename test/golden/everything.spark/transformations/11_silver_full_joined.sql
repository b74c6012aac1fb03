-- silver.full_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:80:24

CREATE MATERIALIZED VIEW silver.full_joined (
  id BIGINT,
  country STRING
)
AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
FULL JOIN silver.customers AS customers
  ON orders.customer = customers.id;
