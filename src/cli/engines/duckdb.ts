/** The door to embedded DuckDB. */
import { ENGINES } from "../../engines/index.ts";
import { RESOURCE_FLAGS } from "../resources.ts";
import { acceptedOf, INTERRUPTED } from "../update.ts";
import type { Door } from "./door.ts";

export const duckdb: Door = {
  flags: {
    strict: { type: "boolean", help: "a table fails whose source path matches no file (DuckDB)" },
    ...RESOURCE_FLAGS,
  },
  open: ({ pipeline, warehouse, baseDir, params, duckdb: resources }, given) => ({
    interrupted: () => INTERRUPTED,
    run: async (request) => {
      const { run } = await ENGINES.duckdb();
      const missingFiles = given.on("strict") ? "fail" : "warn";
      const options = { ...resources, ...acceptedOf(given), warehouse, baseDir, params, missingFiles } as const;
      const update = await run(pipeline, { ...request, ...options });
      await update.close();
      if (warehouse !== ":memory:") return { update };
      return { update, place: ["Warehouse", ":memory:, which is gone now"] };
    },
  }),
};
