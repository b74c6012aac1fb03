/** The settings of a pipeline as the Pipelines API and a bundle name them: one meaning for `bundle()` and `deploy()`. */

import { paramUses } from "../../ast/params.ts";
import type { PipelineNode } from "../../ast/pipeline.ts";
import { callerLocation } from "../../core/location.ts";
import type { OwnDiagnostic } from "../../diagnostics/catalogue.ts";
import { refusal } from "../../diagnostics/mistake.ts";
import { paramTexts } from "../../lower/params.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { checkNamed } from "../destination.ts";
import type { DatabricksEnvironment, DatabricksPrincipal } from "./environment.ts";
import { hasExpectationsView } from "./expectations.ts";

/**
 * Fields of a pipeline resource, in the order in which a person reads them.
 * @see https://docs.databricks.com/api/workspace/pipelines/create
 */
export interface PipelineSettings {
  readonly name: string;
  readonly catalog?: string;
  readonly schema: string;
  readonly serverless: boolean;
  readonly development: boolean;
  readonly continuous: boolean;
  readonly channel: string;
  readonly edition?: string;
  readonly photon?: boolean;
  readonly configuration: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly notifications?: readonly {
    readonly email_recipients: readonly string[];
    readonly alerts: readonly string[];
  }[];
  readonly event_log?: { readonly name: string; readonly catalog?: string; readonly schema?: string };
  readonly clusters?: readonly Readonly<Record<string, unknown>>[];
  readonly usage_policy_id?: string;
  readonly budget_policy_id?: string;
  readonly run_as?: Readonly<Record<string, string>>;
}

