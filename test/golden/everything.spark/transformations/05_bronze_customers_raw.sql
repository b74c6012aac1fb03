-- bronze.customers_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:39:120

CREATE STREAMING TABLE bronze.customers_raw_checked
COMMENT 'Rows of bronze.customers_raw with the rules that they break. Personal data: name (name, _rescued_data, _reason, _row)'
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
    FROM STREAM(customers_raw_files)
    WHERE value RLIKE '\\S'
  ),
  parsed AS (
    SELECT
      *,
      CASE WHEN NOT (locate('{', __row, 2) > 0 OR locate('[', __row, 2) > 0 OR contains(__row, '\\u') OR contains(__row, '\\/') OR __row RLIKE '"(?:name|country|op)"\\s*:\\s*(?:-?[0-9]+[.eE]|-0)') THEN from_json(concat('[', __row, ']'), 'ARRAY<MAP<STRING, STRING>>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')) END AS __records
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
      __texts['id'] AS __raw_id,
      __texts['name'] AS __raw_name,
      __texts['country'] AS __raw_country,
      __texts['op'] AS __raw_op,
      __texts['version'] AS __raw_version
    FROM read
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_id AS BIGINT) AS id,
      __raw_name AS name,
      __raw_country AS country,
      __raw_op AS op,
      try_cast(__raw_version AS BIGINT) AS version
    FROM texts
  )
  SELECT
    id,
    name,
    country,
    op,
    version,
    replace(__path, '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    CASE WHEN NOT map_keys(__texts) <=> array('id', 'name', 'country', 'op', 'version') AND size(__texts) <> size(array_intersect(map_keys(__texts), array('id', 'name', 'country', 'op', 'version')))
      THEN get(transform(array(nullif(CASE WHEN size(__texts) <> size(array_distinct(map_keys(__texts))) THEN get(transform(array(map_entries(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')))), __all -> get(transform(array(concat(map_entries(map_filter(map_from_entries(filter(__all, (e, i) -> array_position(transform(__all, e -> e.key), e.key) = i + 1)), (__key, __value) -> __key NOT IN ('id', 'name', 'country', 'op', 'version'))), filter(__all, (e, i) -> NOT array_position(transform(__all, e -> e.key), e.key) = i + 1))), __kept -> to_json(map_from_entries(transform(array_distinct(transform(__kept, e -> e.key)), name -> struct(name, get(transform(array(transform(filter(__kept, e -> e.key = name), e -> e.value)), __held -> CASE WHEN size(__held) = 1 THEN CAST(__held[0] AS VARIANT) ELSE CAST(__held AS VARIANT) END), 0)))))), 0)), 0)
      ELSE to_json(map_filter(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')), (__key, __value) -> __key NOT IN ('id', 'name', 'country', 'op', 'version'))) END, '{}')), __json -> CASE WHEN contains(__json, '\uFDD0') THEN regexp_replace(__json, '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE __json END), 0) END AS _rescued_data,
    CASE WHEN __fault IS NOT NULL THEN __fault
      WHEN id IS NULL OR name IS NULL OR country IS NULL OR op IS NULL OR version IS NULL THEN get(transform(array(transform_values(from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0)', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')), (k, v) -> CASE WHEN contains(CAST(v AS STRING), '\uFDD0') THEN regexp_replace(CAST(v AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') ELSE CAST(v AS STRING) END)), __came -> array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __came['id'] AS text, id IS NULL AS unread),
        struct('name' AS name, 'a STRING' AS type, __came['name'] AS text, name IS NULL AS unread),
        struct('country' AS name, 'a STRING' AS type, __came['country'] AS text, country IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __came['op'] AS text, op IS NULL AS unread),
        struct('version' AS name, 'a BIGINT' AS type, __came['version'] AS text, version IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ')), 0) END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN __row END AS _row
  FROM typed
);

CREATE STREAMING TABLE bronze.customers_raw (
  id BIGINT,
  name STRING,
  country STRING,
  op STRING,
  version BIGINT,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  name,
  country,
  op,
  version,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(bronze.customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE STREAMING TABLE bronze.customers_raw_quarantine
COMMENT 'Rows that bronze.customers_raw quarantined, with the rules that they broke. Personal data: name (name, _rescued_data, _reason, _row)'
AS
SELECT
  id,
  name,
  country,
  op,
  version,
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
FROM STREAM(bronze.customers_raw_checked)
WHERE size(_broken_rules) > 0;
