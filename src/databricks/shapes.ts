/**
 * What the API answers, as far as we read it. Fields that we do not know are left alone: the API grows.
 * @see https://docs.databricks.com/api/workspace/pipelines and https://docs.databricks.com/api/workspace/workspace
 */
import { z } from "zod";

const optional = <T>(type: z.ZodType<T>) => type.nullish().transform((value) => value ?? undefined);
const text = optional(z.string());

export const nothing = z.unknown();

/** @see https://docs.databricks.com/api/workspace/currentuser/me */
export const me = z.object({ userName: z.string() });

export const pipelineSummary = z.object({ pipeline_id: z.string(), name: text, state: text });
export const pipelinePage = z.object({ statuses: optional(z.array(pipelineSummary)), next_page_token: text });

export const pipelineDetails = z.object({
  pipeline_id: z.string(),
  name: text,
  /** `IDLE`, `RUNNING`, `FAILED`, … */
  state: text,
  health: text,
  cause: text,
  spec: optional(z.record(z.string(), z.unknown())),
  run_as: optional(z.record(z.string(), z.unknown())),
  latest_updates: optional(z.array(z.object({ update_id: z.string(), state: text, creation_time: text }))),
});

export const created = z.object({ pipeline_id: z.string() });
export const startedUpdate = z.object({ update_id: z.string() });
export const updateAnswer = z.object({
  update: z.object({
    update_id: z.string(),
    pipeline_id: text,
    /** `QUEUED`, `INITIALIZING`, `RUNNING`, `COMPLETED`, `FAILED`, `CANCELED`, … */
    state: text,
    cause: text,
    creation_time: optional(z.number()),
    full_refresh: optional(z.boolean()),
  }),
});

/** The event log's own table holds `details` as JSON text, the API as an object. */
const details = z.preprocess(
  (value) => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  },
  optional(z.record(z.string(), z.unknown())),
);

/** @see https://docs.databricks.com/aws/en/ldp/monitor-event-log-schema */
export const pipelineEvent = z.object({
  id: z.string(),
  timestamp: z.string(),
  event_type: z.string(),
  level: text,
  message: text,
  maturity_level: text,
  origin: optional(z.object({ update_id: text, dataset_name: text, flow_name: text })),
  details,
  error: optional(
    z.object({
      fatal: optional(z.boolean()),
      exceptions: optional(z.array(z.object({ class_name: text, message: text }))),
    }),
  ),
});
export const eventPage = z.object({ events: optional(z.array(pipelineEvent)), next_page_token: text });

const count = optional(z.number());

/** `details` of a `flow_progress` event. */
export const flowProgress = z.object({
  flow_progress: z.object({
    /** `QUEUED`, `STARTING`, `RUNNING`, `COMPLETED`, `FAILED`, `SKIPPED`, `STOPPED`, `IDLE`, `EXCLUDED`. */
    status: text,
    metrics: optional(z.object({ num_output_rows: count, num_upserted_rows: count, num_deleted_rows: count })),
    data_quality: optional(
      z.object({
        dropped_records: count,
        expectations: optional(
          z.array(z.object({ name: z.string(), dataset: text, passed_records: count, failed_records: count })),
        ),
      }),
    ),
  }),
});
export const updateProgress = z.object({ update_progress: z.object({ state: text }) });

export const objectInfo = z.object({ path: z.string(), object_type: text, size: optional(z.number()) });
export const objectPage = z.object({ objects: optional(z.array(objectInfo)) });
export const exported = z.object({ content: text });

export const permissions = z.object({
  access_control_list: optional(
    z.array(
      z.object({
        user_name: text,
        group_name: text,
        service_principal_name: text,
        all_permissions: optional(z.array(z.object({ permission_level: text, inherited: optional(z.boolean()) }))),
      }),
    ),
  ),
});

export type CurrentUser = z.infer<typeof me>;
export type PipelineSummary = z.infer<typeof pipelineSummary>;
export type PipelineDetails = z.infer<typeof pipelineDetails>;
export type UpdateInfo = z.infer<typeof updateAnswer>["update"];
export type PipelineEvent = z.infer<typeof pipelineEvent>;
export type WorkspaceObject = z.infer<typeof objectInfo>;
export type AccessControl = NonNullable<z.infer<typeof permissions>["access_control_list"]>[number];
