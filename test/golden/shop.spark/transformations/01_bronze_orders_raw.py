from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()


# bronze.orders_raw: the text of its files
# made by examples/shop/pipeline.ts:6:43
@dp.temporary_view(name="orders_raw_files")
def orders_raw_files():
    return (
        spark.readStream.format("text")
        .option("recursiveFileLookup", True)
        .load(spark.conf.get("medallion.base") + "data/orders/*.json")
        .selectExpr("value", "regexp_replace(CASE WHEN contains(_metadata.file_path, '%') THEN url_decode(replace(_metadata.file_path, '+', '%2B')) ELSE _metadata.file_path END, '\\\\Afile:/+', 'file:///') AS __path", "_metadata.file_modification_time AS __modified_at")
    )
