-- 01_bronze_orders_raw.sql
-- bronze.orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:6:43

CREATE OR REPLACE TABLE bronze.orders_raw AS
SELECT *
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(line) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(customer) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(10, 2)) AS amount,
    status,
    CASE WHEN regexp_full_match("at", '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text("at") AS TIMESTAMPTZ) END AS "at",
    tags,
    address,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('orders/*.json', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR', 'tags': 'VARCHAR[]', 'address': 'STRUCT("city" VARCHAR, "zip" VARCHAR)'}, filename = true, format = 'newline_delimited')
)
WHERE id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL;

CREATE OR REPLACE TABLE bronze.orders_raw_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT (id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(line) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(customer) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(10, 2)) AS amount,
    status,
    CASE WHEN regexp_full_match("at", '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text("at") AS TIMESTAMPTZ) END AS "at",
    tags,
    address,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('orders/*.json', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR', 'tags': 'VARCHAR[]', 'address': 'STRUCT("city" VARCHAR, "zip" VARCHAR)'}, filename = true, format = 'newline_delimited')
)
WHERE NOT (id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL);

-- 02_bronze_old_orders_raw.sql
-- bronze.old_orders_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:19:47

CREATE OR REPLACE TABLE bronze.old_orders_raw AS
SELECT *
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(line) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(customer) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(10, 2)) AS amount,
    status,
    CASE WHEN regexp_full_match("at", '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text("at") AS TIMESTAMPTZ) END AS "at",
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_csv('old/*.csv', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR'}, filename = true, header = true, delim = ';', quote = '"', escape = '"', nullstr = ['', 'NA'], auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'id;line;customer;amount;status;at' THEN error(filename || ': the first line does not name the columns id;line;customer;amount;status;at; medallion run reads columns by name') END)
    FROM read_text('old/*.csv')
    WHERE content <> ''
  ) = 0
)
WHERE id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL;

CREATE OR REPLACE TABLE bronze.old_orders_raw_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT (id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    TRY_CAST(medallion_integer_text(line) AS INTEGER) AS line,
    TRY_CAST(medallion_integer_text(customer) AS BIGINT) AS customer,
    TRY_CAST(medallion_decimal_text(amount) AS DECIMAL(10, 2)) AS amount,
    status,
    CASE WHEN regexp_full_match("at", '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+-](?:0?[0-9]|1[0-8])(?::?[0-9]{2})?|[A-Za-z]+(?:/[A-Za-z_+-]+)+))?)?\s*') THEN TRY_CAST(medallion_timestamp_text("at") AS TIMESTAMPTZ) END AS "at",
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_csv('old/*.csv', columns = {'id': 'VARCHAR', 'line': 'VARCHAR', 'customer': 'VARCHAR', 'amount': 'VARCHAR', 'status': 'VARCHAR', 'at': 'VARCHAR'}, filename = true, header = true, delim = ';', quote = '"', escape = '"', nullstr = ['', 'NA'], auto_detect = false)
  WHERE (
    SELECT count(CASE WHEN lower(replace(regexp_extract(content, '\A\x{FEFF}?([^\r\n]*)', 1), '"', '')) <> 'id;line;customer;amount;status;at' THEN error(filename || ': the first line does not name the columns id;line;customer;amount;status;at; medallion run reads columns by name') END)
    FROM read_text('old/*.csv')
    WHERE content <> ''
  ) = 0
)
WHERE NOT (id IS NOT NULL AND line IS NOT NULL AND amount IS NOT NULL AND status IS NOT NULL AND "at" IS NOT NULL);

-- 03_silver_all_orders.sql
-- silver.all_orders: streaming table
-- made by test/fixtures/pipelines/everything.ts:31:174

CREATE OR REPLACE TABLE silver.all_orders AS
WITH unioned AS (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at"
  FROM bronze.orders_raw
  UNION ALL
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at"
  FROM bronze.old_orders_raw
)
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at"
FROM unioned
WHERE status <> 'test';

-- 04_silver_with_origin.sql
-- silver.with_origin: streaming table
-- made by test/fixtures/pipelines/everything.ts:32:28

CREATE OR REPLACE TABLE silver.with_origin AS
SELECT
  id,
  (address)."city" AS city,
  tags[1] AS first_tag,
  _source_file AS file
FROM bronze.orders_raw;

-- 05_bronze_customers_raw.sql
-- bronze.customers_raw: streaming table
-- made by test/fixtures/pipelines/everything.ts:39:120

CREATE OR REPLACE TABLE bronze.customers_raw AS
SELECT *
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    name,
    country,
    op,
    TRY_CAST(medallion_integer_text(version) AS BIGINT) AS version,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('customers/*.json', columns = {'id': 'VARCHAR', 'name': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'version': 'VARCHAR'}, filename = true, format = 'newline_delimited')
)
WHERE id IS NOT NULL AND name IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND version IS NOT NULL;

