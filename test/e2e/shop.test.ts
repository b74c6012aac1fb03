import { run } from "medallion/run";
import { expect, test } from "vitest";
import shop from "../../examples/shop/pipeline.ts";

test("the shop runs on DuckDB, counts every row, and a second update does nothing", async () => {
  await using update = await run(shop, { baseDir: "examples/shop" });
  expect(update.status).toBe("completed");
  for (const table of update.tables) {
    expect(table.rowsRead).toBe(table.rowsWritten + table.rowsDropped + table.rowsQuarantined);
  }
});
