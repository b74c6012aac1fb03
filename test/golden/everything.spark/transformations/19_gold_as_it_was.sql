-- gold.as_it_was: materialized view
-- made by test/fixtures/pipelines/everything.ts:143:22

CREATE MATERIALIZED VIEW gold.as_it_was (
  id BIGINT,
  line INT,
  country STRING
)
AS
SELECT
  orders.id AS id,
  orders.line AS line,
  customer_history.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customer_history AS customer_history
  ON orders.customer = customer_history.id
  AND orders.id >= customer_history.__START_AT
  AND (orders.id < customer_history.__END_AT OR customer_history.__END_AT IS NULL);
