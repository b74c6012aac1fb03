/** Where a pipeline is deployed: what one environment of a Databricks workspace asks for. */
import type { ParamValues } from "../../lower/params.ts";
import type { Schemas } from "../target.ts";

/** Who is told, and when. */
export interface DatabricksNotification {
  readonly email: readonly string[];
  /** Default: when an update or a table fails. */
  readonly on?: readonly DatabricksAlert[];
}

/** What a notification can be about. */
export type DatabricksAlert = "update-success" | "update-failure" | "update-fatal-failure" | "flow-failure";

/** A user by e-mail address, a group by name, or a service principal by application ID. */
export type DatabricksPrincipal =
  | { readonly user: string }
  | { readonly group: string }
  | { readonly servicePrincipal: string };

/** What somebody may do with the pipeline. */
export type DatabricksPermission = DatabricksPrincipal & { readonly level: "CAN_VIEW" | "CAN_RUN" | "CAN_MANAGE" };

/** One environment: the workspace, where tables go, and how the pipeline runs. */
export interface DatabricksEnvironment {
  /** URL of the workspace. */
  readonly host?: string;
  /** Profile of `~/.databrickscfg` that holds the credentials. */
  readonly profile?: string;
  /** `development`: the pipeline is the developer's own and keeps its compute; `production`: shared and checked. */
  readonly mode?: "development" | "production";
  /** Name of the pipeline in the workspace. Default: its own. */
  readonly name?: string;
  /**
   * Folder of the workspace that the files go to, in which `${workspace.current_user.userName}` is the deploying user.
   * Default: a folder of that user.
   */
  readonly rootPath?: string;
  /** Unity Catalog catalog that the tables go to. */
  readonly catalog?: string;
  /** Default schema: for the event log and what has no layer. Default: the one of bronze. */
  readonly schema?: string;
  /** Schemas of the layers. Default: `bronze`, `silver` and `gold`. */
  readonly schemas?: Schemas;
  /** What relative source paths start from: `/Volumes/main/raw/files`, or a URI. */
  readonly baseDir?: string;
  /** Default: `true`. */
  readonly serverless?: boolean;
  /** Keeps compute between updates and does not retry. Default: `true` where `mode` is `development`. */
  readonly development?: boolean;
  /** Runs until it is stopped. Default: `false`, one update at a time. */
  readonly continuous?: boolean;
  /** Default: `CURRENT`. */
  readonly channel?: "CURRENT" | "PREVIEW";
  /** Product edition; not with `serverless`. */
  readonly edition?: "CORE" | "PRO" | "ADVANCED";
  /** Not with `serverless`, which always has it. */
  readonly photon?: boolean;
  /** Values of the pipeline's parameters. */
  readonly params?: ParamValues;
  /** Settings of Spark and of the pipeline, such as `spark.sql.shuffle.partitions`. */
  readonly configuration?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly notifications?: readonly DatabricksNotification[];
  readonly permissions?: readonly DatabricksPermission[];
  /** Whom the pipeline runs as. Default: who made it. */
  readonly runAs?: { readonly user: string } | { readonly servicePrincipal: string };
  /** Table that the event log is published to, in the default catalog and schema unless it names others. */
  readonly eventLog?: { readonly name: string; readonly catalog?: string; readonly schema?: string };
  /** Classic compute, as the Pipelines API describes it: `[{ label: "default", autoscale: { … } }]`. Not with `serverless`. */
  readonly clusters?: readonly Readonly<Record<string, unknown>>[];
  /**
   * A bundle refuses to remove the pipeline, and its tables with it. Default: `true` where `mode` is `production`.
   */
  readonly preventDestroy?: boolean;
  /** The bundle makes the schemas of the layers. Default: `false`, they are there. Not where `mode` is `development`. */
  readonly createSchemas?: boolean;
  /** Usage policy of serverless compute, which its costs are attributed by. */
  readonly usagePolicyId?: string;
  /** What came before usage policies; not with `usagePolicyId`. */
  readonly budgetPolicyId?: string;
}
