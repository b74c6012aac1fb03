-- bronze.sql
-- bronze.orders_raw: streaming table
-- made by test/fixtures/pipelines/clauses.ts:22:43
-- reads of the pipeline's configuration: landing

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
      CASE WHEN id NOT IN ('NA', '-') THEN id END AS __raw_id,
      CASE WHEN customer NOT IN ('NA', '-') THEN customer END AS __raw_customer,
      CASE WHEN amount NOT IN ('NA', '-') THEN amount END AS __raw_amount,
      CASE WHEN region NOT IN ('NA', '-') THEN region END AS __raw_region,
      CASE WHEN note NOT IN ('NA', '-') THEN note END AS __raw_note,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, STRING>'), (k, v) -> k <> '_file_path' AND v IS NOT NULL AND v NOT IN ('NA', '-')) AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      '${landing}/orders/*.csv',
      format => 'csv',
      schema => 'id STRING, customer STRING, amount STRING, region STRING, note STRING, _corrupt_record STRING',
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
      try_cast(__raw_customer AS BIGINT) AS customer,
      try_cast(__raw_amount AS DECIMAL(10, 2)) AS amount,
      __raw_region AS region,
      __raw_note AS note
    FROM files
  )
  SELECT
    id,
    customer,
    amount,
    region,
    note,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'a line that is broken'
      WHEN id IS NULL OR customer IS NULL OR amount IS NULL OR region IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('customer' AS name, 'a BIGINT' AS type, __raw_customer AS text, customer IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('region' AS name, 'a STRING' AS type, __raw_region AS text, region IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_customer AS customer, __raw_amount AS amount, __raw_region AS region, __raw_note AS note))) END AS _row
  FROM typed
);

CREATE FLOW orders_raw_from_shops AS INSERT INTO orders_raw_checked BY NAME
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      id AS __raw_id,
      customer AS __raw_customer,
      amount AS __raw_amount,
      region AS __raw_region,
      note AS __raw_note,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'shops/*.json',
      format => 'json',
      schema => 'id STRING, customer STRING, amount STRING, region STRING, note STRING, _corrupt_record STRING',
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
      try_cast(__raw_customer AS BIGINT) AS customer,
      try_cast(__raw_amount AS DECIMAL(10, 2)) AS amount,
      __raw_region AS region,
      __raw_note AS note
    FROM files
  )
  SELECT
    id,
    customer,
    amount,
    region,
    note,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN id IS NULL OR customer IS NULL OR amount IS NULL OR region IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('customer' AS name, 'a BIGINT' AS type, __raw_customer AS text, customer IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('region' AS name, 'a STRING' AS type, __raw_region AS text, region IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_customer AS customer, __raw_amount AS amount, __raw_region AS region, __raw_note AS note))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE main.bronze.orders_raw (
  id BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross',
  region STRING NOT NULL,
  note STRING,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  customer,
  amount,
  region,
  note,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(orders_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.bronze.orders_raw_quarantine
COMMENT 'Rows that bronze.orders_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  customer,
  amount,
  region,
  note,
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


-- bronze.archive_raw: streaming table
-- made by test/fixtures/pipelines/clauses.ts:26:44

CREATE OR REFRESH PRIVATE STREAMING TABLE archive_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.archive_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      id,
      customer,
      amount,
      region,
      note,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'archive/*.parquet',
      format => 'parquet',
      schema => 'id BIGINT, customer BIGINT, amount DECIMAL(10, 2), region STRING, note STRING',
      schemaEvolutionMode => 'rescue',
      rescuedDataColumn => '_rescued_data',
      partitionColumns => '',
      readerCaseSensitive => false
    )
  )
  SELECT
    id,
    customer,
    amount,
    region,
    note,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE
      WHEN id IS NULL OR customer IS NULL OR amount IS NULL OR region IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, CAST(__others['id'] AS STRING) AS text, id IS NULL AS unread),
        struct('customer' AS name, 'a BIGINT' AS type, CAST(__others['customer'] AS STRING) AS text, customer IS NULL AS unread),
        struct('amount' AS name, 'a DECIMAL(10,2)' AS type, CAST(__others['amount'] AS STRING) AS text, amount IS NULL AS unread),
        struct('region' AS name, 'a STRING' AS type, CAST(__others['region'] AS STRING) AS text, region IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN to_json(struct(id, customer, amount, region, note, _rescued_data)) END AS _row
  FROM files
);

CREATE OR REFRESH STREAMING TABLE main.bronze.archive_raw (
  id BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross',
  region STRING NOT NULL,
  note STRING,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  customer,
  amount,
  region,
  note,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(archive_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.bronze.archive_raw_quarantine
COMMENT 'Rows that bronze.archive_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  customer,
  amount,
  region,
  note,
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
FROM STREAM(archive_raw_checked)
WHERE size(_broken_rules) > 0;


-- bronze.customers_raw: streaming table
-- made by test/fixtures/pipelines/clauses.ts:27:46

CREATE OR REFRESH PRIVATE STREAMING TABLE customers_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.customers_raw with the rules that they break'
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
      city AS __raw_city,
      op AS __raw_op,
      changed AS __raw_changed,
      part AS __raw_part,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'customers/*.json',
      format => 'json',
      schema => 'id STRING, name STRING, city STRING, op STRING, changed STRING, part STRING, _corrupt_record STRING',
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
      __raw_city AS city,
      __raw_op AS op,
      try_cast(__raw_changed AS BIGINT) AS changed,
      try_cast(__raw_part AS INT) AS part
    FROM files
  )
  SELECT
    id,
    name,
    city,
    op,
    changed,
    part,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN id IS NULL OR op IS NULL OR changed IS NULL OR part IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __raw_op AS text, op IS NULL AS unread),
        struct('changed' AS name, 'a BIGINT' AS type, __raw_changed AS text, changed IS NULL AS unread),
        struct('part' AS name, 'an INT' AS type, __raw_part AS text, part IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_name AS name, __raw_city AS city, __raw_op AS op, __raw_changed AS changed, __raw_part AS part))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE main.bronze.customers_raw (
  id BIGINT NOT NULL,
  name STRING,
  city STRING,
  op STRING NOT NULL,
  changed BIGINT NOT NULL,
  part INT NOT NULL,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  name,
  city,
  op,
  changed,
  part,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.bronze.customers_raw_quarantine
COMMENT 'Rows that bronze.customers_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  name,
  city,
  op,
  changed,
  part,
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


-- bronze.old_customers_raw: streaming table
-- made by test/fixtures/pipelines/clauses.ts:28:50

CREATE OR REFRESH PRIVATE STREAMING TABLE old_customers_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.old_customers_raw with the rules that they break'
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
      city AS __raw_city,
      op AS __raw_op,
      changed AS __raw_changed,
      part AS __raw_part,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'old_customers/*.json',
      format => 'json',
      schema => 'id STRING, name STRING, city STRING, op STRING, changed STRING, part STRING, _corrupt_record STRING',
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
      __raw_city AS city,
      __raw_op AS op,
      try_cast(__raw_changed AS BIGINT) AS changed,
      try_cast(__raw_part AS INT) AS part
    FROM files
  )
  SELECT
    id,
    name,
    city,
    op,
    changed,
    part,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN id IS NULL OR op IS NULL OR changed IS NULL OR part IS NULL THEN array_join(transform(filter(array(
        struct('id' AS name, 'a BIGINT' AS type, __raw_id AS text, id IS NULL AS unread),
        struct('op' AS name, 'a STRING' AS type, __raw_op AS text, op IS NULL AS unread),
        struct('changed' AS name, 'a BIGINT' AS type, __raw_changed AS text, changed IS NULL AS unread),
        struct('part' AS name, 'an INT' AS type, __raw_part AS text, part IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_id AS id, __raw_name AS name, __raw_city AS city, __raw_op AS op, __raw_changed AS changed, __raw_part AS part))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE main.bronze.old_customers_raw (
  id BIGINT NOT NULL,
  name STRING,
  city STRING,
  op STRING NOT NULL,
  changed BIGINT NOT NULL,
  part INT NOT NULL,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  id,
  name,
  city,
  op,
  changed,
  part,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(old_customers_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.bronze.old_customers_raw_quarantine
COMMENT 'Rows that bronze.old_customers_raw quarantined, with the rules that they broke'
AS
SELECT
  id,
  name,
  city,
  op,
  changed,
  part,
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
FROM STREAM(old_customers_raw_checked)
WHERE size(_broken_rules) > 0;


-- bronze.stock_raw: streaming table
-- made by test/fixtures/pipelines/clauses.ts:29:42

CREATE OR REFRESH PRIVATE STREAMING TABLE stock_raw_checked (
  CONSTRAINT readable EXPECT (_reason IS NULL)
)
COMMENT 'Rows of bronze.stock_raw with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN _reason IS NOT NULL THEN 'readable' END
  )) AS _broken_rules
FROM (
  WITH files AS (
    SELECT
      sku AS __raw_sku,
      shelf AS __raw_shelf,
      amount AS __raw_amount,
      taken AS __raw_taken,
      _corrupt_record AS __corrupt,
      map_filter(from_json(coalesce(_rescued_data, '{}'), 'MAP<STRING, VARIANT>'), (k, v) -> k <> '_file_path') AS __others,
      url_decode(replace(_metadata.file_path, '+', '%2B')) AS _source_file,
      _metadata.file_modification_time AS _source_modified_at
    FROM STREAM read_files(
      'stock/*.json',
      format => 'json',
      schema => 'sku STRING, shelf STRING, amount STRING, taken STRING, _corrupt_record STRING',
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
      __raw_sku AS sku,
      CASE WHEN __raw_shelf IN ('floor', 'top') THEN __raw_shelf END AS shelf,
      try_cast(__raw_amount AS INT) AS amount,
      CASE WHEN __raw_taken RLIKE '\\A\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\s*\\z' THEN try_cast(__raw_taken AS DATE) END AS taken
    FROM files
  )
  SELECT
    sku,
    shelf,
    amount,
    taken,
    _source_file,
    _source_modified_at,
    current_timestamp() AS _ingested_at,
    nullif(to_json(__others), '{}') AS _rescued_data,
    CASE WHEN __corrupt IS NOT NULL THEN 'not JSON'
      WHEN sku IS NULL OR shelf IS NULL OR amount IS NULL OR taken IS NULL THEN array_join(transform(filter(array(
        struct('sku' AS name, 'a STRING' AS type, __raw_sku AS text, sku IS NULL AS unread),
        struct('shelf' AS name, 'an ENUM("floor", "top")' AS type, __raw_shelf AS text, shelf IS NULL AS unread),
        struct('amount' AS name, 'an INT' AS type, __raw_amount AS text, amount IS NULL AS unread),
        struct('taken' AS name, 'a DATE' AS type, __raw_taken AS text, taken IS NULL AS unread)
      ), v -> v.unread), v -> coalesce(concat(v.name, ': "', if(length(v.text) > 80, concat(left(v.text, 80), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))), '; ') END AS _reason,
    CASE WHEN _reason IS NOT NULL THEN coalesce(__corrupt, to_json(struct(__raw_sku AS sku, __raw_shelf AS shelf, __raw_amount AS amount, __raw_taken AS taken))) END AS _row
  FROM typed
);

CREATE OR REFRESH STREAMING TABLE main.bronze.stock_raw (
  sku STRING NOT NULL,
  shelf STRING NOT NULL,
  amount INT NOT NULL,
  taken DATE NOT NULL,
  _source_file STRING,
  _source_modified_at TIMESTAMP,
  _ingested_at TIMESTAMP,
  _rescued_data STRING
)
AS
SELECT
  sku,
  shelf,
  amount,
  taken,
  _source_file,
  _source_modified_at,
  _ingested_at,
  _rescued_data
FROM STREAM(stock_raw_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.bronze.stock_raw_quarantine
COMMENT 'Rows that bronze.stock_raw quarantined, with the rules that they broke'
AS
SELECT
  sku,
  shelf,
  amount,
  taken,
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
FROM STREAM(stock_raw_checked)
WHERE size(_broken_rules) > 0;

-- silver.sql
-- silver.valid_orders: temporary view
-- made by test/fixtures/pipelines/clauses.ts:35:48
-- reads of the pipeline's configuration: region ("EU" by default)

CREATE TEMPORARY VIEW valid_orders (
  id,
  customer,
  amount COMMENT 'gross',
  region,
  note,
  CONSTRAINT has_note EXPECT (note IS NOT NULL)
)
COMMENT 'Orders of one region'
AS
SELECT
  id,
  customer,
  amount,
  region,
  note
FROM STREAM(main.bronze.orders_raw)
WHERE region = '${region}';


-- silver.orders: streaming table
-- made by test/fixtures/pipelines/clauses.ts:36:25
-- reads of the pipeline's configuration: most ("1000000" by default)

CREATE OR REFRESH PRIVATE STREAMING TABLE orders_checked (
  CONSTRAINT positive EXPECT (amount > 0),
  CONSTRAINT known_customer EXPECT (customer > 0L) ON VIOLATION FAIL UPDATE
)
COMMENT 'Rows of silver.orders with the rules that they break'
AS
SELECT
  *,
  array_compact(array(
    CASE WHEN NOT (amount > 0) THEN 'positive' END
  )) AS _broken_rules
FROM (
  SELECT
    id,
    customer,
    amount,
    region
  FROM STREAM(valid_orders)
);

CREATE FLOW orders_with_note AS INSERT INTO orders_checked BY NAME
SELECT
  *,
  array_compact(array(
    CASE WHEN NOT (amount > 0) THEN 'positive' END
  )) AS _broken_rules
FROM (
  SELECT
    id,
    customer,
    amount,
    region
  FROM STREAM(main.bronze.orders_raw)
  WHERE region = 'XX'
);

CREATE FLOW orders_before_2020 AS INSERT ONCE INTO orders_checked BY NAME
SELECT
  *,
  array_compact(array(
    CASE WHEN NOT (amount > 0) THEN 'positive' END
  )) AS _broken_rules
FROM (
  SELECT
    id,
    customer,
    amount,
    region
  FROM main.bronze.archive_raw
);

CREATE OR REFRESH STREAMING TABLE main.silver.orders (
  id BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross' MASK governance.round_amount USING COLUMNS (region),
  region STRING NOT NULL MASK governance.hide,
  CONSTRAINT not_huge EXPECT (amount < CAST(CAST('${most}' AS BIGINT) AS DECIMAL(10, 2))) ON VIOLATION DROP ROW,
  CONSTRAINT orders_pk PRIMARY KEY (id)
)
PARTITIONED BY (region)
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'tag.domain' = 'sales', 'medallion.owner' = 'sales')
WITH ROW FILTER governance.own_region ON (region)
AS
SELECT
  id,
  customer,
  amount,
  region
FROM STREAM(orders_checked)
WHERE size(_broken_rules) = 0;

CREATE OR REFRESH STREAMING TABLE main.silver.orders_quarantine (
  id BIGINT,
  customer BIGINT,
  amount DECIMAL(10, 2) COMMENT 'gross' MASK governance.round_amount USING COLUMNS (region),
  region STRING MASK governance.hide,
  _broken_rules ARRAY<STRING>,
  _reason STRING,
  _row STRING,
  _source STRING,
  _quarantined_at TIMESTAMP,
  _update_id STRING
)
COMMENT 'Rows that silver.orders quarantined, with the rules that they broke'
TBLPROPERTIES ('tag.domain' = 'sales', 'medallion.owner' = 'sales')
WITH ROW FILTER governance.own_region ON (region)
AS
SELECT
  id,
  customer,
  amount,
  region,
  _broken_rules,
  CAST(NULL AS STRING) AS _reason,
  CAST(NULL AS STRING) AS _row,
  'valid_orders, orders_raw, archive_raw' AS _source,
  current_timestamp() AS _quarantined_at,
  CAST(NULL AS STRING) AS _update_id
FROM STREAM(orders_checked)
WHERE size(_broken_rules) > 0;

CREATE OR REFRESH PRIVATE MATERIALIZED VIEW orders_expectations (
  CONSTRAINT `key(id)` EXPECT (__rows = 1 AND id IS NOT NULL)
)
COMMENT 'What is counted of the rows of silver.orders'
AS
SELECT
  id,
  count(*) OVER (PARTITION BY id) AS __rows
FROM main.silver.orders;


-- silver.stock_today: temporary view
-- made by test/fixtures/pipelines/clauses.ts:44:110

CREATE TEMPORARY VIEW stock_today
AS
SELECT
  sku,
  shelf,
  amount,
  taken
FROM main.bronze.stock_raw
QUALIFY taken = max(taken) OVER ();


-- silver.small: streaming table
-- made by test/fixtures/pipelines/clauses.ts:45:24

CREATE OR REFRESH PRIVATE STREAMING TABLE small (
  id BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL COMMENT 'gross',
  region STRING NOT NULL,
  note STRING
)
CLUSTER BY AUTO
AS
SELECT
  id,
  customer,
  amount,
  region,
  note
FROM STREAM(valid_orders)
WHERE amount < 10;


-- silver.customers: SCD type 1
-- made by test/fixtures/pipelines/clauses.ts:47:29

CREATE OR REFRESH STREAMING TABLE main.silver.customers (
  id BIGINT NOT NULL,
  name STRING MASK governance.mask_name,
  city STRING,
  CONSTRAINT customers_pk PRIMARY KEY (id) RELY
)
CLUSTER BY (id)
COMMENT 'Customers as they are';

CREATE FLOW customers_flow AS AUTO CDC INTO main.silver.customers
FROM STREAM(main.bronze.customers_raw)
KEYS (id)
IGNORE NULL UPDATES ON * EXCEPT (name)
APPLY AS DELETE WHEN op = 'D'
APPLY AS TRUNCATE WHEN op = 'T'
SEQUENCE BY named_struct('changed', changed, 'part', part)
COLUMNS * EXCEPT (op, changed, part, _source_file, _source_modified_at, _ingested_at, _rescued_data)
STORED AS SCD TYPE 1;

CREATE FLOW customers_old AS AUTO CDC ONCE INTO main.silver.customers
FROM STREAM(main.bronze.old_customers_raw)
KEYS (id)
IGNORE NULL UPDATES ON * EXCEPT (name)
APPLY AS DELETE WHEN op = 'D'
APPLY AS TRUNCATE WHEN op = 'T'
SEQUENCE BY named_struct('changed', changed, 'part', part)
COLUMNS * EXCEPT (op, changed, part, _source_file, _source_modified_at, _ingested_at, _rescued_data)
STORED AS SCD TYPE 1;


-- silver.shelves: SCD type 1
-- made by test/fixtures/pipelines/clauses.ts:68:25

CREATE OR REFRESH STREAMING TABLE main.silver.shelves (
  sku STRING NOT NULL,
  shelf STRING,
  CONSTRAINT shelves_pk PRIMARY KEY (sku)
);

CREATE TEMPORARY VIEW shelves_changes AS
SELECT
  sku,
  shelf
FROM (
  SELECT
    sku,
    shelf,
    amount,
    taken
  FROM stock_today
);


-- silver.customer_history: SCD type 2
-- made by test/fixtures/pipelines/clauses.ts:76:36

CREATE OR REFRESH STREAMING TABLE main.silver.customer_history (
  id BIGINT NOT NULL,
  name STRING,
  city STRING,
  __START_AT BIGINT,
  __END_AT BIGINT
);

CREATE FLOW customer_history_flow AS AUTO CDC INTO main.silver.customer_history
FROM STREAM(main.bronze.customers_raw)
KEYS (id)
IGNORE NULL UPDATES
APPLY AS DELETE WHEN op = 'D'
SEQUENCE BY changed
COLUMNS * EXCEPT (op, changed, part, _source_file, _source_modified_at, _ingested_at, _rescued_data)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (name);

CREATE TEMPORARY VIEW customer_history_second_region_changes AS
SELECT
  id,
  name,
  city,
  changed AS __sequence
FROM (
  SELECT
    id,
    name,
    city,
    op,
    changed,
    part
  FROM STREAM(main.bronze.old_customers_raw)
  WHERE part = 2
);

CREATE FLOW customer_history_second_region AS AUTO CDC INTO main.silver.customer_history
FROM STREAM(customer_history_second_region_changes)
KEYS (id)
IGNORE NULL UPDATES
SEQUENCE BY __sequence
COLUMNS * EXCEPT (__sequence)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (name);


-- silver.stock: SCD type 2
-- made by test/fixtures/pipelines/clauses.ts:98:23

CREATE OR REFRESH STREAMING TABLE main.silver.stock (
  sku STRING NOT NULL,
  shelf STRING,
  amount INT,
  __START_AT DATE,
  __END_AT DATE
);

CREATE FLOW stock_flow AS AUTO CDC INTO main.silver.stock
FROM SNAPSHOT (
  SELECT
    sku,
    shelf,
    amount
  FROM (
    SELECT
      sku,
      shelf,
      amount,
      taken
    FROM (
      SELECT
        sku,
        shelf,
        amount,
        taken
      FROM (
        SELECT *
        FROM main.bronze.stock_raw
        WHERE taken <= (SELECT version FROM current_snapshot_version()) OR taken IS NULL
      )
      QUALIFY taken = max(taken) OVER ()
    )
  )
)
WITH VERSION (
  SELECT version
  FROM (
    SELECT taken AS version
    FROM main.bronze.stock_raw
  )
  WHERE version IS NOT NULL
    AND (
      NOT EXISTS (SELECT 1 FROM last_snapshot_version())
      OR version > (SELECT version FROM last_snapshot_version())
    )
  ORDER BY version
  LIMIT 1
)
KEYS (sku)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (shelf);

-- gold.sql
-- gold.by_region: materialized view
-- made by test/fixtures/pipelines/clauses.ts:104:79

CREATE OR REFRESH MATERIALIZED VIEW main.mart.by_region (
  region STRING NOT NULL,
  revenue DECIMAL(20, 2) NOT NULL,
  orders BIGINT NOT NULL
)
REFRESH POLICY INCREMENTAL STRICT
AS
SELECT
  region,
  sum(amount) AS revenue,
  count(*) AS orders
FROM main.silver.orders
GROUP BY region;
