-- silver.customers: SCD type 2
-- made by examples/shop/pipeline.ts:20:268

CREATE MATERIALIZED VIEW silver.customers (
  customer_id BIGINT,
  email STRING,
  country STRING,
  changed_at TIMESTAMP,
  __START_AT TIMESTAMP,
  __END_AT TIMESTAMP
)
AS
WITH __ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY customer_id, __sequence
      ORDER BY
        __delete DESC NULLS LAST,
        email DESC NULLS LAST,
        country DESC NULLS LAST,
        changed_at DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      customer_id,
      email,
      country,
      changed_at,
      changed_at AS __sequence,
      coalesce(op = 'D', false) AS __delete
    FROM (
      SELECT
        customer_id,
        email,
        country,
        op,
        changed_at
      FROM bronze.customers_raw
    )
  ) AS events
),
__settled AS (
  SELECT *
  FROM __ranked
  WHERE __rank = 1
),
__marked AS (
  SELECT
    *,
    (
      __delete
      OR lag(__delete, 1, true) OVER __history
      OR email IS DISTINCT FROM lag(email) OVER __history
      OR country IS DISTINCT FROM lag(country) OVER __history
      OR changed_at IS DISTINCT FROM lag(changed_at) OVER __history
    ) AS __starts
  FROM __settled
  WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
),
__versions AS (
  SELECT
    *,
    max(CASE WHEN __starts THEN __sequence END) OVER (
      PARTITION BY customer_id
      ORDER BY __sequence ASC NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS __START_AT,
    lead(__sequence) OVER __history AS __END_AT,
    lead(__starts, 1, true) OVER __history AS __ends
  FROM __marked
  WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
)
SELECT
  customer_id,
  email,
  country,
  changed_at,
  __START_AT,
  __END_AT
FROM __versions
WHERE __ends AND NOT __delete;
