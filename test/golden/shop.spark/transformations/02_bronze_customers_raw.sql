-- bronze.customers_raw: streaming table
-- made by examples/shop/pipeline.ts:13:46

CREATE STREAMING TABLE bronze.customers_raw_checked
COMMENT 'Rows of bronze.customers_raw with the rules that they break. Personal data: email (email, _rescued_data, _reason, _row)'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH whole AS (
    SELECT
      regexp_replace(value, '\\A\uFEFF', '') AS __whole,
      __path,
      __modified_at
    FROM STREAM(customers_raw_files)
  ),
  files AS (
    SELECT
      CASE
        WHEN contains(__whole, '"') OR contains(__whole, '\r') THEN regexp_extract_all(__whole, '(?: *+"[^"]*+(?:""[^"]*+)*+"[^,\\r\\n]*+|[^,\\r\\n]*+)(?:,(?: *+"[^"]*+(?:""[^"]*+)*+"[^,\\r\\n]*+|[^,\\r\\n]*+))*+(?:\\r\\n|\\n|\\r|\\z)', 0)
        ELSE split(__whole, '\n')
      END AS __records,
      __path,
      __modified_at
    FROM whole
  ),
  headed AS (
    SELECT
      *,
      CAST(array_position(transform(__records, r -> r RLIKE '[^\\r\\n]'), true) AS INT) AS __header
    FROM files
  ),
  named AS (
    SELECT
      *,
      transform(
        regexp_extract_all(concat(',', rtrim('\r\n', get(__records, __header - 1))), ',((?: *+"[^"]*+(?:""[^"]*+)*+"[^,\\r\\n]*+|[^,\\r\\n]*+))', 1),
        (v, i) -> coalesce(nullif(trim(CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END), ''), concat('_c', i))
      ) AS __names
    FROM headed
  ),
  declared AS (
    SELECT
      *,
      transform(__names, n -> CASE lower(n) WHEN 'customer_id' THEN if(array_contains(__names, 'customer_id'), n, 'customer_id') WHEN 'email' THEN if(array_contains(__names, 'email'), n, 'email') WHEN 'country' THEN if(array_contains(__names, 'country'), n, 'country') WHEN 'op' THEN if(array_contains(__names, 'op'), n, 'op') WHEN 'changed_at' THEN if(array_contains(__names, 'changed_at'), n, 'changed_at') ELSE n END) AS __columns
    FROM named
  ),
  placed AS (
    SELECT
      *,
      transform(array('customer_id', 'email', 'country', 'op', 'changed_at'), n -> CAST(array_position(__columns, n) AS INT) - 1) AS __places,
      size(__columns) <> size(array_distinct(__columns)) AS __repeated,
      size(__columns) <> size(array_intersect(__columns, array('customer_id', 'email', 'country', 'op', 'changed_at'))) AS __others
    FROM declared
  ),
  lines AS (
    SELECT
      __line,
      CASE WHEN endswith(__record, '\n') OR endswith(__record, '\r') THEN rtrim('\r\n', __record) ELSE __record END AS __text,
      contains(__record, '"') AS __quoted,
      __names,
      __columns,
      __places,
      __repeated,
      __others,
      __path,
      __modified_at
    FROM placed
    LATERAL VIEW OUTER posexplode(__records) AS __line, __record
    WHERE __line >= __header AND CASE WHEN endswith(__record, '\n') OR endswith(__record, '\r') THEN rtrim('\r\n', __record) ELSE __record END <> ''
  ),
  split AS (
    SELECT
      *,
      CASE WHEN __quoted THEN regexp_extract_all(concat(',', __text), ',((?: *+"[^"]*+(?:""[^"]*+)*+"[^,\\r\\n]*+|[^,\\r\\n]*+))', 1) ELSE split(__text, ',') END AS __values
    FROM lines
  ),
  judged AS (
    SELECT
      *,
      CASE
        WHEN __quoted AND exists(__values, v -> ltrim(v) LIKE '"%' AND NOT v RLIKE '\\A *"[^"]*+(?:""[^"]*+)*+"') THEN concat('line ', __line + 1, ' has a quote that is never closed')
        WHEN __quoted AND exists(__values, v -> ltrim(v) LIKE '"%' AND NOT v RLIKE '\\A *"[^"]*+(?:""[^"]*+)*+" *\\z') THEN concat('line ', __line + 1, ' has a quote in the wrong place')
        WHEN size(__values) <> size(__names) THEN concat('line ', __line + 1, ' has ', size(__values), CASE size(__values) WHEN 1 THEN ' value, ' ELSE ' values, ' END, size(__names), ' expected')
      END AS __fault
    FROM split
  ),
  unquoted AS (
    SELECT
      *,
      CASE
        WHEN __fault IS NOT NULL THEN NULL
        WHEN __quoted THEN transform(__values, v -> CASE WHEN NOT v = '' THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END)
        ELSE __values
      END AS __texts,
      CASE WHEN NOT __quoted THEN '' END AS __nothing
    FROM judged
  ),
  read AS (
    SELECT
      *,
      nullif(get(__texts, get(__places, 0)), __nothing) AS __field_customer_id,
      nullif(get(__texts, get(__places, 1)), __nothing) AS __field_email,
      nullif(get(__texts, get(__places, 2)), __nothing) AS __field_country,
      nullif(get(__texts, get(__places, 3)), __nothing) AS __field_op,
      nullif(get(__texts, get(__places, 4)), __nothing) AS __field_changed_at
    FROM unquoted
  ),
  texts AS (
    SELECT
      *,
      nullif(__field_customer_id, '') AS __raw_customer_id,
      __field_email AS __raw_email,
      __field_country AS __raw_country,
      __field_op AS __raw_op,
      nullif(__field_changed_at, '') AS __raw_changed_at
    FROM read
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_customer_id AS BIGINT) AS customer_id,
      __raw_email AS email,
      __raw_country AS country,
      __raw_op AS op,
      CASE WHEN __raw_changed_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_changed_at AS TIMESTAMP) END AS changed_at
    FROM texts
  )
  SELECT
    customer_id,
    email,
    country,
    op,
    changed_at,
    replace(__path, '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    CASE WHEN __fault IS NULL AND __others
      THEN nullif(CASE WHEN __repeated THEN get(transform(array(transform(__values, (v, i) -> struct(CASE WHEN array_position(__columns, get(__columns, i)) = i + 1 THEN get(__columns, i) ELSE get(__names, i) END AS key, CASE WHEN NOT v = '' THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END AS value))), __all -> get(transform(array(concat(map_entries(map_filter(map_from_entries(filter(__all, (e, i) -> array_position(transform(__all, e -> e.key), e.key) = i + 1)), (__key, __value) -> __key NOT IN ('customer_id', 'email', 'country', 'op', 'changed_at') AND __value IS NOT NULL)), filter(__all, (e, i) -> NOT array_position(transform(__all, e -> e.key), e.key) = i + 1 AND exists(array(e.value), __value -> __value IS NOT NULL)))), __kept -> to_json(map_from_entries(transform(array_distinct(transform(__kept, e -> e.key)), name -> struct(name, get(transform(array(transform(filter(__kept, e -> e.key = name), e -> e.value)), __held -> CASE WHEN size(__held) = 1 THEN CAST(__held[0] AS VARIANT) ELSE CAST(__held AS VARIANT) END), 0)))))), 0)), 0)
      ELSE to_json(map_filter(map_from_entries(array_compact(transform(__values, (v, i) -> CASE WHEN array_position(__columns, get(__columns, i)) = i + 1 THEN struct(get(__columns, i), CASE WHEN NOT v = '' THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END) END))), (__key, __value) -> __key NOT IN ('customer_id', 'email', 'country', 'op', 'changed_at') AND __value IS NOT NULL)) END, '{}') END AS _rescued_data,
    CASE WHEN __fault IS NOT NULL THEN __fault
      WHEN customer_id IS NULL OR email IS NULL OR country IS NULL OR op IS NULL OR changed_at IS NULL THEN array_join(transform(filter(array(
        struct('customer_id' AS name, 'a BIGINT' AS type, __raw_customer_id AS text, customer_id IS NULL AS unread),
        struct('email' AS name, 'a STRING' AS type, __raw_email AS text, email IS NULL AS unread),
        struct('country' AS name, 'a STRING' AS type, __raw_country AS text, country IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __raw_op AS text, op IS NULL AS unread),
        struct('changed_at' AS name, 'a TIMESTAMP' AS type, __raw_changed_at AS text, changed_at IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN CASE WHEN __fault IS NOT NULL THEN __text ELSE concat('{', array_join(transform(__values, (v, i) -> rtrim('}', substring(to_json(map(get(__names, i), CASE WHEN NOT v = '' THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END)), 2))), ','), '}') END END AS _row
  FROM typed
);

CREATE STREAMING TABLE bronze.customers_raw (
  customer_id BIGINT,
  email STRING,
  country STRING,
  op STRING,
  changed_at TIMESTAMP,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  customer_id,
  email,
  country,
  op,
  changed_at,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(bronze.customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE STREAMING TABLE bronze.customers_raw_quarantine
COMMENT 'Rows that bronze.customers_raw quarantined, with the rules that they broke. Personal data: email (email, _rescued_data, _reason, _row)'
AS
SELECT
  customer_id,
  email,
  country,
  op,
  changed_at,
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
