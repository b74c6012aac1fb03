/** The `databricks` part of the config: checked when it is read, so that a mistyped key is not left out in silence. */
import { z } from "zod";
import type { DatabricksConfig } from "./define.ts";
import { named, schemas, text } from "./texts.ts";

const strings = named(z.string(), text);
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "expected a text, a number, true or false" });
const user = z.strictObject({ user: text });
const servicePrincipal = z.strictObject({ servicePrincipal: text });
const level = z.enum(["CAN_VIEW", "CAN_RUN", "CAN_MANAGE"]);
const who = { user: text.optional(), group: text.optional(), servicePrincipal: text.optional() };
const alert = z.enum(["update-success", "update-failure", "update-fatal-failure", "flow-failure"]);

/** One of three names, and exactly one. */
const permission = z
  .strictObject({ ...who, level })
  .refine((p) => Object.keys(who).filter((key) => key in p).length === 1, {
    message: "expected one of user, group, servicePrincipal, and a level",
  });

/** A field for every setting, so that tsc asks for one that `DatabricksConfig` learned. */
const fields: Readonly<Record<keyof DatabricksConfig, z.ZodType>> = {
  host: text,
  profile: text,
  mode: z.enum(["development", "production"]),
  name: text,
  rootPath: text.startsWith("/", { error: "expected a path of the workspace, which begins with /" }),
  catalog: text,
  schema: text,
  schemas,
  serverless: z.boolean(),
  development: z.boolean(),
  continuous: z.boolean(),
  channel: z.enum(["CURRENT", "PREVIEW"]),
  edition: z.enum(["CORE", "PRO", "ADVANCED"]),
  photon: z.boolean(),
  configuration: named(scalar, text),
  tags: strings,
  notifications: z.array(z.strictObject({ email: z.array(text).min(1), on: z.array(alert).min(1).optional() })),
  permissions: z.array(permission),
  runAs: z.union([user, servicePrincipal], { error: "expected { user } or { servicePrincipal }" }),
  eventLog: z.strictObject({ name: text, catalog: text.optional(), schema: text.optional() }),
  usagePolicyId: text,
  budgetPolicyId: text,
  baseDir: text,
  clusters: z.array(named(z.unknown(), text)).min(1),
  preventDestroy: z.boolean(),
  createSchemas: z.boolean(),
};

export const databricksShape = z.strictObject(
  Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, type.optional()])),
);
