-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:6:43

CREATE OR REFRESH PRIVATE STREAMING TABLE orders_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.orders_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      id AS __raw_id,
      line AS __raw_line,
      customer AS __raw_customer,
      amount AS __raw_amount,
      status AS __raw_status,
      `at` AS __raw_at,
      CASE WHEN NOT is_variant_null(tags) THEN tags END AS __raw_tags,
      CASE WHEN NOT is_variant_null(address) THEN address END AS __raw_address,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'orders/*.json',
      format => 'json',
      schema => 'id STRING, line STRING, customer STRING, amount STRING, status STRING, `at` STRING, tags VARIANT, address VARIANT, _corrupt_record STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      allowSingleQuotes => false,
      allowNonNumericNumbers => false,
      mode => 'PERMISSIVE',
      columnNameOfCorruptRecord => '_corrupt_record'
    )
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
      CASE WHEN (__raw_tags IS NULL OR is_variant_null(__raw_tags) OR coalesce(forall(try_variant_get(__raw_tags, '$', 'ARRAY<VARIANT>'), e0 -> true), false)) THEN transform(try_variant_get(__raw_tags, '$', 'ARRAY<VARIANT>'), e0 -> CAST(e0 AS STRING)) END AS tags,
      CASE WHEN (__raw_address IS NULL OR is_variant_null(__raw_address) OR try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>') IS NOT NULL) THEN CASE WHEN try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>') IS NOT NULL THEN named_struct('city', CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['city'] AS STRING), 'zip', CAST(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>')['zip'] AS STRING)) END END AS address
    FROM files
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
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(map_concat(__others, map_filter(
      map(
        'customer', CASE WHEN customer IS NULL THEN coalesce(try_parse_json(__raw_customer), CAST(__raw_customer AS VARIANT)) END,
        'tags', CASE WHEN tags IS NULL THEN __raw_tags END,
        'address', CASE WHEN address IS NULL THEN __raw_address ELSE try_parse_json(nullif(to_json(map_filter(transform_values(try_variant_get(__raw_address, '$', 'MAP<STRING, VARIANT>'), (k0, e0) -> CASE k0 WHEN 'city' THEN NULL WHEN 'zip' THEN NULL ELSE e0 END), (k, v) -> v IS NOT NULL)), '{}')) END
      ),
      (k, v) -> v IS NOT NULL AND NOT map_contains_key(__others, k)
    ))), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN id IS NULL OR line IS NULL OR amount IS NULL OR status IS NULL OR `at` IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('line' AS name, 'an INT' AS type, __raw_line AS text, line IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __raw_status AS text, status IS NULL AS unread),
        struct('at' AS name, 'a TIMESTAMP' AS type, __raw_at AS text, `at` IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_line AS line, __raw_customer AS customer, __raw_amount AS amount, __raw_status AS status, __raw_at AS `at`, __raw_tags AS tags, __raw_address AS address))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE bronze.orders_raw (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
  tags ARRAY<STRING>,
  address STRUCT<city: STRING, zip: STRING>,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP NOT NULL,
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
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE bronze.orders_raw_quarantine
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
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) > 0;

-- 02_bronze_old_orders_raw.sql
-- bronze.old_orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:19:47

