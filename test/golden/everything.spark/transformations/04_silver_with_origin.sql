-- silver.with_origin: streaming table
-- made by test/fixtures/pipelines/everything.ts:32:28

CREATE STREAMING TABLE silver.with_origin (
  id BIGINT,
  city STRING,
  first_tag STRING,
  file STRING
)
AS
SELECT
  id,
  address.`city` AS city,
  get(tags, 0) AS first_tag,
  _source_file AS file
FROM STREAM(bronze.orders_raw);
