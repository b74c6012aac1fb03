/**
 * The built-in targets by their names. They are a third of the package, and most programs that build a pipeline compile
 * none: Node loads them when the first is asked for, and a bundle has them where it imports `medallion/targets`.
 */

import { nodeRequire } from "../core/host.ts";
import { shared } from "../core/instances.ts";
import { callerLocation } from "../core/location.ts";
import { refusal } from "../diagnostics/mistake.ts";
import type { TargetDefinition } from "./target.ts";

type Named = Readonly<Record<string, TargetDefinition>>;

const DOOR = "medallion/targets";

const loaded: { targets?: Named } = shared("targets", () => ({}));

/** What `medallion/targets` does when it is loaded. */
export function provideTargets(targets: Named): void {
  loaded.targets ??= targets;
}

/** @throws CompileError `TARGET009` where they are not loaded, and cannot be. */
export function namedTargets(): Named {
  const cause = loaded.targets ? undefined : load();
  // Where the package was bundled, Node may have loaded another copy, whose targets know nothing of this one's nodes.
  if (loaded.targets) return loaded.targets;
  throw refusal({
    code: "TARGET009",
    message: "the targets of compile() are not loaded",
    help: `import "${DOOR}" once, or give a target as a value: import { databricks } from "${DOOR}"`,
    location: callerLocation(),
    ...(cause !== undefined && { cause }),
  });
}

/** Has Node load them, and gives why it could not. */
function load(): unknown {
  try {
    nodeRequire(import.meta.url, DOOR);
    return undefined;
  } catch (error) {
    return error;
  }
}
