/** The typed client of a Databricks workspace: what deploying and running a pipeline needs of its REST API. */
import { refuseMore } from "../../core/arity.ts";
import { freeze } from "../../core/freeze.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { type CredentialOptions, findWorkspace } from "./credentials.ts";
import { type CallLimits, type CallOptions, Http } from "./http.ts";
import { type PipelinesApi, pipelinesApi } from "./pipelines.ts";
import { me } from "./shapes.ts";
import type { CurrentUser } from "./types.ts";
import { type WorkspaceApi, workspaceApi } from "./workspace.ts";

/** Where to, as whom, and how patiently. */
export interface ConnectOptions extends CredentialOptions, CallLimits {
  /** Names the program in the workspace's logs. */
  readonly userAgent?: string;
}

const OPTIONS: OptionNames<ConnectOptions> = {
  host: true,
  token: true,
  clientId: true,
  clientSecret: true,
  profile: true,
  env: true,
  timeoutMs: true,
  totalTimeoutMs: true,
  retries: true,
  retryDelayMs: true,
  signal: true,
  userAgent: true,
};

/** A connected workspace. Its credentials cannot be read from it. */
export interface DatabricksClient {
  /** `https://my.cloud.databricks.com` */
  readonly host: string;
  readonly pipelines: PipelinesApi;
  readonly workspace: WorkspaceApi;
  /** Who the credentials are. */
  currentUser(options?: CallOptions): Promise<CurrentUser>;
}

/** The workspace that a function of `medallion/databricks` goes to: one convention for all that work on a pipeline. */
export interface InWorkspace {
  /** Default: `connect()`, with the host and the credentials of the process. */
  readonly client?: DatabricksClient;
}

/**
 * A client of a workspace. Nothing is sent until it is used. Calls that may be repeated are retried with growing
 * waits on 429, 5xx, time-outs and network failures, and wait as long as `Retry-After` asks.
 *
 * @throws DatabricksError `DBX001` without a host, `DBX002` without credentials, `DBX003` for a host that is not one,
 * `DBX004` for a profile that is not there, `DBX005` for a token or secret that no header accepts.
 * @example
 * ```ts
 * import { connect } from "medallion/databricks";
 *
 * export async function main(): Promise<void> {
 *   const client = connect({ host: "https://my.cloud.databricks.com" }); // the token comes from DATABRICKS_TOKEN
 *   for await (const pipeline of client.pipelines.list()) console.log(pipeline.name, pipeline.state);
 * }
 * ```
 */
export function connect(options: ConnectOptions = {}): DatabricksClient {
  refuseMore("connect", 1, arguments);
  checkOptions(options, "connect()", OPTIONS, callerLocation());
  const http = new Http(findWorkspace(options), options, options.userAgent ?? "medallion");
  return freeze({
    host: http.host,
    pipelines: pipelinesApi(http),
    workspace: workspaceApi(http),
    currentUser: ({ signal }: CallOptions = {}) =>
      http.call({ method: "GET", path: "/api/2.0/preview/scim/v2/Me", signal }, me),
  });
}