CREATE OR REPLACE TABLE bronze.customers_raw_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT (id IS NOT NULL AND name IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND version IS NOT NULL) THEN 'readable' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    TRY_CAST(medallion_integer_text(id) AS BIGINT) AS id,
    name,
    country,
    op,
    TRY_CAST(medallion_integer_text(version) AS BIGINT) AS version,
    filename AS _source_file,
    now() AS _ingested_at
  FROM read_json('customers/*.json', columns = {'id': 'VARCHAR', 'name': 'VARCHAR', 'country': 'VARCHAR', 'op': 'VARCHAR', 'version': 'VARCHAR'}, filename = true, format = 'newline_delimited')
)
WHERE NOT (id IS NOT NULL AND name IS NOT NULL AND country IS NOT NULL AND op IS NOT NULL AND version IS NOT NULL);

-- 06_silver_customers.sql
-- silver.customers: SCD type 1
-- made by test/fixtures/pipelines/everything.ts:45:49

CREATE OR REPLACE TABLE silver.customers AS
WITH __latest AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY id
      ORDER BY
        __sequence DESC NULLS LAST,
        __delete DESC NULLS LAST,
        name DESC NULLS LAST,
        country DESC NULLS LAST
    ) AS __rank
  FROM (
    SELECT
      id,
      name,
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
)
SELECT
  id,
  name,
  country
FROM __latest
WHERE __rank = 1 AND NOT __delete;

-- 07_silver_customer_history.sql
-- silver.customer_history: SCD type 2
-- made by test/fixtures/pipelines/everything.ts:50:57

CREATE OR REPLACE TABLE silver.customer_history AS
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
      medallion_upper(name) AS name,
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

-- 08_silver_orders.sql
-- silver.orders: materialized view
-- made by test/fixtures/pipelines/everything.ts:64:5

CREATE OR REPLACE TABLE silver.orders AS
SELECT *
FROM (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at",
    CAST("at" AS DATE) AS day,
    amount > 100 AS big
  FROM silver.all_orders
  WHERE customer IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY id, line ORDER BY "at" DESC NULLS LAST, customer ASC NULLS FIRST, amount ASC NULLS FIRST, status ASC NULLS FIRST) = 1
)
WHERE coalesce(amount > 0, false)
  AND coalesce(day < DATE '2030-01-01', false);

CREATE OR REPLACE TABLE silver.orders_quarantine AS
SELECT
  *,
  list_filter([CASE WHEN NOT coalesce(day < DATE '2030-01-01', false) THEN 'not_in_the_future' END], lambda rule: rule IS NOT NULL) AS _broken_rules
FROM (
  SELECT
    id,
    line,
    customer,
    amount,
    status,
    "at",
    CAST("at" AS DATE) AS day,
    amount > 100 AS big
  FROM silver.all_orders
  WHERE customer IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY id, line ORDER BY "at" DESC NULLS LAST, customer ASC NULLS FIRST, amount ASC NULLS FIRST, status ASC NULLS FIRST) = 1
)
WHERE NOT coalesce(day < DATE '2030-01-01', false);

-- 09_silver_inner_joined.sql
-- silver.inner_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:71:25

CREATE OR REPLACE TABLE silver.inner_joined AS
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

CREATE OR REPLACE TABLE silver.left_joined AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id;

-- 11_silver_full_joined.sql
-- silver.full_joined: materialized view
-- made by test/fixtures/pipelines/everything.ts:80:24