CREATE OR REFRESH PRIVATE STREAMING TABLE old_orders_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.old_orders_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      CASE WHEN id NOT IN ('NA') THEN id END AS __raw_id,
      CASE WHEN line NOT IN ('NA') THEN line END AS __raw_line,
      CASE WHEN customer NOT IN ('NA') THEN customer END AS __raw_customer,
      CASE WHEN amount NOT IN ('NA') THEN amount END AS __raw_amount,
      CASE WHEN status NOT IN ('NA') THEN status END AS __raw_status,
      CASE WHEN `at` NOT IN ('NA') THEN `at` END AS __raw_at,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, STRING>'), (k, v) -> k <> '_file_path' AND v IS NOT NULL AND v NOT IN ('NA')) AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'old/*.csv',
      format => 'csv',
      schema => 'id STRING, line STRING, customer STRING, amount STRING, status STRING, `at` STRING, _corrupt_record STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      header => true,
      sep => ';',
      quote => '"',
      escape => '"',
      multiLine => true,
      readerCaseSensitive => false,
      mode => 'PERMISSIVE',
      columnNameOfCorruptRecord => '_corrupt_record'
    )
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
    FROM files
  )
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(map_concat(__others, map_filter(
      map(
        'customer', CASE WHEN customer IS NULL THEN __raw_customer END
      ),
      (k, v) -> v IS NOT NULL AND NOT map_contains_key(__others, k)
    ))), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'a line that is broken'
      WHEN id IS NULL OR line IS NULL OR amount IS NULL OR status IS NULL OR `at` IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('line' AS name, 'an INT' AS type, __raw_line AS text, line IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('status' AS name, 'a STRING' AS type, __raw_status AS text, status IS NULL AS unread),
        struct('at' AS name, 'a TIMESTAMP' AS type, __raw_at AS text, `at` IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_line AS line, __raw_customer AS customer, __raw_amount AS amount, __raw_status AS status, __raw_at AS `at`))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE bronze.old_orders_raw (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL,
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
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
FROM STREAM(old_orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE bronze.old_orders_raw_quarantine
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
FROM STREAM(old_orders_raw_checked)
WHERE size(_broken_rules) > 0;

-- 03_silver_all_orders.sql
-- silver.all_orders: streaming table
-- made by test/fixtures/pipelines/everything.ts:31:174

CREATE OR REFRESH STREAMING TABLE silver.all_orders (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL
)
AS
WITH unioned AS (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`
  FROM STREAM(bronze.orders_raw)
  UNION ALL
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`
  FROM STREAM(bronze.old_orders_raw)
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`
FROM unioned
WHERE status <> 'test';

-- 04_silver_with_origin.sql
-- silver.with_origin: streaming table
-- made by test/fixtures/pipelines/everything.ts:32:28

CREATE OR REFRESH STREAMING TABLE silver.with_origin (
  id BIGINT NOT NULL,
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

-- 05_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:39:120

CREATE OR REFRESH PRIVATE STREAMING TABLE customers_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.customers_raw with the rules that they break. Personal data: name (name, _rescued_data, _reason, _row)'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      id AS __raw_id,
      name AS __raw_name,
      country AS __raw_country,
      op AS __raw_op,
      version AS __raw_version,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'customers/*.json',
      format => 'json',
      schema => 'id STRING, name STRING, country STRING, op STRING, version STRING, _corrupt_record STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      allowSingleQuotes => false,
      allowNonNumericNumbers => false,
      mode => 'PERMISSIVE',
      columnNameOfCorruptRecord => '_corrupt_record'
    )
  ),
  typed AS (
    SELECT
      *,
      try_cast(__raw_id AS BIGINT) AS id,
      __raw_name AS name,
      __raw_country AS country,
      __raw_op AS op,
      try_cast(__raw_version AS BIGINT) AS version
    FROM files
  )
  SELECT
    id,
    name,
    country,
    op,
    version,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN id IS NULL OR name IS NULL OR country IS NULL OR op IS NULL OR version IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('name' AS name, 'a STRING' AS type, __raw_name AS text, name IS NULL AS unread),
        struct('country' AS name, 'a STRING' AS type, __raw_country AS text, country IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __raw_op AS text, op IS NULL AS unread),
        struct('version' AS name, 'a BIGINT' AS type, __raw_version AS text, version IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_name AS name, __raw_country AS country, __raw_op AS op, __raw_version AS version))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE bronze.customers_raw (
  id BIGINT NOT NULL,
  name STRING NOT NULL,
  country STRING NOT NULL,
  op STRING NOT NULL,
  version BIGINT NOT NULL,
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
FROM STREAM(customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE bronze.customers_raw_quarantine
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
FROM STREAM(customers_raw_checked)
WHERE size(_broken_rules) > 0;

-- 06_silver_customers.sql
-- silver.customers: SCD type 1
-- made by test/fixtures/pipelines/everything.ts:45:49

CREATE OR REFRESH STREAMING TABLE silver.customers (
  id BIGINT NOT NULL,
  name STRING,
  country STRING,
  CONSTRAINT customers_pk PRIMARY KEY (id) RELY
);

CREATE FLOW customers_flow AS AUTO CDC INTO silver.customers
FROM STREAM(bronze.customers_raw)
KEYS (id)
APPLY AS DELETE WHEN op = 'D'
SEQUENCE BY version
COLUMNS * EXCEPT (op, version, _source_file, _source_modified_at, _ingested_at, _rescued_data)
STORED AS SCD TYPE 1;

-- 07_silver_customer_history.sql
-- silver.customer_history: SCD type 2
-- made by test/fixtures/pipelines/everything.ts:50:57

CREATE OR REFRESH STREAMING TABLE silver.customer_history (
  id BIGINT NOT NULL,
  name STRING,
  country STRING,
  __START_AT BIGINT,
  __END_AT BIGINT
);

CREATE TEMPORARY VIEW customer_history_changes AS
SELECT
  id,
  upper(name) AS name,
  country,
  version AS __sequence,
  op = 'D' AS __delete
FROM (
  SELECT
    id,
    name,
    country,
    op,
    version
  FROM STREAM(bronze.customers_raw)
);

CREATE FLOW customer_history_flow AS AUTO CDC INTO silver.customer_history
FROM STREAM(customer_history_changes)
KEYS (id)
APPLY AS DELETE WHEN __delete
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__sequence, __delete)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (name);

-- 08_silver_orders.sql
-- silver.orders: materialized view
-- made by test/fixtures/pipelines/everything.ts:64:5

CREATE OR REFRESH PRIVATE MATERIALIZED VIEW orders_checked (
  CONSTRAINT not_in_the_future EXPECT (day < DATE '2030-01-01'),
  CONSTRAINT known_status EXPECT (status IN ('paid', 'open')),
  CONSTRAINT line_from_one EXPECT (line >= 1) ON VIOLATION FAIL UPDATE
)
COMMENT 'Rows of silver.orders with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN NOT (day < DATE '2030-01-01') THEN 'not_in_the_future' END
  )) AS _broken_rules
FROM (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    `at`,
    to_date(`at`) AS day,
    amount > 100 AS big
  FROM silver.all_orders
  WHERE customer IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY id, line ORDER BY `at` DESC NULLS LAST, customer ASC NULLS FIRST, amount ASC NULLS FIRST, status ASC NULLS FIRST) = 1
);

CREATE OR REFRESH MATERIALIZED VIEW silver.orders (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL,
  CONSTRAINT positive EXPECT (amount > 0) ON VIOLATION DROP ROW,
  CONSTRAINT orders_pk PRIMARY KEY (id, line) RELY,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES silver.customers (id)
)
CLUSTER BY (customer, day)
COMMENT 'Orders, once each'
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'tag.domain' = 'sales', 'medallion.owner' = 'sales')
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big
FROM orders_checked
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH MATERIALIZED VIEW silver.orders_quarantine
COMMENT 'Rows that silver.orders quarantined, with the rules that they broke'
TBLPROPERTIES ('tag.domain' = 'sales', 'medallion.owner' = 'sales')
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big,
  _broken_rules,
  CAST(NULL AS STRING) AS _reason,
  CAST(NULL AS STRING) AS _row,
  'all_orders' AS _source,
  CAST(NULL AS TIMESTAMP) AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM orders_checked
WHERE size(_broken_rules) > 0;

-- 09_silver_inner_joined.sql
-- silver.inner_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:71:25

CREATE OR REFRESH MATERIALIZED VIEW silver.inner_joined (
  id BIGINT NOT NULL,
  country STRING NOT NULL,
  amount DECIMAL(10, 2) NOT NULL
)
AS
SELECT
  orders.id AS id,
  customers.country AS country,
  orders.amount AS amount
FROM silver.orders AS orders
JOIN silver.customers AS customers
  ON orders.customer = customers.id;

-- 10_silver_left_joined.sql
-- silver.left_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:76:24

CREATE OR REFRESH MATERIALIZED VIEW silver.left_joined (
  id BIGINT NOT NULL,
  country STRING
)
AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id;

-- 11_silver_full_joined.sql
-- silver.full_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:80:24

CREATE OR REFRESH MATERIALIZED VIEW silver.full_joined (
  id BIGINT,
  country STRING
)
AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
FULL JOIN silver.customers AS customers
  ON orders.customer = customers.id;

-- 12_silver_known.sql
-- silver.known: materialized view
-- made by test/fixtures/pipelines/everything.ts:84:95

CREATE OR REFRESH MATERIALIZED VIEW silver.known (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL,
  CONSTRAINT known_pk PRIMARY KEY (id, line) RELY
)
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big
FROM silver.orders AS orders
WHERE EXISTS (SELECT 1 FROM silver.customers AS customers WHERE orders.customer = customers.id AND customers.country <> 'XX')
  AND amount > 5;

-- 13_silver_unknown_customers.sql
-- silver.unknown_customers: materialized view
-- made by test/fixtures/pipelines/everything.ts:85:30

CREATE OR REFRESH PRIVATE MATERIALIZED VIEW unknown_customers (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL,
  CONSTRAINT unknown_customers_pk PRIMARY KEY (id, line) RELY
)
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big
FROM silver.orders AS orders
WHERE NOT EXISTS (SELECT 1 FROM silver.customers AS customers WHERE orders.customer = customers.id);

-- 14_silver_biggest.sql
-- silver.biggest: materialized view
-- made by test/fixtures/pipelines/everything.ts:86:60

CREATE OR REFRESH MATERIALIZED VIEW silver.biggest (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross, with tax',
  status STRING NOT NULL,
  `at` TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  big BOOLEAN NOT NULL,
  CONSTRAINT biggest_pk PRIMARY KEY (id, line) RELY
)
AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  `at`,
  day,
  big
FROM silver.orders
ORDER BY amount DESC NULLS LAST, id ASC NULLS FIRST, line ASC NULLS FIRST
LIMIT 2;

-- 15_silver_running.sql
-- silver.running: materialized view
-- made by test/fixtures/pipelines/everything.ts:87:20

CREATE OR REFRESH MATERIALIZED VIEW silver.running (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  nth INT NOT NULL,
  total DECIMAL(20, 2),
  before DECIMAL(10, 2)
)
AS
SELECT
  id,
  line,
  row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS nth,
  sum(amount) OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS total,
  lag(amount, 1) OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS before
FROM silver.orders;

-- 16_silver_firsts.sql
-- silver.firsts: materialized view
-- made by test/fixtures/pipelines/everything.ts:127:6

CREATE OR REFRESH MATERIALIZED VIEW silver.firsts (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer BIGINT NOT NULL,
  nth INT NOT NULL
)
AS
SELECT
  id,
  line,
  customer,
  row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS nth
FROM silver.orders
QUALIFY row_number() OVER (PARTITION BY customer ORDER BY `at` ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) = 1;

-- 17_gold_by_country.sql
-- gold.by_country: materialized view
-- made by test/fixtures/pipelines/everything.ts:137:6

CREATE OR REFRESH MATERIALIZED VIEW gold.by_country (
  country STRING,
  revenue DECIMAL(20, 2) NOT NULL,
  customers BIGINT NOT NULL,
  mean DECIMAL(14, 6) NOT NULL
)
AS
SELECT
  customers.country AS country,
  sum(orders.amount) AS revenue,
  count(DISTINCT orders.customer) AS customers,
  avg(orders.amount) AS mean
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id
GROUP BY customers.country
HAVING sum(orders.amount) > 1;

-- 18_gold_overall.sql
-- gold.overall: materialized view
-- made by test/fixtures/pipelines/everything.ts:138:20

CREATE OR REFRESH MATERIALIZED VIEW gold.overall (
  orders BIGINT NOT NULL,
  revenue DECIMAL(20, 2),
  paid DECIMAL(20, 2)
)
AS
SELECT
  count(*) AS orders,
  sum(amount) AS revenue,
  sum(CASE WHEN status = 'paid' THEN amount END) AS paid
FROM silver.orders;

-- 19_gold_as_it_was.sql
-- gold.as_it_was: materialized view
-- made by test/fixtures/pipelines/everything.ts:143:22

CREATE OR REFRESH MATERIALIZED VIEW gold.as_it_was (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  country STRING
)
AS
SELECT
  orders.id AS id,
  orders.line AS line,
  customer_history.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customer_history AS customer_history
  ON orders.customer = customer_history.id
  AND orders.id >= customer_history.__START_AT
  AND (orders.id < customer_history.__END_AT OR customer_history.__END_AT IS NULL);
