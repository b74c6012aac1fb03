/** The settings of a pipeline as the Pipelines API and a bundle name them: one meaning for `bundle()` and `deploy()`. */
import { CompileError } from "../schema/errors.ts";
import type { DatabricksEnvironment, DatabricksPrincipal } from "./environment.ts";

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
  readonly budget_policy_id?: string;
  readonly run_as?: Readonly<Record<string, string>>;
}

/** The compiled SQL means Spark's ANSI mode in UTC; a workspace may have other defaults. */
const CONFIGURATION = { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC" } as const;
const MOST_TAGS = 25;
const FAILURES = ["update-failure", "update-fatal-failure", "flow-failure"] as const;

/** @throws MedallionError `BUNDLE003` where settings contradict each other; `environment` is its name, for the message. */
export function pipelineSettings(name: string, given: DatabricksEnvironment, environment: string): PipelineSettings {
  refuseContradictions(given, environment);
  const { catalog, edition, photon, tags, notifications, eventLog, budgetPolicyId, runAs } = given;
  const parameters = Object.entries(given.parameters ?? {}).map(([key, value]) => [key, String(value)] as const);
  return {
    name: given.name ?? name,
    ...(catalog !== undefined && { catalog }),
    schema: given.schema ?? given.schemas?.bronze ?? "bronze",
    serverless: given.serverless ?? true,
    development: given.development ?? given.mode === "development",
    continuous: given.continuous ?? false,
    channel: given.channel ?? "CURRENT",
    ...(edition !== undefined && { edition }),
    ...(photon !== undefined && { photon }),
    configuration: { ...CONFIGURATION, ...Object.fromEntries(parameters) },
    ...(tags !== undefined && { tags }),
    ...(notifications !== undefined && {
      notifications: notifications.map(({ email, on }) => ({
        email_recipients: email,
        alerts: (on ?? FAILURES).map((alert) => `on-${alert}`),
      })),
    }),
    ...(eventLog !== undefined && { event_log: eventLog }),
    ...(budgetPolicyId !== undefined && { budget_policy_id: budgetPolicyId }),
    ...(runAs !== undefined && { run_as: principal(runAs) }),
  };
}

/** `{ user_name: "a@b.c" }`, as every API of Databricks names who somebody is. */
export function principal(who: DatabricksPrincipal): Readonly<Record<string, string>> {
  if ("user" in who) return { user_name: who.user };
  if ("group" in who) return { group_name: who.group };
  return { service_principal_name: who.servicePrincipal };
}

function refuseContradictions(given: DatabricksEnvironment, environment: string): void {
  const serverless = given.serverless ?? true;
  const wrong: readonly (readonly [boolean, message: string, help: string])[] = [
    [
      serverless && given.photon === false,
      "serverless compute always runs Photon",
      "leave photon out, or set serverless: false",
    ],
    [
      serverless && given.edition !== undefined,
      "serverless compute has no edition",
      "leave edition out, or set serverless: false",
    ],
    [
      given.mode === "production" && given.development === true,
      "mode: production does not go with development: true",
      "leave development out, or set mode: development",
    ],
    [
      Object.keys(given.tags ?? {}).length > MOST_TAGS,
      `a pipeline takes at most ${MOST_TAGS} tags`,
      "leave some of them out",
    ],
    [!serverless && given.budgetPolicyId !== undefined, "a budget policy is for serverless compute", "leave it out"],
  ];
  const found = wrong.find(([is]) => is);
  if (!found) return;
  const [, message, help] = found;
  throw new CompileError({ code: "BUNDLE003", message: `environment "${environment}": ${message}`, help });
}
