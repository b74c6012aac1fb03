/** The door to embedded DuckDB. */
import { ENGINES } from "../../engines/index.ts";
import { acceptedOf, INTERRUPTED } from "../update.ts";
import type { Door } from "./door.ts";

export const duckdb: Door = {
  open: ({ pipeline, warehouse, baseDir, params }, given) => ({
    interrupted: () => INTERRUPTED,
    run: async (request) => {
      const { run } = await ENGINES.duckdb();
      const update = await run(pipeline, { ...request, ...acceptedOf(given), warehouse, baseDir, params });
      await update.close();
      if (warehouse !== ":memory:") return { update };
      return { update, place: ["Warehouse", ":memory:, which is gone now"] };
    },
  }),
};
