/** `medallion deploy`: the pipeline, brought to a Databricks workspace. */

import type { ErrorDetails } from "../../core/errors.ts";
import type { DatabricksClient, DatabricksUpdate, Deployment } from "../../engines/databricks/index.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import { problemBlocks, refusal } from "../check.ts";
import { type Command, PARAM_FLAG, PROJECT_FLAGS } from "../command.ts";
import { EXIT } from "../errors.ts";
import { type Io, paintOf, widthOf, writeJson, writeLines } from "../io.ts";
import { plural } from "../output/format.ts";
import { problemLines } from "../output/problem.ts";
import type { Paint, Style } from "../output/style.ts";
import { type Cell, tableLines } from "../output/table.ts";
import { loadProject, type Project } from "../project/load.ts";
import { connectTo } from "../project/workspace.ts";

export const deploy: Command = {
  name: "deploy",
  summary: "brings the pipeline to a Databricks workspace",
  arguments: [],
  flags: {
    "dry-run": { type: "boolean", help: "report what would change, and change nothing" },
    validate: { type: "boolean", help: "have the workspace check the deployed SQL, without reading or writing data" },
    ...PARAM_FLAG,
    ...PROJECT_FLAGS,
  },
  about: [
    "Compiles the pipeline, uploads the SQL, and makes or changes the pipeline of that name. What is right already is left",
    "alone. Where to and how it runs there is the databricks setting of the environment in medallion.config.ts; the",
    "credentials are DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or a profile of ~/.databrickscfg.",
  ],
  examples: [
    ["medallion deploy --env dev", "to the workspace of the environment dev"],
    ["medallion deploy --env prod --dry-run", "what would change there"],
    ["medallion deploy --env dev --validate", "then let the workspace check it"],
    ["medallion deploy --env prod --json | jq '.files[] | select(.change != \"unchanged\")'", "for a program"],
    ["medallion run --target databricks --env dev", "then run it there"],
  ],
  async run(given, io) {
    const project = await loadProject(given, io);
    const json = given.on("json");
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const { client, environment, environmentName } = await connectTo(project, io);
    const { deploy: bring } = await import("../../engines/databricks/index.ts");
    const options = { environment, environmentName, dryRun: given.on("dry-run") };
    const release = io.onInterrupt?.("Interrupted. The deployment is not complete: deploy again.");
    const done = await bring(project.pipeline, { client, ...options }).finally(() => release?.());
    const checked = given.on("validate") ? await validated(project, environment, client, io) : undefined;
    const invalid = checked?.status === "failed";
    if (json) {
      const validation = checked && { status: checked.status, url: checked.url, errors: errorsOf(checked) };
      writeJson(io, { ...done, ...(validation && { validation }) });
    } else {
      const warnings = done.diagnostics.filter((d) => d.severity === "warning");
      if (warnings.length > 0) writeLines(io.stderr, problemBlocks(warnings, io, io.stderr));
      report(done, project.environment, io);
      if (checked) reportValidation(checked, io);
    }
    return invalid ? EXIT.failed : EXIT.ok;
  },
};

/** An update of the workspace that checks the deployed pipeline and writes nothing. */
async function validated(
  { pipeline }: Project,
  environment: DatabricksEnvironment,
  client: DatabricksClient,
  io: Io,
): Promise<DatabricksUpdate> {
  const { follow, startUpdate } = await import("../../engines/databricks/index.ts");
  const started = await startUpdate(pipeline, { client, environment, validateOnly: true });
  const release = io.onInterrupt?.(`Interrupted. The validation goes on; look at it at ${started.url}`);
  return await follow(pipeline, started, { client }).finally(() => release?.());
}

function errorsOf({ tables, error }: DatabricksUpdate): readonly ErrorDetails[] {
  return [...tables.flatMap((t) => t.error ?? []), ...(error ? [error] : [])];
}

function reportValidation(update: DatabricksUpdate, io: Io): void {
  const { status, url } = update;
  const paint = paintOf(status === "failed" ? io.stderr : io.stdout, io.env);
  const options = { paint, cwd: io.cwd, width: widthOf(io.stderr) };
  for (const error of errorsOf(update)) writeLines(io.stderr, problemLines(error, options));
  if (status === "failed")
    writeLines(io.stderr, [`${paint("red", "The workspace does not accept the pipeline:")} ${url}`]);
  else writeLines(io.stdout, [`${paint("green", "The workspace accepts the pipeline.")} ${paint("dim", url)}`]);
}

const STYLES = { added: "green", changed: "yellow", removed: "red", unchanged: "dim" } as const satisfies Record<
  string,
  Style
>;

function report(done: Deployment, environment: string | undefined, io: Io): void {
  const paint = paintOf(io.stdout, io.env);
  const changed = done.files.filter((file) => file.change !== "unchanged");
  const sections = [
    tableOf(
      ["FILE", "CHANGE"],
      changed.map(({ path, change }) => [path, { text: change, style: STYLES[change] }]),
      paint,
    ),
    tableOf(
      ["SETTING", "WAS", "IS"],
      done.settings.map(({ name, was = "", is = "" }) => [name, was, is]),
      paint,
    ),
    tableOf(
      ["PERMISSION", "FOR"],
      done.permissions.map(({ level, ...who }) => [level, Object.values(who).join("")]),
      paint,
    ),
    summary(done, changed.length, environment, paint),
  ];
  writeLines(io.stdout, [
    sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n"),
  ]);
}

function tableOf(
  headers: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  paint: Paint,
): readonly string[] {
  if (rows.length === 0) return [];
  return tableLines(
    headers.map((header) => ({ header, maxWidth: 80 })),
    rows,
    { paint },
  );
}

function summary(done: Deployment, changed: number, environment: string | undefined, paint: Paint): readonly string[] {
  const { name, host, rootPath, url, dryRun, pipeline } = done;
  const unchanged = done.files.length - changed;
  const what = {
    created: dryRun ? "would be made" : "made",
    changed: dryRun ? "would be changed" : "changed",
    unchanged: "is up to date",
  }[pipeline];
  const files = changed === 0 ? plural(unchanged, "file") : `${plural(changed, "file")} changed, ${unchanged} not`;
  const env = environment === undefined ? "" : ` --env ${environment}`;
  return [
    `${paint(dryRun ? "yellow" : "green", `Pipeline "${name}" ${what}`)} in ${host}: ${files}.`,
    `${paint("dim", "Files:")} ${rootPath}`,
    ...(url === undefined ? [] : [`${paint("dim", "Pipeline:")} ${url}`]),
    ...(dryRun
      ? ["Nothing was changed: this was a dry run."]
      : [`Run it: ${paint("cyan", `medallion run --target databricks${env}`)}`]),
  ];
}
