/** The door to open-source Spark. */
import { ENGINES } from "../../engines/index.ts";
import type { SparkOptions } from "../../engines/spark/options.ts";
import type { FlagsOf } from "../command.ts";
import { shownPath } from "../output/format.ts";
import type { Door } from "./door.ts";

export const spark: Door = {
  flags: {
    "spark-home": {
      type: "string",
      value: "DIR",
      help: "Python environment with pyspark, or a Spark (default: found)",
    },
    remote: { type: "string", value: "URL", help: "a running Spark Connect server: sc://host:15002" },
  } satisfies FlagsOf<SparkOptions, "spark">,
  refuses: {
    warehouse: "the tables are where Spark keeps them",
    "accept-loss": "Spark rebuilds without asking",
  },
  open: ({ pipeline, spark: options, baseDir, params }, _, { env, cwd }) => ({
    interrupted: () => "Interrupted. Spark was stopped; run again, and its streams go on where they were.",
    begun: () => "Starting Spark …",
    run: async (request) => {
      const { run } = await ENGINES.spark();
      const update = await run(pipeline, { ...request, ...options, baseDir, params, env });
      return { update, place: ["Log", shownPath(update.log, cwd)] };
    },
  }),
};
