/**
 * What the API is asked and answers, as far as we know it. A field may be missing from any answer.
 * @see https://docs.databricks.com/api/workspace/pipelines and https://docs.databricks.com/api/workspace/workspace
 */
import type { PipelineSettings } from "../../targets/databricks/pipeline-settings.ts";

/** Who the credentials are. */
export interface CurrentUser {
  /** E-mail address of a person, application ID of a service principal. */
  readonly userName: string;
}

/** A pipeline in a list. */
export interface PipelineSummary {
  readonly pipeline_id: string;
  readonly name?: string | undefined;
  /** `IDLE`, `RUNNING`, `FAILED`, … */
  readonly state?: string | undefined;
}

/** A pipeline with its settings. */
export interface PipelineDetails extends PipelineSummary {
  readonly health?: string | undefined;
  /** Why it is in its state. */
  readonly cause?: string | undefined;
  readonly spec?: Readonly<Record<string, unknown>> | undefined;
  readonly run_as?: Readonly<Record<string, unknown>> | undefined;
  /** Defaults of the pipeline's own parameters, which are not part of the spec. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly latest_updates?: readonly UpdateSummary[] | undefined;
}

/** Settings for a pipeline that is made or edited. Those that are not named here are passed on as they are. */
export interface PipelineSpec extends Partial<PipelineSettings> {
  readonly root_path?: string;
  readonly libraries?: readonly { readonly glob: { readonly include: string } }[];
  readonly allow_duplicate_names?: boolean;
  readonly [setting: string]: unknown;
}

/** An update of a pipeline's list of the latest ones. */
export interface UpdateSummary {
  readonly update_id: string;
  readonly state?: string | undefined;
  readonly creation_time?: string | undefined;
}

/** An update and how far it is. */
export interface UpdateInfo {
  readonly update_id: string;
  readonly pipeline_id?: string | undefined;
  /** `QUEUED`, `WAITING_FOR_RESOURCES`, `INITIALIZING`, `RUNNING`, `COMPLETED`, `FAILED`, `CANCELED`, … */
  readonly state?: string | undefined;
  readonly cause?: string | undefined;
  /** Milliseconds since 1970. */
  readonly creation_time?: number | undefined;
  readonly full_refresh?: boolean | undefined;
}

/**
 * An event of a pipeline's log.
 * @see https://docs.databricks.com/aws/en/ldp/monitor-event-log-schema
 */
export interface PipelineEvent {
  readonly id: string;
  readonly timestamp: string;
  /** `flow_progress`, `update_progress`, … */
  readonly event_type: string;
  readonly level?: string | undefined;
  readonly message?: string | undefined;
  readonly maturity_level?: string | undefined;
  readonly origin?: EventOrigin | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly error?: EventError | undefined;
}

/** What an event is of. */
export interface EventOrigin {
  readonly update_id?: string | undefined;
  readonly dataset_name?: string | undefined;
  readonly flow_name?: string | undefined;
}

/** The error of an event, with its chain of causes. */
export interface EventError {
  readonly fatal?: boolean | undefined;
  readonly exceptions?:
    | readonly { readonly class_name?: string | undefined; readonly message?: string | undefined }[]
    | undefined;
}

/** A file or folder of the workspace. */
export interface WorkspaceObject {
  readonly path: string;
  /** `FILE`, `DIRECTORY`, `NOTEBOOK`, … */
  readonly object_type?: string | undefined;
  readonly size?: number | undefined;
}

interface Principal {
  readonly user_name?: string | undefined;
  readonly group_name?: string | undefined;
  readonly service_principal_name?: string | undefined;
}

/** Somebody's permissions on a pipeline. */
export interface AccessControl extends Principal {
  readonly all_permissions?:
    | readonly { readonly permission_level?: string | undefined; readonly inherited?: boolean | undefined }[]
    | undefined;
}

/** A permission to give. */
export interface AccessRequest extends Principal {
  readonly permission_level: string;
}
