/** `bundle()`: a pipeline as a Databricks Asset Bundle, one target per environment. */

import { Document, visit } from "yaml";
import { LAYERS, type PipelineNode } from "../../ast/pipeline.ts";
import { givenPipeline } from "../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation, isInManifest } from "../../core/location.ts";
import { refusal } from "../../diagnostics/mistake.ts";
import { type Compiled, compile } from "../compile.ts";
import type { CompiledFile } from "../target.ts";
import { escaped, isPlain } from "../yaml.ts";
import type { DatabricksEnvironment } from "./environment.ts";
import {
  environmentNotes,
  type PipelineSettings,
  paramNames,
  pipelineSettings,
  principal,
} from "./pipeline-settings.ts";

/** What a bundle is made of alongside the pipeline. */
export interface BundleOptions {
  /** Environments by name: each becomes a target. */
  readonly environments: Readonly<Record<string, DatabricksEnvironment>>;
  /** The environment that `databricks bundle deploy` takes without `--target`. Default: none. */
  readonly defaultEnvironment?: string;
  /** Name of the bundle. Default: the pipeline's. */
  readonly name?: string;
}

const OPTIONS: OptionNames<BundleOptions> = { environments: true, defaultEnvironment: true, name: true };

/** One environment with its settings as Databricks names them. */
interface BundleTarget {
  readonly name: string;
  readonly given: DatabricksEnvironment;
  readonly settings: PipelineSettings;
}

type Yaml = Readonly<Record<string, unknown>>;

/**
 * A pipeline as a Databricks Asset Bundle: `databricks.yml`, `resources/<pipeline>.pipeline.yml` and the SQL in `src/`.
 * What differs between environments is in `databricks.yml`, the rest in the resource. The same pipeline and options
 * give the same files, byte for byte.
 *
 * @throws MedallionError `BUNDLE001` without environments, `BUNDLE002` where only some of them name a catalog,
 * `BUNDLE003` where settings contradict each other, and what `compile` throws.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { bundle } from "medallion/databricks";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * const { files } = bundle(p, {
 *   environments: {
 *     dev: { host: "https://dev.cloud.databricks.com", mode: "development", catalog: "dev" },
 *     prod: { host: "https://prod.cloud.databricks.com", mode: "production", catalog: "prod" },
 *   },
 *   defaultEnvironment: "dev",
 * });
 * for (const file of files) console.log(file.path, file.contents);
 * ```
 */
export function bundle(pipeline: AnyPipeline, options: BundleOptions): Compiled {
  refuseMore("bundle", 2, arguments);
  const node = givenPipeline(pipeline, "bundle()");
  checkOptions(options, "bundle()", OPTIONS, callerLocation());
  const targets = targetsOf(node, options);
  const sql = sqlFiles(pipeline, targets);
  const variables = variablesOf(node, targets);
  const shared = sharedSettings(targets, variables);
  return {
    files: [
      { path: "databricks.yml", contents: written(rootFile(node, options, targets, variables, shared), node) },
      {
        path: `resources/${node.name}.pipeline.yml`,
        contents: written(resourceFile(node, variables, shared, sql.folder), node),
      },
      ...sql.files,
    ],
    diagnostics: [...sql.diagnostics, ...targets.flatMap(({ given, name }) => environmentNotes(given, name))],
  };
}

const TARGET = /^[A-Za-z][A-Za-z0-9_-]*$/;

function targetsOf(node: PipelineNode, options: BundleOptions): readonly BundleTarget[] {
  const targets = Object.entries(options?.environments ?? {}).map(([name, given]) => ({
    name,
    given,
    settings: pipelineSettings(node, given, name),
  }));
  if (targets.length === 0) {
    throw refusal({
      code: "BUNDLE001",
      message: "a bundle needs an environment",
      help: 'environments: { dev: { host: "https://….cloud.databricks.com", catalog: "dev" } }',
    });
  }
  for (const { name } of targets) {
    if (TARGET.test(name)) continue;
    throw refusal({
      code: "BUNDLE001",
      message: `"${name}" cannot name a target of a bundle`,
      help: "letters, digits, _ and -, beginning with a letter",
    });
  }
  for (const { name, given } of targets) refuseSharedFolder(name, given);
  const { defaultEnvironment } = options;
  if (defaultEnvironment !== undefined && !Object.hasOwn(options.environments, defaultEnvironment)) {
    throw refusal({
      code: "BUNDLE001",
      message: `there is no environment "${defaultEnvironment}" to be the default`,
      help: `the environments are: ${targets.map((t) => t.name).join(", ")}`,
    });
  }
  const without = targets.filter((t) => t.given.catalog === undefined).map((t) => `"${t.name}"`);
  if (without.length > 0 && without.length < targets.length) {
    throw refusal({
      code: "BUNDLE002",
      message: `environment ${without.join(", ")} names no catalog, and others do`,
      help: "name a catalog in every environment, or in none",
    });
  }
  return targets;
}

