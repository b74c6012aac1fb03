# The tables of bench/brokerage/pipeline.ts, written by hand for Spark Declarative Pipelines: the baseline of the bench.
#
# As bench/flights-spark.py: a line with a value that cannot be read is set aside as a whole, files go by the position of
# their columns, what is not declared is dropped.
from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()
base = spark.conf.get("bench.base")
for schema in ["bronze", "silver", "gold"]:
    spark.newSession().sql("CREATE SCHEMA IF NOT EXISTS " + schema)

SOURCES = {
    "trades": (
        "csv",
        "data/trades/*.csv",
        """trade_id BIGINT, account_id INT, symbol STRING, traded_at TIMESTAMP, kind STRING, quantity INT,
        price DECIMAL(10, 2), fee DECIMAL(8, 2)""",
        ["trade_id", "account_id", "symbol", "traded_at", "kind", "quantity", "price"],
    ),
    "prices": (
        "csv",
        "data/prices/*.csv",
        "symbol STRING, day DATE, close DECIMAL(10, 2), volume BIGINT",
        ["symbol", "day", "close", "volume"],
    ),
    "securities": (
        "csv",
        "data/{securities.csv}",
        "symbol STRING, company STRING, sector STRING",
        ["symbol", "company", "sector"],
    ),
    "accounts": (
        "json",
        "data/accounts/*.json",
        "account_id INT, customer_id INT, status STRING, changed_at TIMESTAMP",
        ["account_id", "customer_id", "status", "changed_at"],
    ),
    "customers": (
        "json",
        "data/customers/*.json",
        "customer_id INT, name STRING, country STRING, tier INT",
        ["customer_id", "name", "country"],
    ),
}


def files(kind, path, schema):
    options = {"header": True, "escape": '"'} if kind == "csv" else {}
    rows = spark.readStream.format(kind).schema(schema + ", _corrupt STRING").options(**options)
    return rows.option("columnNameOfCorruptRecord", "_corrupt").load(base + path).selectExpr(
        "*",
        "_metadata.file_path AS _source_file",
        "_metadata.file_modification_time AS _source_modified_at",
        "current_timestamp() AS _ingested_at",
    )


def bronze(name, kind, path, schema, required):
    readable = " AND ".join(["_corrupt IS NULL", *[f"{column} IS NOT NULL" for column in required]])

    @dp.table(name=f"bronze.{name}_raw")
    def rows():
        return files(kind, path, schema).where(readable).drop("_corrupt")

    @dp.table(name=f"bronze.{name}_raw_quarantine")
    def refused():
        return files(kind, path, schema).where(f"NOT ({readable})")


for name, described in SOURCES.items():
    bronze(name, *described)


@dp.table(name="silver.customers")
def customers():
    return spark.readStream.table("bronze.customers_raw").select("customer_id", "name", "country", "tier")


@dp.table(name="silver.securities")
def securities():
    return spark.readStream.table("bronze.securities_raw").select("symbol", "company", "sector")


def view(name, query):
    @dp.materialized_view(name=name)
    def rows():
        return spark.sql(query)


view("silver.prices", """
SELECT symbol, day, close, volume
FROM bronze.prices_raw
QUALIFY row_number() OVER (PARTITION BY symbol, day ORDER BY volume DESC, close) = 1""")

view("silver.accounts", """
WITH changes AS (
  SELECT account_id, customer_id, status, changed_at
  FROM (
    SELECT * FROM bronze.accounts_raw
    QUALIFY row_number() OVER (PARTITION BY account_id, changed_at ORDER BY customer_id DESC, status DESC) = 1
  )
  QUALIFY customer_id IS DISTINCT FROM lag(customer_id) OVER (PARTITION BY account_id ORDER BY changed_at)
    OR status IS DISTINCT FROM lag(status) OVER (PARTITION BY account_id ORDER BY changed_at)
)
SELECT account_id, customer_id, status, changed_at AS __START_AT,
  lead(changed_at) OVER (PARTITION BY account_id ORDER BY changed_at) AS __END_AT
FROM changes""")

view("silver.trades_judged", """
SELECT trade_id, account_id, symbol, traded_at, kind, quantity, price, fee, CAST(traded_at AS DATE) AS day,
  quantity > 0 AS has_quantity
FROM bronze.trades_raw
QUALIFY row_number() OVER (PARTITION BY trade_id ORDER BY traded_at DESC, account_id, symbol) = 1""")

view("silver.trades", "SELECT * EXCEPT (has_quantity) FROM silver.trades_judged WHERE has_quantity")

view("silver.trades_quarantine", "SELECT * EXCEPT (has_quantity) FROM silver.trades_judged WHERE NOT has_quantity")

view("silver.expectations", """
SELECT 'trades' AS dataset, count(*) AS rows, count_if(has_quantity) AS has_quantity, count(DISTINCT trade_id) AS keys
FROM silver.trades_judged
UNION ALL
SELECT 'customers', count(*), NULL, count(DISTINCT customer_id) FROM silver.customers
UNION ALL
SELECT 'securities', count(*), NULL, count(DISTINCT symbol) FROM silver.securities""")

view("gold.trade_facts", """
SELECT r.*, a.customer_id, a.status, s.sector, c.country
FROM silver.trades AS r
LEFT JOIN silver.accounts AS a
  ON r.account_id = a.account_id AND r.traded_at >= a.__START_AT AND (r.traded_at < a.__END_AT OR a.__END_AT IS NULL)
LEFT JOIN silver.securities AS s ON r.symbol = s.symbol
LEFT JOIN silver.customers AS c ON a.customer_id = c.customer_id""")

view("gold.volume_by_symbol", """
SELECT symbol, CAST(date_trunc('month', day) AS DATE) AS month, count(*) AS days, sum(volume) AS volume,
  max(close) AS high, min(close) AS low
FROM silver.prices
GROUP BY ALL""")

view("gold.trades_by_sector", """
SELECT sector, country, CAST(date_trunc('month', day) AS DATE) AS month, count(*) AS trades, sum(quantity) AS quantity,
  max(price) AS highest
FROM gold.trade_facts
GROUP BY ALL""")
