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
      json_array_length(concat('[', __row, ']')) <=> 1 AS __valid
    FROM lines
  ),
  read AS (
    SELECT
      *,
      CASE WHEN __valid AND __row RLIKE '\\A\\s*[{]' THEN from_json(CASE WHEN __row RLIKE '[0-9][.eE][-+0-9]|[0-9]{19}|\uFDD0|\\\\u[fF][dD][dD]0' THEN replace(replace(replace(regexp_replace(__row, '"(\uFDD0|\\\\u[fF][dD][dD]0)([^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+)"|("[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")|(-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,})', '\u0001"$1$1$2"\u0001$3\u0001"\uFDD0$4"\u0001'), '\u0001""\u0001', ''), '\u0001"\uFDD0"\u0001', ''), '\u0001', '') ELSE __row END, 'MAP<STRING, VARIANT>', map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')) END AS __fields,
      CASE WHEN __valid AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END AS __fault
    FROM parsed
  ),
  texts AS (
    SELECT
      *,
      regexp_replace(CAST(__fields['id'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS __raw_id,
      regexp_replace(CAST(__fields['name'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS __raw_name,
      regexp_replace(CAST(__fields['country'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS __raw_country,
      regexp_replace(CAST(__fields['op'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS __raw_op,
      regexp_replace(CAST(__fields['version'] AS STRING), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS __raw_version
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
    replace(regexp_replace(url_decode(replace(__path, '+', '%2B')), '\\Afile:/+', 'file:///'), '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    regexp_replace(nullif(to_json(map_filter(__fields, (__key, __value) -> __key NOT IN ('id', 'name', 'country', 'op', 'version'))), '{}'), '\\A\uFDD0|"\uFDD0(-?[0-9][^"]*)"|(?<=")\uFDD0(?=\uFDD0)', '$1') AS _rescued_data,
    CASE WHEN __fields IS NULL THEN __fault ELSE nullif(concat_ws('; ',
      CASE WHEN id IS NULL THEN coalesce(concat('id: "', if(length(__raw_id) > 80, concat(left(__raw_id, 80), '…'), __raw_id), '" is not a BIGINT'), 'id is missing') END,
      CASE WHEN name IS NULL THEN coalesce(concat('name: "', if(length(__raw_name) > 80, concat(left(__raw_name, 80), '…'), __raw_name), '" is not a STRING'), 'name is missing') END,
      CASE WHEN country IS NULL THEN coalesce(concat('country: "', if(length(__raw_country) > 80, concat(left(__raw_country, 80), '…'), __raw_country), '" is not a STRING'), 'country is missing') END,
      CASE WHEN op IS NULL THEN coalesce(concat('op: "', if(length(__raw_op) > 80, concat(left(__raw_op, 80), '…'), __raw_op), '" is not a STRING'), 'op is missing') END,
      CASE WHEN version IS NULL THEN coalesce(concat('version: "', if(length(__raw_version) > 80, concat(left(__raw_version, 80), '…'), __raw_version), '" is not a BIGINT'), 'version is missing') END
    ), '') END AS _reason,
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
