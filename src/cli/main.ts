#!/usr/bin/env node
/** The `medallion` command. It imports nothing before it knows that this Node can load the rest. */
import type { MedallionError } from "../core/errors.ts";

const refused: MedallionError | undefined = await import("../core/host.ts").then(
  () => undefined,
  (error) => error,
);

if (refused === undefined) {
  // What V8 made of the modules is kept for the next start. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await import("./own-modules.ts");
  await import("./process.ts");
} else {
  process.stderr.write(`error ${refused.code}: ${refused.message}\n  help: ${refused.help}\n`);
  process.exitCode = 2;
}