/** The compiled SQL means Spark's ANSI mode in UTC; a workspace may have other defaults. */
const CONFIGURATION = { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC" } as const;
const MOST_TAGS = 25;
const FAILURES = ["update-failure", "update-fatal-failure", "flow-failure"] as const;

/**
 * The settings of a pipeline in an environment, whose name is for messages.
 *
 * @throws MedallionError `BUNDLE003` where settings contradict each other, `PARAM002` where a parameter has no value,
 * `PARAM003` for a value of no parameter or of another type.
 */
export function pipelineSettings(
  node: PipelineNode,
  given: DatabricksEnvironment,
  environment: string,
): PipelineSettings {
  const { name, schema, eventLog: log } = given;
  checkNamed({ name, catalog: given.catalog, schema, ...(log && { "eventLog.name": log.name }) }, callerLocation());
  refuseContradictions(node, given, environment);
  const { catalog, edition, photon, tags, notifications, eventLog, clusters, runAs } = given;
  const { usagePolicyId, budgetPolicyId } = given;
  return {
    name: given.name ?? node.name,
    ...(catalog !== undefined && { catalog }),
    schema: given.schema ?? given.schemas?.bronze ?? "bronze",
    serverless: given.serverless ?? true,
    development: given.development ?? given.mode === "development",
    continuous: given.continuous ?? false,
    channel: given.channel ?? "CURRENT",
    ...(edition !== undefined && { edition }),
    ...(photon !== undefined && { photon }),
    configuration: { ...CONFIGURATION, ...texts(given.configuration), ...paramValues(node, given, environment) },
    ...(tags !== undefined && { tags }),
    ...(notifications !== undefined && {
      notifications: notifications.map(({ email, on }) => ({
        email_recipients: email,
        alerts: (on ?? FAILURES).map((alert) => `on-${alert}`),
      })),
    }),
    ...(eventLog !== undefined && { event_log: eventLog }),
    ...(clusters !== undefined && { clusters }),
    ...(usagePolicyId !== undefined && { usage_policy_id: usagePolicyId }),
    ...(budgetPolicyId !== undefined && { budget_policy_id: budgetPolicyId }),
    ...(runAs !== undefined && { run_as: principal(runAs) }),
  };
}

/** What is worth a word of an environment, though it may work. */
export function environmentNotes(given: DatabricksEnvironment, environment: string): readonly OwnDiagnostic[] {
  if (given.serverless === false || given.catalog !== undefined) return [];
  return [
    {
      code: "BUNDLE004",
      severity: "warning",
      message: `environment "${environment}" names no catalog, and serverless compute needs Unity Catalog`,
      help: 'catalog: "main"',
    },
  ];
}

function texts(values: DatabricksEnvironment["configuration"] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** The value of every parameter: `${name}` in the SQL has no default of its own. */
function paramValues(node: PipelineNode, { params = {} }: DatabricksEnvironment, environment: string) {
  // A secret is read where the SQL runs: its value stands in no file.
  const texts = paramTexts(node.tables, params, {
    help: ({ name }) => `give it one: params: { ${name}: … }`,
    refuse: (problem) => {
      throw refusal({ ...problem, message: `environment "${environment}": ${problem.message}` });
    },
    secrets: "none",
  });
  // The SQL has it between quotes: what would end or escape the text stays a part of it.
  return Object.fromEntries([...texts].map(([name, text]) => [name, text.replace(/['\\]/g, "\\$&")]));
}

/** Names of the parameters that a pipeline has, in the order of first use. */
export function paramNames(node: PipelineNode): readonly string[] {
  return [...new Set(paramUses(node.tables).flatMap((use) => (use.secret ? [] : [use.name])))];
}

/** `{ user_name: "a@b.c" }`, as every API of Databricks names who somebody is. */
export function principal(who: DatabricksPrincipal): Readonly<Record<string, string>> {
  if ("user" in who) return { user_name: who.user };
  if ("group" in who) return { group_name: who.group };
  return { service_principal_name: who.servicePrincipal };
}

/** The smallest edition that has what the pipeline needs. */
function editionOf(pipeline: PipelineNode): NonNullable<DatabricksEnvironment["edition"]> {
  const plans = [...lowerPipeline(pipeline).plans.values()];
  const expects = (plan: LoweredTable) => plan.rules.all.length > 0 || plan.quarantine || hasExpectationsView(plan);
  if (plans.some(expects)) return "ADVANCED";
  return plans.some(({ table }) => table.kind !== "query") ? "PRO" : "CORE";
}

const EDITIONS = ["CORE", "PRO", "ADVANCED"] as const;

/** What a rule of the settings is asked over. */
interface Asked {
  readonly given: DatabricksEnvironment;
  readonly serverless: boolean;
  readonly needed: (typeof EDITIONS)[number];
}

interface Contradiction {
  readonly is: (asked: Asked) => boolean;
  readonly message: string | ((asked: Asked) => string);
  readonly help: string | ((asked: Asked) => string);
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    is: ({ given, serverless }) => serverless && given.photon === false,
    message: "serverless compute always runs Photon",
    help: "leave photon out, or set serverless: false",
  },
  {
    is: ({ given, serverless }) => serverless && given.edition !== undefined,
    message: "serverless compute has no edition",
    help: "leave edition out, or set serverless: false",
  },
  {
    is: ({ given }) => given.mode === "production" && given.development === true,
    message: "mode: production does not go with development: true",
    help: "leave development out, or set mode: development",
  },
  {
    is: ({ given }) => Object.keys(given.tags ?? {}).length > MOST_TAGS,
    message: `a pipeline accepts at most ${MOST_TAGS} tags`,
    help: "leave some of them out",
  },
  {
    is: ({ given, serverless }) => serverless && given.clusters !== undefined,
    message: "serverless compute has no clusters",
    help: "leave clusters out, or set serverless: false",
  },
  {
    is: ({ given, needed }) =>
      given.edition !== undefined && EDITIONS.indexOf(given.edition) < EDITIONS.indexOf(needed),
    message: ({ given, needed }) =>
      `the edition ${given.edition} has no ${needed === "ADVANCED" ? "expectations, which files, rules and keys need" : "AUTO CDC"}`,
    help: ({ needed }) => `edition: "${needed}"`,
  },
  {
    is: ({ given }) => given.createSchemas === true && given.mode === "development",
    message:
      "a bundle in development mode puts the user's name before the schemas that it makes, and the SQL would not find them",
    help: "leave createSchemas out, and make the schemas once",
  },
  {
    is: ({ given }) => given.createSchemas === true && given.catalog === undefined,
    message: "schemas are made in a catalog, and there is none",
    help: "name the catalog",
  },
  {
    is: ({ given, serverless }) => !serverless && given.budgetPolicyId !== undefined,
    message: "a budget policy is for serverless compute",
    help: "leave it out",
  },
  {
    is: ({ given, serverless }) => !serverless && given.usagePolicyId !== undefined,
    message: "a usage policy is for serverless compute",
    help: "leave it out",
  },
  {
    is: ({ given }) => given.usagePolicyId !== undefined && given.budgetPolicyId !== undefined,
    message: "usagePolicyId has taken the place of budgetPolicyId",
    help: "leave budgetPolicyId out",
  },
];

function refuseContradictions(node: PipelineNode, given: DatabricksEnvironment, environment: string): void {
  const asked: Asked = { given, serverless: given.serverless ?? true, needed: editionOf(node) };
  const found = CONTRADICTIONS.find(({ is }) => is(asked));
  if (!found) return;
  const words = (text: Contradiction["message"]) => (typeof text === "string" ? text : text(asked));
  const message = `environment "${environment}": ${words(found.message)}`;
  throw refusal({ code: "BUNDLE003", message, help: words(found.help) });
}