/** The bundle's own rule: what a developer deploys does not overwrite what another one did. */
function refuseSharedFolder(name: string, { mode, rootPath }: DatabricksEnvironment): void {
  if (mode !== "development" || rootPath === undefined || rootPath.includes("${workspace.current_user.")) return;
  throw refusal({
    code: "BUNDLE003",
    message: `environment "${name}": in development mode, the folder ${rootPath} has to be one of the deploying user`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
    help: "leave rootPath out, or put ${workspace.current_user.userName} into it",
  });
}

/** In production mode the folder is named: then it does not depend on who deploys first. */
function rootPathOf({ mode, rootPath }: DatabricksEnvironment): string | undefined {
  return (
    rootPath ??
    (mode === "production"
      ? // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
        "/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}"
      : undefined)
  );
}

/** The SQL names no catalog: it is the pipeline's own, so one text serves all environments with the same schemas. */
function sqlFiles(pipeline: AnyPipeline, targets: readonly BundleTarget[]): Compiled & { readonly folder: string } {
  const compiled = targets.map((target) => ({ target, ...environmentSql(pipeline, target.given) }));
  const diagnostics = [...new Map(compiled.flatMap((c) => c.diagnostics).map((d) => [JSON.stringify(d), d])).values()];
  const texts = new Set(compiled.map(({ files }) => JSON.stringify(files)));
  const below = (folder: string, files: readonly CompiledFile[]): readonly CompiledFile[] =>
    files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  if (texts.size === 1) return { files: below("src", compiled[0]?.files ?? []), folder: "src", diagnostics };
  return {
    files: compiled.flatMap(({ target, files }) => below(`src/${target.name}`, files)),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
    folder: "src/${bundle.target}",
    diagnostics,
  };
}

/** The SQL of one environment, without a catalog: the pipeline has it as a setting. */
export function environmentSql(pipeline: AnyPipeline, { schemas, baseDir }: DatabricksEnvironment): Compiled {
  return compile(pipeline, {
    target: "databricks",
    ...(schemas && { schemas }),
    ...(baseDir !== undefined && { baseDir }),
  });
}

interface Variable {
  readonly name: string;
  readonly description: string;
  /** It stands for a parameter of the pipeline, not for one of its settings. */
  readonly parameter: boolean;
  readonly of: (target: BundleTarget) => string | undefined;
}

/** What a bundle can name as a variable: no name with a dot. */
const VARIABLE = /^[A-Za-z](?:[-_]*[A-Za-z0-9])*$/;

/** Catalog, schema and the parameters: `--var` sets them for one deployment. */
function variablesOf(node: PipelineNode, targets: readonly BundleTarget[]): readonly Variable[] {
  const [first] = targets;
  const parameters = paramNames(node).filter((name) => VARIABLE.test(name) && name !== "catalog" && name !== "schema");
  const setting = (name: "catalog" | "schema", description: string): Variable => ({
    name,
    description,
    parameter: false,
    of: (target) => target.settings[name],
  });
  return [
    ...(first?.settings.catalog === undefined ? [] : [setting("catalog", "Catalog that the tables go to")]),
    setting("schema", "Default schema of the pipeline"),
    ...parameters.map((name) => ({
      name,
      description: `Parameter "${name}" of the pipeline`,
      parameter: true,
      of: (target: BundleTarget) => target.settings.configuration[name],
    })),
  ];
}

/** A setting's path and value: `["serverless", true]`, and one of each parameter, so that these are told apart singly. */
type Setting = readonly [path: readonly [string, string?], value: unknown];

/** Settings of a target that no variable stands for. */
function ownSettings(target: BundleTarget, variables: readonly Variable[]): readonly Setting[] {
  const { catalog: _, schema: __, configuration, ...rest } = target.settings;
  const inVariables = new Set(variables.filter((v) => v.parameter).map((v) => v.name));
  const { permissions, mode, preventDestroy = mode === "production" } = target.given;
  return [
    ...(preventDestroy ? [[["lifecycle"], { prevent_destroy: true }] satisfies Setting] : []),
    ...Object.entries(rest).map(([name, value]): Setting => [[name], value]),
    ...Object.entries(configuration)
      .filter(([name]) => !inVariables.has(name))
      .map(([name, value]): Setting => [["configuration", name], value]),
    ...(permissions
      ? [[["permissions"], permissions.map(({ level, ...who }) => ({ level, ...principal(who) }))] satisfies Setting]
      : []),
  ];
}

