from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()


# bronze.old_orders_raw: the text of its files
# made by test/fixtures/pipelines/everything.ts:19:47
@dp.temporary_view(name="old_orders_raw_files")
def old_orders_raw_files():
    return (
        spark.readStream.format("text")
        .option("wholetext", True)
        .option("recursiveFileLookup", True)
        .load(spark.conf.get("medallion.base") + "old/*.csv")
        .selectExpr("value", "regexp_replace(CASE WHEN contains(_metadata.file_path, '%') THEN url_decode(replace(_metadata.file_path, '+', '%2B')) ELSE _metadata.file_path END, '\\\\Afile:/+', 'file:///') AS __path", "_metadata.file_modification_time AS __modified_at")
    )
