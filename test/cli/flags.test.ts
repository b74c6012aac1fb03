/** A flag that gives an option has the name of the option, in kebab case. */
import type { RunOptions } from "medallion/run";
import { expect, test } from "vitest";
import type { FlagsOf } from "../../src/cli/command.ts";
import { dev } from "../../src/cli/commands/dev.ts";
import { plan } from "../../src/cli/commands/plan.ts";
import { preview } from "../../src/cli/commands/preview.ts";
import { run } from "../../src/cli/commands/run.ts";
import { checkRunOptions } from "../../src/engines/duckdb/run-options.ts";

/** Which project, where to, and what is shown: the command's own. `param` gives one of `params`. */
const OWN = new Set(["target", "config", "pipeline", "env", "param", "table", "limit"]);
/** Options of Spark, as the config has them: `spark.home`. */
const OF_SPARK = new Set(["spark-home", "remote"]);

test.each([run, plan, preview, dev])("flags of $name", ({ flags }) => {
  const names = Object.keys(flags).filter((flag) => !OWN.has(flag) && !OF_SPARK.has(flag));
  expect(names.length).toBeGreaterThan(3);
  for (const flag of names) {
    const option = flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(() => checkRunOptions({ [option]: undefined }, "run()", undefined), `--${flag}`).not.toThrow();
  }
});

test("another name is a compile error", () => {
  const flag = { type: "string", help: "" } as const;
  // @ts-expect-error `temp-dir` is not `tempDirectory` in kebab case
  const wrong = { "temp-dir": flag } satisfies FlagsOf<RunOptions>;
  const right = { "temp-directory": flag, "run-threads": flag, only: flag } satisfies FlagsOf<RunOptions, "run">;
  expect([wrong, right].map((flags) => Object.keys(flags).length)).toEqual([1, 3]);
});
