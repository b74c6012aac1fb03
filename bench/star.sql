-- The star schema of star.ts, as an engineer would write it for DuckDB: `first` makes the bronze tables of all files. What the
-- engine does and this does not: it looks whether keys are kept, knows which files it has read, and counts rows.

-- first
CREATE SCHEMA bronze;
CREATE SCHEMA silver;
CREATE SCHEMA gold;
CREATE TABLE bronze.sales_raw AS SELECT *, now() AS ingested_at FROM read_parquet('sales/*.parquet', filename = true);
CREATE TABLE bronze.customers_raw AS SELECT *, now() AS ingested_at FROM read_parquet('customers/*.parquet', filename = true);
CREATE TABLE bronze.products_raw AS SELECT *, now() AS ingested_at FROM read_parquet('products/*.parquet', filename = true);

-- later
INSERT INTO bronze.sales_raw SELECT *, now() AS ingested_at FROM read_parquet('sales/late.parquet', filename = true);

-- both
CREATE OR REPLACE TABLE silver.customers AS
SELECT id, country, changed_at AS start_at, lead(changed_at) OVER (PARTITION BY id ORDER BY changed_at) AS end_at
FROM bronze.customers_raw;
CREATE OR REPLACE TABLE silver.products AS SELECT id, family FROM bronze.products_raw;
CREATE OR REPLACE TABLE silver.sales AS
SELECT id, customer, product, quantity, price, "at"
FROM bronze.sales_raw
QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC) = 1;
CREATE OR REPLACE TABLE gold.facts AS
SELECT s.*, c.country, p.family
FROM silver.sales AS s
LEFT JOIN silver.customers AS c ON s.customer = c.id AND s."at" >= c.start_at AND s."at" < coalesce(c.end_at, 'infinity')
LEFT JOIN silver.products AS p ON s.product = p.id;
CREATE OR REPLACE TABLE gold.by_country AS
SELECT country, date_trunc('month', "at") AS month, count(*) AS sales, sum(quantity) AS quantity, avg(quantity) AS mean, max(price) AS price
FROM gold.facts
GROUP BY ALL;
CREATE OR REPLACE TABLE gold.by_day AS
SELECT date_trunc('day', "at") AS day, family, count(DISTINCT customer) AS customers, median(CAST(price AS DOUBLE)) AS price
FROM gold.facts
GROUP BY ALL;
CREATE OR REPLACE TABLE gold.last_of_product AS
SELECT * FROM silver.sales QUALIFY row_number() OVER (PARTITION BY product ORDER BY "at" DESC, id) = 1;
CREATE OR REPLACE TABLE gold.total AS SELECT count(*) AS sales, sum(quantity) AS quantity FROM gold.facts;
