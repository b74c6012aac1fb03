from pyspark import pipelines as dp


# silver.shelves: the flow of its snapshots
# made by test/fixtures/pipelines/clauses.ts:68:25
dp.create_auto_cdc_from_snapshot_flow(
    target="main.silver.shelves",
    source="shelves_changes",
    keys=["sku"],
    stored_as_scd_type=1,
)