/** The settings on which all environments agree: they are in the resource, the others in each target. */
function sharedSettings(targets: readonly BundleTarget[], variables: readonly Variable[]): readonly Setting[] {
  const [first = [], ...others] = targets.map((target) => ownSettings(target, variables));
  const told = others.map((other) => new Set(other.map((setting) => JSON.stringify(setting))));
  return first.filter((setting) => told.every((other) => other.has(JSON.stringify(setting))));
}

function asYaml(settings: readonly Setting[]): Yaml {
  const configuration = settings.flatMap(([[name, key], value]) =>
    name === "configuration" && key !== undefined ? [[key, value] as const] : [],
  );
  const plain = settings.flatMap(([[name, key], value]) => (key === undefined ? [[name, value] as const] : []));
  return {
    ...Object.fromEntries(plain),
    ...(configuration.length > 0 && { configuration: Object.fromEntries(configuration) }),
  };
}

function rootFile(
  node: PipelineNode,
  options: BundleOptions,
  targets: readonly BundleTarget[],
  variables: readonly Variable[],
  shared: readonly Setting[],
): Yaml {
  const told = new Set(shared.map((setting) => JSON.stringify(setting)));
  return {
    bundle: { name: options.name ?? node.name },
    include: ["resources/*.yml"],
    variables: Object.fromEntries(variables.map(({ name, description }) => [name, { description }])),
    targets: Object.fromEntries(
      targets.map((target) => {
        const { mode, host, profile } = target.given;
        const rootPath = rootPathOf(target.given);
        const own = ownSettings(target, variables).filter((setting) => !told.has(JSON.stringify(setting)));
        const workspace = {
          ...(host !== undefined && { host }),
          ...(profile !== undefined && { profile }),
          ...(rootPath !== undefined && { root_path: rootPath }),
        };
        return [
          target.name,
          {
            ...(mode !== undefined && { mode }),
            ...(target.name === options.defaultEnvironment && { default: true }),
            ...(Object.keys(workspace).length > 0 && { workspace }),
            variables: Object.fromEntries(variables.map((v) => [v.name, v.of(target)])),
            ...resourcesOf(node, target, own),
          },
        ];
      }),
    ),
  };
}

function resourcesOf(node: PipelineNode, { given, settings }: BundleTarget, own: readonly Setting[]): Yaml {
  const used = LAYERS.filter((layer) => node.tables.some((table) => table.layer === layer));
  const schemas = Object.fromEntries(
    (given.createSchemas ? used : []).map((layer) => [
      `${node.name}_${layer}`,
      { catalog_name: settings.catalog, name: given.schemas?.[layer] ?? layer },
    ]),
  );
  const resources = {
    ...(Object.keys(schemas).length > 0 && { schemas }),
    ...(own.length > 0 && { pipelines: { [node.name]: asYaml(own) } }),
  };
  return Object.keys(resources).length > 0 ? { resources } : {};
}

function resourceFile(
  node: PipelineNode,
  variables: readonly Variable[],
  shared: readonly Setting[],
  folder: string,
): Yaml {
  const reference = ({ name }: Variable): string => `\${var.${name}}`;
  const settings = variables.filter((v) => !v.parameter).map((v) => [v.name, reference(v)] as const);
  const parameters = variables.filter((v) => v.parameter);
  const { name, ...rest } = asYaml([
    ...shared,
    ...parameters.map((v): Setting => [["configuration", v.name], reference(v)]),
  ]);
  const resource = {
    ...(name !== undefined && { name }),
    ...Object.fromEntries(settings),
    ...rest,
    root_path: `../${folder}`,
    libraries: [{ glob: { include: `../${folder}/**` } }],
  };
  return { resources: { pipelines: { [node.name]: resource } } };
}

function written(content: Yaml, node: PipelineNode): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  quoteStrings(document);
  document.commentBefore = [
    ` Databricks Asset Bundle of the pipeline "${node.name}".`,
    ` Made by medallion from ${madeIn(node)}: change it there and compile again.`,
  ].join("\n");
  return escaped(document.toString({ lineWidth: 0 }));
}

/** The user's files that define the tables. */
function madeIn(node: PipelineNode): string {
  const places = node.tables.flatMap((table) => (table.at === undefined || isInManifest(table.at) ? [] : [table.at]));
  const files = new Set(places.map((place) => place.replace(/:\d+:\d+$/, "")));
  return files.size === 0 ? "its manifest" : [...files].sort().join(", ");
}

/** Puts the keys and values of a document that are not plainly words into double quotes. */
function quoteStrings(document: Document): void {
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && !isPlain(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
}
