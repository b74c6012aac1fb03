/**
 * `medallion/databricks`: a typed client of a Databricks workspace, deployment, and updates.
 *
 * @packageDocumentation
 */
export { type BundleOptions, bundle } from "../../targets/databricks/bundle.ts";
export type {
  DatabricksAlert,
  DatabricksEnvironment,
  DatabricksNotification,
  DatabricksPermission,
  DatabricksPrincipal,
} from "../../targets/databricks/environment.ts";
export type { PipelineSettings } from "../../targets/databricks/pipeline-settings.ts";
export { type ConnectOptions, connect, type DatabricksClient, type InWorkspace } from "./client.ts";
export type { CredentialOptions } from "./credentials.ts";
export { type Deployment, type DeployOptions, deploy } from "./deploy.ts";
export { DatabricksError, type DatabricksErrorDetails } from "./errors.ts";
export type { FileChange } from "./files.ts";
export {
  type DatabricksUpdate,
  type FollowOptions,
  follow,
  type StartedUpdate,
  type StartOptions,
  startUpdate,
} from "./follow.ts";
export type { CallLimits, CallOptions } from "./http.ts";
export type { EventOptions, ListOptions, PipelinesApi, UpdateRequest } from "./pipelines.ts";
export { type DatabricksRunOptions, run } from "./run.ts";
export type { SettingChange } from "./settings-changes.ts";
export type {
  AccessControl,
  AccessRequest,
  CurrentUser,
  EventError,
  EventOrigin,
  PipelineDetails,
  PipelineEvent,
  PipelineSpec,
  PipelineSummary,
  UpdateInfo,
  UpdateSummary,
  WorkspaceObject,
} from "./types.ts";
export type { WorkspaceApi } from "./workspace.ts";
