-- bronze.orders_raw: streaming table
-- made by examples/shop/pipeline.ts:6:43

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
      CASE WHEN NOT (locate('{', __row, 2) > 0 OR locate('[', __row, 2) > 0 OR contains(__row, '\\u') OR contains(__row, '\\/') OR __row RLIKE '"(?:status)"\\s*:\\s*(?:-?[0-9]+[.eE]|-0)' OR __row RLIKE '"(?:amount)"\\s*:\\s*-?(?:[0-9.]{16}|[0-9.]+[eE])') THEN from_json(concat('[', __row, ']'), 'ARRAY<MAP<STRING, STRING>>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')) END AS __records
    FROM lines
  ),
  fields AS (
    SELECT
      *,
      CASE WHEN size(__records) = 1 AND __records[0] IS NOT NULL THEN __records[0] ELSE transform_values(CASE WHEN json_array_length(concat('[', __row, ']')) <=> 1 AND __row RLIKE '\\A\\s*[{]' THEN from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')) END, (k, v) -> CASE WHEN contains(CAST(v AS STRING), '\uFDD0') THEN regexp_replace(CAST(v AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(v AS STRING) END) END AS __texts
    FROM parsed
  ),
  read AS (
    SELECT
      *,
      CASE WHEN __texts IS NULL THEN CASE WHEN json_array_length(concat('[', __row, ']')) <=> 1 AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END END AS __fault
    FROM fields
  ),
  texts AS (
    SELECT
      *,
      __texts['order_id'] AS __raw_order_id,
      __texts['customer_id'] AS __raw_customer_id,
      __texts['ordered_at'] AS __raw_ordered_at,
      __texts['amount'] AS __raw_amount,
      __texts['status'] AS __raw_status
    FROM read
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_order_id AS BIGINT) AS order_id,
      try_cast(__raw_customer_id AS BIGINT) AS customer_id,
      CASE WHEN __raw_ordered_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_ordered_at AS TIMESTAMP) END AS ordered_at,
      try_cast(__raw_amount AS DECIMAL(12, 2)) AS amount,
      __raw_status AS status
    FROM texts
  )
  SELECT
    order_id,
    customer_id,
    ordered_at,
    amount,
    status,
    replace(__path, '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    CASE WHEN NOT map_keys(__texts) <=> array('order_id', 'customer_id', 'ordered_at', 'amount', 'status') AND size(__texts) <> size(array_intersect(map_keys(__texts), array('order_id', 'customer_id', 'ordered_at', 'amount', 'status')))
      THEN get(transform(array(nullif(CASE WHEN size(__texts) <> size(array_distinct(map_keys(__texts))) THEN get(transform(array(map_entries(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')))), __all -> get(transform(array(concat(map_entries(map_filter(map_from_entries(filter(__all, (e, i) -> array_position(transform(__all, e -> e.key), e.key) = i + 1)), (__key, __value) -> __key NOT IN ('order_id', 'customer_id', 'ordered_at', 'amount', 'status'))), filter(__all, (e, i) -> NOT array_position(transform(__all, e -> e.key), e.key) = i + 1))), __kept -> to_json(map_from_entries(transform(array_distinct(transform(__kept, e -> e.key)), name -> struct(name, get(transform(array(transform(filter(__kept, e -> e.key = name), e -> e.value)), __held -> CASE WHEN size(__held) = 1 THEN CAST(__held[0] AS VARIANT) ELSE CAST(__held AS VARIANT) END), 0)))))), 0)), 0)
      ELSE to_json(map_filter(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')), (__key, __value) -> __key NOT IN ('order_id', 'customer_id', 'ordered_at', 'amount', 'status'))) END, '{}')), __json -> CASE WHEN contains(__json, '\uFDD0') THEN regexp_replace(__json, '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE __json END), 0) END AS _rescued_data,
    CASE WHEN __fault IS NOT NULL THEN __fault
      WHEN order_id IS NULL OR customer_id IS NULL OR ordered_at IS NULL OR amount IS NULL OR status IS NULL THEN get(transform(array(transform_values(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')), (k, v) -> CASE WHEN contains(CAST(v AS STRING), '\uFDD0') THEN regexp_replace(CAST(v AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(v AS STRING) END)), __came -> array_join(transform(filter(array(
        struct('order_id' AS name, 'a BIGINT' AS type, __came['order_id'] AS text, order_id IS NULL AS unread),
        struct('customer_id' AS name, 'a BIGINT' AS type, __came['customer_id'] AS text, customer_id IS NULL AS unread),
        struct('ordered_at' AS name, 'a TIMESTAMP' AS type, __came['ordered_at'] AS text, ordered_at IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(12,2)' AS type, __came['amount'] AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __came['status'] AS text, status IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ')), 0) END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN __row END AS _row
  FROM typed
);

CREATE STREAMING TABLE bronze.orders_raw (
  order_id BIGINT,
  customer_id BIGINT,
  ordered_at TIMESTAMP,
  amount DECIMAL(12, 2),
  status STRING,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
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
  order_id,
  customer_id,
  ordered_at,
  amount,
  status,
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
