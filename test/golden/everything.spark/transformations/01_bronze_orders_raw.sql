-- bronze.orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:6:43

CREATE STREAMING TABLE bronze.orders_raw_checked
COMMENT 'Rows of bronze.orders_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH lines AS (
    SELECT
      value AS __row,
      __path,
      __modified_at
    FROM STREAM(orders_raw_files)
    WHERE value RLIKE '\\S'
  ),
  parsed AS (
    SELECT
      *,
      json_array_length(concat('[', __row, ']')) <=> 1 AS __valid
    FROM lines
  ),
  fields AS (
    SELECT
      *,
      CASE WHEN __valid AND __row RLIKE '\\A\\s*[{]' THEN from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')) END AS __fields
    FROM parsed
  ),
  read AS (
    SELECT
      *,
      CASE WHEN __fields IS NULL THEN CASE WHEN json_array_length(concat('[', __row, ']')) <=> 1 AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END END AS __fault
    FROM fields
  ),
  texts AS (
    SELECT
      *,
      CASE WHEN contains(CAST(__fields['id'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['id'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['id'] AS STRING) END AS __raw_id,
      CASE WHEN contains(CAST(__fields['line'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['line'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['line'] AS STRING) END AS __raw_line,
      CASE WHEN contains(CAST(__fields['customer'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['customer'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['customer'] AS STRING) END AS __raw_customer,
      CASE WHEN contains(CAST(__fields['amount'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['amount'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['amount'] AS STRING) END AS __raw_amount,
      CASE WHEN contains(CAST(__fields['status'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['status'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['status'] AS STRING) END AS __raw_status,
      CASE WHEN contains(CAST(__fields['at'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(__fields['at'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(__fields['at'] AS STRING) END AS __raw_at,
      CASE WHEN NOT is_variant_null(__fields['tags']) THEN __fields['tags'] END AS __raw_tags,
      CASE WHEN NOT is_variant_null(__fields['address']) THEN __fields['address'] END AS __raw_address
    FROM read
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_id AS BIGINT) AS id,
      try_cast(__raw_line AS INT) AS line,
      try_cast(__raw_customer AS BIGINT) AS customer,
      try_cast(__raw_amount AS DECIMAL(10, 2)) AS amount,
      __raw_status AS status,
      CASE WHEN __raw_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_at AS TIMESTAMP) END AS `at`,
      CASE WHEN (__raw_tags IS NULL OR is_variant_null(__raw_tags) OR coalesce(forall(try_variant_get(__raw_tags, '$', 'ARRAY<VARIANT>'), e0 -> true), false)) THEN transform(try_variant_get(__raw_tags, '$', 'ARRAY<VARIANT>'), e0 -> CASE WHEN contains(CAST(e0 AS STRING), '\uFDD0') THEN regexp_replace(CAST(e0 AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(e0 AS STRING) END) END AS tags,
      CASE WHEN (__raw_address IS NULL OR is_variant_null(__raw_address) OR try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>') IS NOT NULL) THEN CASE WHEN try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>') IS NOT NULL THEN named_struct('city', CASE WHEN contains(CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['city'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['city'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['city'] AS STRING) END, 'zip', CASE WHEN contains(CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['zip'] AS STRING), '\uFDD0') THEN regexp_replace(CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['zip'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['zip'] AS STRING) END) END END AS address
    FROM texts
  )
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`,
    tags,
    address,
    replace(__path, '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    CASE WHEN size(__fields) <> size(array_intersect(map_keys(__fields), array('id', 'line', 'customer', 'amount', 'status', 'at', 'tags', 'address')))
        OR (customer IS NULL AND __raw_customer IS NOT NULL)
        OR (tags IS NULL AND __raw_tags IS NOT NULL)
        OR (address IS NULL AND __raw_address IS NOT NULL)
        OR address IS NOT NULL
      THEN get(transform(array(nullif(CASE WHEN size(__fields) <> size(array_distinct(map_keys(__fields))) THEN get(transform(array(map_entries(__fields)), __all -> get(transform(array(concat(map_entries(map_filter(transform_values(map_from_entries(filter(__all, (e, i) -> array_position(transform(__all, e -> e.key), e.key) = i + 1)), (__key, __value) -> CASE
      WHEN __key = 'address' AND address IS NOT NULL THEN try_parse_json(nullif(to_json(map_filter(transform_values(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>'), (k0, e0) -> CASE k0 WHEN 'city' THEN NULL WHEN 'zip' THEN NULL ELSE e0 END), (k, v) -> v IS NOT NULL)), '{}'))
      ELSE __value END), (__key, __value) -> __key NOT IN ('id', 'line', 'customer', 'amount', 'status', 'at', 'tags', 'address')
      OR (__key = 'customer' AND customer IS NULL AND __raw_customer IS NOT NULL)
      OR (__key = 'tags' AND tags IS NULL AND __raw_tags IS NOT NULL)
      OR (__key = 'address' AND address IS NULL AND __raw_address IS NOT NULL)
      OR (__key = 'address' AND address IS NOT NULL AND __value IS NOT NULL))), filter(__all, (e, i) -> NOT array_position(transform(__all, e -> e.key), e.key) = i + 1))), __kept -> to_json(map_from_entries(transform(array_distinct(transform(__kept, e -> e.key)), name -> struct(name, get(transform(array(transform(filter(__kept, e -> e.key = name), e -> e.value)), __held -> CASE WHEN size(__held) = 1 THEN CAST(__held[0] AS VARIANT) ELSE CAST(__held AS VARIANT) END), 0)))))), 0)), 0)
      ELSE to_json(map_filter(transform_values(__fields, (__key, __value) -> CASE
      WHEN __key = 'address' AND address IS NOT NULL THEN try_parse_json(nullif(to_json(map_filter(transform_values(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>'), (k0, e0) -> CASE k0 WHEN 'city' THEN NULL WHEN 'zip' THEN NULL ELSE e0 END), (k, v) -> v IS NOT NULL)), '{}'))
      ELSE __value END), (__key, __value) -> __key NOT IN ('id', 'line', 'customer', 'amount', 'status', 'at', 'tags', 'address')
      OR (__key = 'customer' AND customer IS NULL AND __raw_customer IS NOT NULL)
      OR (__key = 'tags' AND tags IS NULL AND __raw_tags IS NOT NULL)
      OR (__key = 'address' AND address IS NULL AND __raw_address IS NOT NULL)
      OR (__key = 'address' AND address IS NOT NULL AND __value IS NOT NULL))) END, '{}')), __json -> CASE WHEN contains(__json, '\uFDD0') THEN regexp_replace(__json, '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE __json END), 0) END AS _rescued_data,
    CASE WHEN __fields IS NULL THEN __fault
      WHEN id IS NULL OR line IS NULL OR amount IS NULL OR status IS NULL OR `at` IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('line' AS name, 'an INT' AS type, __raw_line AS text, line IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __raw_status AS text, status IS NULL AS unread),
        struct('at' AS name, 'a TIMESTAMP' AS type, __raw_at AS text, `at` IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN __row END AS _row
  FROM typed
);

CREATE STREAMING TABLE bronze.orders_raw (
  id BIGINT,
  line INT,
  customer BIGINT,
  amount DECIMAL(10, 2) COMMENT 'gross, with tax',
  status STRING,
  `at` TIMESTAMP,
  tags ARRAY<STRING>,
  address STRUCT<city: STRING, zip: STRING>,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  tags,
  address,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(bronze.orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE STREAMING TABLE bronze.orders_raw_quarantine
COMMENT 'Rows that bronze.orders_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  tags,
  address,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data,
  _broken_rules,
  _reason,
  _row,
  _source_file AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM STREAM(bronze.orders_raw_checked)
WHERE size(_broken_rules) > 0;
