/** A pipeline with parameters, and environments that together have every setting. */
import { param, pipeline, source, t } from "medallion";
import type { DatabricksEnvironment } from "medallion/databricks";

export const regional = pipeline("regional")
  .bronze({
    raw: source.json("/Volumes/${catalog}/landing/${region}/*.json", { id: t.bigint(), amount: t.bigint().nullable() }),
  })
  .silver(($) => ({
    large: $.raw.where((r) =>
      r.amount.ge(param.bigint("least", { default: 100n })).and(r.id.lt(param.bigint("limits.top"))),
    ),
  }));

export const EVERY_SETTING: Readonly<Record<string, DatabricksEnvironment>> = {
  dev: {
    host: "https://dev.cloud.databricks.com",
    profile: "dev",
    mode: "development",
    catalog: "dev",
    params: { region: "eu", catalog: "raw_dev", "limits.top": 8 },
    configuration: { "spark.sql.shuffle.partitions": 8, debug: true },
    tags: { team: "data", cost: "42" },
    channel: "PREVIEW",
    usagePolicyId: "u-1",
    development: true,
  },
  prod: {
    host: "https://prod.cloud.databricks.com",
    mode: "production",
    name: "shop (production)",
    rootPath: "/Workspace/Shared/shop",
    catalog: "prod",
    schema: "logs",
    serverless: false,
    continuous: true,
    channel: "CURRENT",
    edition: "ADVANCED",
    photon: true,
    params: { region: "us: east", catalog: "raw_prod", "limits.top": 9, least: 7 },
    configuration: { debug: false },
    tags: { team: "data", cost: "42" },
    notifications: [
      { email: ["oncall@example.com", "data@example.com"] },
      { email: ["boss@example.com"], on: ["update-success", "update-fatal-failure"] },
    ],
    permissions: [
      { group: "analysts", level: "CAN_VIEW" },
      { user: "ada@example.com", level: "CAN_RUN" },
      { servicePrincipal: "11111111-2222-3333-4444-555555555555", level: "CAN_MANAGE" },
    ],
    runAs: { servicePrincipal: "11111111-2222-3333-4444-555555555555" },
    eventLog: { name: "shop_events", catalog: "ops", schema: "logs" },
  },
  staging: {
    catalog: "staging",
    schemas: { bronze: "raw", silver: "clean" },
    runAs: { user: "ada@example.com" },
    params: { region: "${workspace.current_user.short_name}", catalog: "raw", "limits.top": 8 },
  },
};