CREATE OR REPLACE TABLE silver.full_joined AS
SELECT
  orders.id AS id,
  customers.country AS country
FROM silver.orders AS orders
FULL JOIN silver.customers AS customers
  ON orders.customer = customers.id;

-- 12_silver_known.sql
-- silver.known: materialized view
-- made by test/fixtures/pipelines/everything.ts:84:95

CREATE OR REPLACE TABLE silver.known AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders AS orders
WHERE EXISTS (SELECT 1 FROM silver.customers AS customers WHERE (orders.customer = customers.id) AND (customers.country <> 'XX'))
  AND amount > 5;

-- 13_silver_unknown_customers.sql
-- silver.unknown_customers: materialized view
-- made by test/fixtures/pipelines/everything.ts:85:30

CREATE OR REPLACE TABLE silver.unknown_customers AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders AS orders
WHERE NOT EXISTS (SELECT 1 FROM silver.customers AS customers WHERE orders.customer = customers.id);

-- 14_silver_biggest.sql
-- silver.biggest: materialized view
-- made by test/fixtures/pipelines/everything.ts:86:60

CREATE OR REPLACE TABLE silver.biggest AS
SELECT
  id,
  line,
  customer,
  amount,
  status,
  "at",
  day,
  big
FROM silver.orders
ORDER BY amount DESC NULLS LAST, id ASC NULLS FIRST, line ASC NULLS FIRST
LIMIT 2;

-- 15_silver_running.sql
-- silver.running: materialized view
-- made by test/fixtures/pipelines/everything.ts:87:20

CREATE OR REPLACE TABLE silver.running AS
SELECT
  id,
  line,
  CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) AS nth,
  CAST(sum(amount) OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS DECIMAL(20, 2)) AS total,
  lag(amount, 1) OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS before
FROM silver.orders;

-- 16_silver_firsts.sql
-- silver.firsts: materialized view
-- made by test/fixtures/pipelines/everything.ts:127:6

CREATE OR REPLACE TABLE silver.firsts AS
SELECT
  id,
  line,
  customer,
  CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) AS nth
FROM silver.orders
QUALIFY CAST(row_number() OVER (PARTITION BY customer ORDER BY "at" ASC NULLS FIRST, id ASC NULLS FIRST, line ASC NULLS FIRST) AS INTEGER) = 1;

-- 17_gold_by_country.sql
-- gold.by_country: materialized view
-- made by test/fixtures/pipelines/everything.ts:137:6

CREATE OR REPLACE TABLE gold.by_country AS
SELECT
  customers.country AS country,
  CAST(sum(orders.amount) AS DECIMAL(20, 2)) AS revenue,
  count(DISTINCT orders.customer) AS customers,
  CAST(medallion_divide(sum(orders.amount), count(orders.amount), 4, 6) AS DECIMAL(14, 6)) AS mean
FROM silver.orders AS orders
LEFT JOIN silver.customers AS customers
  ON orders.customer = customers.id
GROUP BY customers.country
HAVING CAST(sum(orders.amount) AS DECIMAL(20, 2)) > 1;

-- 18_gold_overall.sql
-- gold.overall: materialized view
-- made by test/fixtures/pipelines/everything.ts:138:20

CREATE OR REPLACE TABLE gold.overall AS
SELECT
  count(*) AS orders,
  CAST(sum(amount) AS DECIMAL(20, 2)) AS revenue,
  CAST(sum(CASE WHEN status = 'paid' THEN amount END) AS DECIMAL(20, 2)) AS paid
FROM silver.orders;

-- 19_gold_as_it_was.sql
-- gold.as_it_was: materialized view
-- made by test/fixtures/pipelines/everything.ts:143:22

CREATE OR REPLACE TABLE gold.as_it_was AS
SELECT
  orders.id AS id,
  orders.line AS line,
  customer_history.country AS country
FROM silver.orders AS orders
LEFT JOIN silver.customer_history AS customer_history
  ON orders.customer = customer_history.id
  AND orders.id >= customer_history.__START_AT
  AND row(false, orders.id) < row(customer_history.__END_AT IS NULL, customer_history.__END_AT);
