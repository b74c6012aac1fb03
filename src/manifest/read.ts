/**
 * The manifest: a pipeline as JSON, and back. Nothing in it is believed: every node is read as what is expected where it
 * stands, made again by the factory that the builder calls, and compared with what the manifest holds of it.
 */

import { MANIFEST_VERSION, type PipelineNode, type TableNode } from "../ast/pipeline.ts";
import { pipelineOf } from "../builder/pipeline/builder.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { Cursor, shown } from "../core/cursor.ts";
import { checkOptions, type OptionNames } from "../core/given.ts";
import { plainJson } from "../core/json.ts";
import { callerLocation } from "../core/location.ts";
import { manifestError, notPlain } from "../core/manifest-error.ts";
import { emptyPipeline, withTables } from "../nodes/tables.ts";
import { refuseDifference } from "./compare.ts";
import { membersOf, type Plugin } from "./plugins.ts";
import { readTable } from "./tables.ts";

/** Options of reading a manifest. */
export interface ManifestOptions {
  /** The plugins whose parts it names. */
  readonly plugins?: readonly Plugin[];
}

/**
 * A pipeline from its manifest (`JSON.parse(JSON.stringify(p))`). It compiles to the same SQL. Its tables have no
 * static types. Ids, types, labels and columns are computed again: a manifest that claims others is refused.
 *
 * @throws MedallionError `MAN001` where the value is not a manifest of this version, `MAN002` where a part is missing, not
 * known or of the wrong kind, `MAN003` where it claims of a part what its parts do not give, `MAN004` beyond the limits of
 * depth and size, `MAN005` for what the builder refuses, `MAN006` for a part of a plugin that is not given. Each names
 * the path to the part.
 * @example
 * ```ts
 * import { compile, fromManifest, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * const same = fromManifest(JSON.parse(JSON.stringify(p)));
 * console.log(compile(same, { target: "duckdb" }).files.length);
 * ```
 */
export function fromManifest(json: unknown, options: ManifestOptions = {}): AnyPipeline & { toJSON(): PipelineNode } {
  refuseMore("fromManifest", 2, arguments);
  checkOptions(options, "fromManifest()", { plugins: true } satisfies OptionNames<ManifestOptions>, callerLocation());
  const { plugins = [] } = options;
  const root = new Cursor(plainJson(json, notPlain), "", membersOf(plugins));
  checkVersion(root);
  root.only(["version", "name", "tables"]);
  const name = root.get("name");
  let pipeline = name.build(() => emptyPipeline(name.string(), undefined));
  for (const table of root.get("tables").list()) {
    const made = compared(readTable(table, pipeline.tables), table);
    pipeline = table.build(() => withTables(pipeline, [made], undefined));
  }
  return pipelineOf(pipeline);
}

/** Table by table: what follows from a wrong one would only hide it. */
function compared(made: TableNode, json: Cursor): TableNode {
  refuseDifference(made, json.value, json.path);
  return made;
}

function checkVersion(root: Cursor): void {
  const { value } = root;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const version = isObject ? root.find("version")?.value : undefined;
  if (version === MANIFEST_VERSION) return;
  const found = isObject ? `version is ${shown(version)}` : `the root is ${shown(value)}`;
  throw manifestError("MAN001", `${found}, and this medallion reads manifests of version ${MANIFEST_VERSION}`, {
    help: "write it with JSON.stringify(pipeline), by a medallion of this version",
  });
}
