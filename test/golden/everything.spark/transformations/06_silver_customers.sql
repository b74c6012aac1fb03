-- silver.customers: SCD type 1
-- made by test/fixtures/pipelines/everything.ts:45:49

CREATE MATERIALIZED VIEW silver.customers (
  id BIGINT,
  name STRING,
  country STRING
)
AS
WITH __latest AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY id
      ORDER BY
        __sequence DESC NULLS LAST,
        __delete DESC NULLS LAST,
        name DESC NULLS LAST,
        country DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      id,
      name,
      country,
      version AS __sequence,
      coalesce(op = 'D', false) AS __delete
    FROM (
      SELECT
        id,
        name,
        country,
        op,
        version
      FROM bronze.customers_raw
    )
  ) AS events
)
SELECT
  id,
  name,
  country
FROM __latest
WHERE __rank = 1 AND NOT __delete;
