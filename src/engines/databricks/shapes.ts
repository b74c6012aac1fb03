/** The answers of the API, checked where they come in. Fields that we do not know are left alone: the API grows. */
import { z } from "zod";
import type {
  AccessControl,
  CurrentUser,
  PipelineDetails,
  PipelineEvent,
  PipelineSummary,
  UpdateInfo,
  WorkspaceObject,
} from "./types.ts";

const optional = <T>(type: z.ZodType<T>) => type.nullish().transform((value) => value ?? undefined);
const text = optional(z.string());

export const nothing = z.unknown();

/** @see https://docs.databricks.com/api/workspace/currentuser/me */
export const me: z.ZodType<CurrentUser> = z.object({ userName: z.string() });

const pipelineSummary: z.ZodType<PipelineSummary> = z.object({ pipeline_id: z.string(), name: text, state: text });
export const pipelinePage = z.object({ statuses: optional(z.array(pipelineSummary)), next_page_token: text });

export const pipelineDetails: z.ZodType<PipelineDetails> = z.object({
  pipeline_id: z.string(),
  name: text,
  state: text,
  health: text,
  cause: text,
  spec: optional(z.record(z.string(), z.unknown())),
  run_as: optional(z.record(z.string(), z.unknown())),
  parameters: optional(z.record(z.string(), z.unknown())),
  latest_updates: optional(z.array(z.object({ update_id: z.string(), state: text, creation_time: text }))),
});

export const created = z.object({ pipeline_id: z.string() });
export const startedUpdate = z.object({ update_id: z.string() });
export const updateAnswer: z.ZodType<{ readonly update: UpdateInfo }> = z.object({
  update: z.object({
    update_id: z.string(),
    pipeline_id: text,
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
const pipelineEvent: z.ZodType<PipelineEvent> = z.object({
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

const objectInfo: z.ZodType<WorkspaceObject> = z.object({
  path: z.string(),
  object_type: text,
  size: optional(z.number()),
});
export const objectPage = z.object({ objects: optional(z.array(objectInfo)) });
export const exported = z.object({ content: text });

const accessControl: z.ZodType<AccessControl> = z.object({
  user_name: text,
  group_name: text,
  service_principal_name: text,
  all_permissions: optional(z.array(z.object({ permission_level: text, inherited: optional(z.boolean()) }))),
});
export const permissions = z.object({ access_control_list: optional(z.array(accessControl)) });
