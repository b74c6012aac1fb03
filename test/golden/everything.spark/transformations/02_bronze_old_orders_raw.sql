-- bronze.old_orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:19:47

CREATE STREAMING TABLE bronze.old_orders_raw_checked
COMMENT 'Rows of bronze.old_orders_raw with the rules that they break'
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
    FROM STREAM(old_orders_raw_files)
  ),
  files AS (
    SELECT
      CASE
        WHEN contains(__whole, '"') OR contains(__whole, '\r') THEN regexp_extract_all(__whole, '(?: *+"[^"]*+(?:""[^"]*+)*+"[^;\\r\\n]*+|[^;\\r\\n]*+)(?:;(?: *+"[^"]*+(?:""[^"]*+)*+"[^;\\r\\n]*+|[^;\\r\\n]*+))*+(?:\\r\\n|\\n|\\r|\\z)', 0)
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
        regexp_extract_all(concat(';', rtrim('\r\n', get(__records, __header - 1))), ';((?: *+"[^"]*+(?:""[^"]*+)*+"[^;\\r\\n]*+|[^;\\r\\n]*+))', 1),
        (v, i) -> coalesce(nullif(trim(CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END), ''), concat('_c', i))
      ) AS __names
    FROM headed
  ),
  declared AS (
    SELECT
      *,
      transform(__names, n -> CASE lower(n) WHEN 'id' THEN if(array_contains(__names, 'id'), n, 'id') WHEN 'line' THEN if(array_contains(__names, 'line'), n, 'line') WHEN 'customer' THEN if(array_contains(__names, 'customer'), n, 'customer') WHEN 'amount' THEN if(array_contains(__names, 'amount'), n, 'amount') WHEN 'status' THEN if(array_contains(__names, 'status'), n, 'status') WHEN 'at' THEN if(array_contains(__names, 'at'), n, 'at') ELSE n END) AS __columns
    FROM named
  ),
  placed AS (
    SELECT
      *,
      transform(array('id', 'line', 'customer', 'amount', 'status', 'at'), n -> CAST(array_position(__columns, n) AS INT) - 1) AS __places,
      size(__columns) <> size(array_distinct(__columns)) AS __repeated,
      size(__columns) <> size(array_intersect(__columns, array('id', 'line', 'customer', 'amount', 'status', 'at'))) AS __others
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
      CASE WHEN __quoted THEN regexp_extract_all(concat(';', __text), ';((?: *+"[^"]*+(?:""[^"]*+)*+"[^;\\r\\n]*+|[^;\\r\\n]*+))', 1) ELSE split(__text, ';') END AS __values
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
        WHEN __quoted THEN transform(__values, v -> CASE WHEN NOT v IN ('', 'NA') THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END)
        ELSE __values
      END AS __texts,
      CASE WHEN NOT __quoted THEN '' END AS __nothing
    FROM judged
  ),
  read AS (
    SELECT
      *,
      nullif(get(__texts, get(__places, 0)), __nothing) AS __field_id,
      nullif(get(__texts, get(__places, 1)), __nothing) AS __field_line,
      nullif(get(__texts, get(__places, 2)), __nothing) AS __field_customer,
      nullif(get(__texts, get(__places, 3)), __nothing) AS __field_amount,
      nullif(get(__texts, get(__places, 4)), __nothing) AS __field_status,
      nullif(get(__texts, get(__places, 5)), __nothing) AS __field_at
    FROM unquoted
  ),
  texts AS (
    SELECT
      *,
      CASE WHEN __field_id NOT IN ('NA', '') THEN __field_id END AS __raw_id,
      CASE WHEN __field_line NOT IN ('NA', '') THEN __field_line END AS __raw_line,
      CASE WHEN __field_customer NOT IN ('NA', '') THEN __field_customer END AS __raw_customer,
      CASE WHEN __field_amount NOT IN ('NA', '') THEN __field_amount END AS __raw_amount,
      CASE WHEN __field_status NOT IN ('NA') THEN __field_status END AS __raw_status,
      CASE WHEN __field_at NOT IN ('NA', '') THEN __field_at END AS __raw_at
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
      CASE WHEN __raw_at RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*))?)?\\s*\\z' THEN try_cast(__raw_at AS TIMESTAMP) END AS `at`
    FROM texts
  )
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`,
    replace(__path, '${medallion.base}', '') AS _source_file,
    __modified_at AS _source_modified_at,
    current_timestamp() AS _ingested_at,
    CASE WHEN __fault IS NULL AND __others
        OR (customer IS NULL AND __raw_customer IS NOT NULL)
      THEN nullif(CASE WHEN __repeated THEN get(transform(array(transform(__values, (v, i) -> struct(CASE WHEN array_position(__columns, get(__columns, i)) = i + 1 THEN get(__columns, i) ELSE get(__names, i) END AS key, CASE WHEN NOT v IN ('', 'NA') THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END AS value))), __all -> get(transform(array(concat(map_entries(map_filter(map_from_entries(filter(__all, (e, i) -> array_position(transform(__all, e -> e.key), e.key) = i + 1)), (__key, __value) -> __key NOT IN ('id', 'line', 'customer', 'amount', 'status', 'at') AND __value IS NOT NULL AND __value NOT IN ('NA')
      OR (__key = 'customer' AND customer IS NULL AND __raw_customer IS NOT NULL))), filter(__all, (e, i) -> NOT array_position(transform(__all, e -> e.key), e.key) = i + 1 AND exists(array(e.value), __value -> __value IS NOT NULL AND __value NOT IN ('NA'))))), __kept -> to_json(map_from_entries(transform(array_distinct(transform(__kept, e -> e.key)), name -> struct(name, get(transform(array(transform(filter(__kept, e -> e.key = name), e -> e.value)), __held -> CASE WHEN size(__held) = 1 THEN CAST(__held[0] AS VARIANT) ELSE CAST(__held AS VARIANT) END), 0)))))), 0)), 0)
      ELSE to_json(map_filter(map_from_entries(array_compact(transform(__values, (v, i) -> CASE WHEN array_position(__columns, get(__columns, i)) = i + 1 THEN struct(get(__columns, i), CASE WHEN NOT v IN ('', 'NA') THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END) END))), (__key, __value) -> __key NOT IN ('id', 'line', 'customer', 'amount', 'status', 'at') AND __value IS NOT NULL AND __value NOT IN ('NA')
      OR (__key = 'customer' AND customer IS NULL AND __raw_customer IS NOT NULL))) END, '{}') END AS _rescued_data,
    CASE WHEN __fault IS NOT NULL THEN __fault
      WHEN id IS NULL OR line IS NULL OR amount IS NULL OR status IS NULL OR `at` IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('line' AS name, 'an INT' AS type, __raw_line AS text, line IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __raw_status AS text, status IS NULL AS unread),
        struct('at' AS name, 'a TIMESTAMP' AS type, __raw_at AS text, `at` IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN CASE WHEN __fault IS NOT NULL THEN __text ELSE concat('{', array_join(transform(__values, (v, i) -> rtrim('}', substring(to_json(map(get(__names, i), CASE WHEN NOT v IN ('', 'NA') THEN CASE WHEN ltrim(v) LIKE '"%' THEN replace(regexp_extract(v, '(?s)\\A *"(.*)" *\\z', 1), '""', '"') ELSE v END END)), 2))), ','), '}') END END AS _row
  FROM typed
);

CREATE STREAMING TABLE bronze.old_orders_raw (
  id BIGINT,
  line INT,
  customer BIGINT,
  amount DECIMAL(10, 2),
  status STRING,
  `at` TIMESTAMP,
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
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(bronze.old_orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE STREAMING TABLE bronze.old_orders_raw_quarantine
COMMENT 'Rows that bronze.old_orders_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
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
FROM STREAM(bronze.old_orders_raw_checked)
WHERE size(_broken_rules) > 0;
