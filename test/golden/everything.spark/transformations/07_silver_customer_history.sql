-- silver.customer_history: SCD type 2
-- made by test/fixtures/pipelines/everything.ts:50:57

CREATE MATERIALIZED VIEW silver.customer_history (
  id BIGINT,
  name STRING,
  country STRING,
  __START_AT BIGINT,
  __END_AT BIGINT
)
AS
WITH __ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY id, __sequence
      ORDER BY
        __delete DESC NULLS LAST,
        name DESC NULLS LAST,
        country DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      id,
      upper(name) AS name,
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
      OR country IS DISTINCT FROM lag(country) OVER __history
    ) AS __starts
  FROM __settled
  WINDOW __history AS (PARTITION BY id ORDER BY __sequence ASC NULLS FIRST)
),
__versions AS (
  SELECT
    *,
    max(CASE WHEN __starts THEN __sequence END) OVER (
      PARTITION BY id
      ORDER BY __sequence ASC NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS __START_AT,
    lead(__sequence) OVER __history AS __END_AT,
    lead(__starts, 1, true) OVER __history AS __ends
  FROM __marked
  WINDOW __history AS (PARTITION BY id ORDER BY __sequence ASC NULLS FIRST)
)
SELECT
  id,
  name,
  country,
  __START_AT,
  __END_AT
FROM __versions
WHERE __ends AND NOT __delete;
