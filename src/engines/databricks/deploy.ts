/** `deploy()`: the files and the settings of a pipeline, brought to a workspace. */

import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { environmentSql } from "../../targets/databricks/bundle.ts";
import type { DatabricksEnvironment, DatabricksPermission } from "../../targets/databricks/environment.ts";
import { environmentNotes, pipelineSettings, principal } from "../../targets/databricks/pipeline-settings.ts";
import { connect, type DatabricksClient, type InWorkspace } from "./client.ts";
import { type FileChange, planFiles, writeFiles } from "./files.ts";
import { findPipeline, nameIn } from "./find.ts";
import { editedSettings, type SettingChange, settingChanges } from "./settings-changes.ts";
import type { AccessRequest, PipelineDetails } from "./types.ts";

/** Where and how to deploy. */
export interface DeployOptions extends InWorkspace {
  /** Where to, and how it runs there. */
  readonly environment?: DatabricksEnvironment;
  /** Its name, for messages and for the folder of the files. Default: `default`. */
  readonly environmentName?: string;
  /** Only reports what would change. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

const OPTIONS: OptionNames<DeployOptions> = {
  client: true,
  environment: true,
  environmentName: true,
  dryRun: true,
  signal: true,
};

/** What was deployed, or would be. */
export interface Deployment {
  /** Not there when a dry run would make the pipeline. */
  readonly pipelineId?: string;
  readonly name: string;
  readonly host: string;
  /** The pipeline's page in the workspace. */
  readonly url?: string;
  /** Folder of the workspace that holds the files. */
  readonly rootPath: string;
  readonly dryRun: boolean;
  readonly pipeline: "created" | "changed" | "unchanged";
  /** Every file, with what happened to it. */
  readonly files: readonly FileChange[];
  /** Settings that differ from what the workspace had. */
  readonly settings: readonly SettingChange[];
  /** Permissions that were not there before. */
  readonly permissions: readonly DatabricksPermission[];
  /** What becomes of settings that Databricks does not have as they are. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a pipeline, uploads its SQL and makes or changes the pipeline of that name. What is right already is left
 * alone: a second deployment changes nothing. Files that an earlier deployment brought and this one has not are removed.
 * Settings that somebody changed in the workspace are set back; permissions are only added.
 *
 * @throws DatabricksError `DBX031` where two pipelines have the name, `DBX032` where a bundle manages it, and what the
 * calls throw.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { deploy } from "medallion/databricks";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("/Volumes/dev/raw/*.json", { id: t.bigint() }) });
 *   const done = await deploy(p, { environment: { catalog: "dev", mode: "development" } });
 *   console.log(done.pipeline, done.url);
 * }
 * ```
 */
export async function deploy(pipeline: AnyPipeline, options: DeployOptions = {}): Promise<Deployment> {
  refuseMore("deploy", 2, arguments);
  checkOptions(options, "deploy()", OPTIONS, callerLocation());
  const { client = connect(), environment = {}, environmentName = "default", dryRun = false, signal } = options;
  const compiled = environmentSql(pipeline, environment);
  const sql = compiled.files.map((file) => ({ ...file, path: `src/${file.path}` }));
  const rootPath = await rootOf(client, pipeline, environment, environmentName, signal);
  const name = await nameIn(client, pipeline.name, environment, signal);
  const wanted = {
    ...pipelineSettings(pipeline.toNode(), environment, environmentName),
    name,
    root_path: `${rootPath}/src`,
    libraries: [{ glob: { include: `${rootPath}/src/**` } }],
  };
  const found = await findPipeline(client, name, signal);
  const settings = found ? settingChanges(found, wanted) : [];
  const files = await planFiles(client, rootPath, sql, signal);
  const permissions = await missingPermissions(client, found, environment.permissions ?? [], signal);
  const changed = settings.length > 0 || permissions.length > 0 || files.some((file) => file.change !== "unchanged");
  let id = found?.pipeline_id;
  if (!dryRun) {
    if (files.some((file) => file.change !== "unchanged")) await writeFiles(client, rootPath, sql, files, signal);
    if (id === undefined) id = await client.pipelines.create({ ...wanted, allow_duplicate_names: false }, { signal });
    else if (found && settings.length > 0) await client.pipelines.edit(id, editedSettings(found, wanted), { signal });
    if (permissions.length > 0) await client.pipelines.permit(id, permissions.map(asAccess), { signal });
  }
  return {
    ...(id !== undefined && { pipelineId: id, url: pipelineUrl(client, id) }),
    name,
    host: client.host,
    rootPath,
    dryRun,
    pipeline: found ? (changed ? "changed" : "unchanged") : "created",
    files,
    settings,
    permissions,
    diagnostics: [...compiled.diagnostics, ...environmentNotes(environment, environmentName)],
  };
}

export function pipelineUrl(client: DatabricksClient, id: string): string {
  return `${client.host}/pipelines/${id}`;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a bundle's word, which means the same here
const USER_NAME = "${workspace.current_user.userName}";

/** As the Databricks CLI does for its bundles: below the user that deploys, so that two developers do not meet. */
async function rootOf(
  client: DatabricksClient,
  { name }: AnyPipeline,
  { rootPath }: DatabricksEnvironment,
  environmentName: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const ofUser = rootPath?.includes(USER_NAME) ?? true;
  const userName = ofUser ? (await client.currentUser({ signal })).userName : "";
  if (rootPath !== undefined) return rootPath.replaceAll(USER_NAME, userName).replace(/\/+$/, "");
  return `/Workspace/Users/${userName}/.medallion/${name}/${environmentName}`;
}

const asAccess = ({ level, ...who }: DatabricksPermission): AccessRequest => ({
  ...principal(who),
  permission_level: level,
});

async function missingPermissions(
  client: DatabricksClient,
  found: PipelineDetails | undefined,
  wanted: readonly DatabricksPermission[],
  signal: AbortSignal | undefined,
): Promise<readonly DatabricksPermission[]> {
  if (!found || wanted.length === 0) return wanted;
  const there = await client.pipelines.permissions(found.pipeline_id, { signal });
  return wanted.filter(({ level, ...who }) => {
    const [[key, value] = []] = Object.entries(principal(who));
    return !there.some(
      (entry) =>
        Object.entries(entry).some(([name, text]) => name === key && text === value) &&
        entry.all_permissions?.some((p) => p.permission_level === level && p.inherited !== true),
    );
  });
}
