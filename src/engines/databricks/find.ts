/** The pipeline in the workspace that a pipeline here stands for. */
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import type { DatabricksClient } from "./client.ts";
import { databricksError } from "./errors.ts";
import type { PipelineDetails } from "./types.ts";

/** In development each developer has a pipeline of their own, named as a bundle's development mode names it. */
export async function nameIn(
  client: DatabricksClient,
  name: string,
  environment: DatabricksEnvironment,
  signal?: AbortSignal,
): Promise<string> {
  const plain = environment.name ?? name;
  if (environment.mode !== "development") return plain;
  const { userName } = await client.currentUser({ signal });
  const short = (userName.split("@")[0] ?? userName).replace(/[^\p{L}\p{N}_]+/gu, "_");
  return `[dev ${short}] ${plain}`;
}

/** @throws DatabricksError `DBX031` where two have the name, `DBX032` where a bundle manages it. */
export async function findPipeline(
  client: DatabricksClient,
  name: string,
  signal?: AbortSignal,
): Promise<PipelineDetails | undefined> {
  // LIKE matches anything by _ and %, and has no documented way to write a quote: the exact name is compared here.
  const filter = `name LIKE '${name.replaceAll("'", "_")}'`;
  const ids: string[] = [];
  for await (const summary of client.pipelines.list({ filter, signal })) {
    if (summary.name === name) ids.push(summary.pipeline_id);
  }
  const [id] = ids;
  if (id === undefined) return undefined;
  if (ids.length > 1) {
    throw databricksError({
      code: "DBX031",
      message: `${client.host} has ${ids.length} pipelines named "${name}": ${ids.join(", ")}`,
      help: "remove or rename all but one, or give this environment another name in the config",
    });
  }
  const found = await client.pipelines.get(id, { signal });
  const deployment = found.spec?.["deployment"];
  const kind: unknown =
    typeof deployment === "object" && deployment !== null ? Reflect.get(deployment, "kind") : undefined;
  if (kind !== "BUNDLE") return found;
  throw databricksError({
    code: "DBX032",
    message: `the pipeline "${name}" in ${client.host} is managed by a Databricks Asset Bundle`,
    help: "deploy it with medallion compile --target databricks --bundle and databricks bundle deploy, or give this environment another name",
  });
}
