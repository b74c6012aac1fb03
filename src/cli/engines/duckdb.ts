/** The door to embedded DuckDB. */
import type { RunOptions } from "../../engines/duckdb/index.ts";
import { ENGINES } from "../../engines/index.ts";
import { oneOf } from "../args.ts";
import type { FlagsOf } from "../command.ts";
import { RESOURCE_FLAGS } from "../project/resources.ts";
import { acceptedOf, INTERRUPTED } from "../update.ts";
import type { Door } from "./door.ts";

export const duckdb: Door = {
  flags: {
    ...({
      "missing-files": {
        type: "string",
        value: "WHAT",
        help: "what a source path means that matches no file: warn (the default), or fail its table",
      },
    } satisfies FlagsOf<RunOptions>),
    ...RESOURCE_FLAGS,
  },
  open: (project, given) => ({
    interrupted: () => INTERRUPTED,
    run: async (request) => {
      const { run } = await ENGINES.duckdb();
      const missingFiles = oneOf(given, "missing-files", ["warn", "fail"]) ?? "warn";
      const { pipeline, warehouse, baseDir, params, duckdb: resources } = project;
      const options = { ...resources, ...acceptedOf(given, project), warehouse, baseDir, params, missingFiles };
      const update = await run(pipeline, { ...request, ...options });
      await update.close();
      if (warehouse !== ":memory:") return { update };
      return { update, place: ["Warehouse", ":memory:, which is gone now"] };
    },
  }),
};
