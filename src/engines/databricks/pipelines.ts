/**
 * Pipelines and their updates.
 * @see https://docs.databricks.com/api/workspace/pipelines
 */

import type { z } from "zod";
import { freeze } from "../../core/freeze.ts";
import type { CallOptions, Http } from "./http.ts";
import {
  created,
  eventPage,
  nothing,
  permissions,
  pipelineDetails,
  pipelinePage,
  startedUpdate,
  updateAnswer,
} from "./shapes.ts";
import type {
  AccessControl,
  AccessRequest,
  PipelineDetails,
  PipelineEvent,
  PipelineSpec,
  PipelineSummary,
  UpdateInfo,
} from "./types.ts";

const PATH = "/api/2.0/pipelines";

/** Which pipelines to list. */
export interface ListOptions extends CallOptions {
  /** Such as `name LIKE 'shop%'`. */
  readonly filter?: string;
  /** Of one page, at most 100. */
  readonly maxResults?: number;
}

/** Which events to read. */
export interface EventOptions extends CallOptions {
  /** Such as `timestamp >= '2025-01-01T00:00:00.000Z'`. */
  readonly filter?: string;
  /** Default: the oldest first. */
  readonly orderBy?: "timestamp asc" | "timestamp desc";
  /** Of one page, at most 1,000. */
  readonly maxResults?: number;
}

/** What an update is to do. Default: bring every table up to date. */
export interface UpdateRequest extends CallOptions {
  /** Rebuilds every table. */
  readonly fullRefresh?: boolean;
  /** Brings only these tables up to date. */
  readonly refresh?: readonly string[];
  /** Rebuilds only these tables. */
  readonly fullRefreshOf?: readonly string[];
  /** Checks the SQL and writes nothing. */
  readonly validateOnly?: boolean;
}

/** Pipelines of a workspace: `client.pipelines`. */
export interface PipelinesApi {
  /** All pipelines that one may see, page after page. */
  list(options?: ListOptions): AsyncGenerator<PipelineSummary, void>;
  /** A pipeline and its settings. */
  get(id: string, options?: CallOptions): Promise<PipelineDetails>;
  /** Makes a pipeline and gives its id. Not tried again after a failure in between: there could be two. */
  create(settings: PipelineSpec, options?: CallOptions): Promise<string>;
  /** Gives a pipeline these settings instead of all that it had. */
  edit(id: string, settings: PipelineSpec, options?: CallOptions): Promise<void>;
  /** Starts an update and gives its id. Refused (`DBX013`) where one is under way. */
  startUpdate(id: string, request?: UpdateRequest): Promise<string>;
  /** An update and how far it is. */
  getUpdate(id: string, updateId: string, options?: CallOptions): Promise<UpdateInfo>;
  /** The event log, page after page. */
  events(id: string, options?: EventOptions): AsyncGenerator<PipelineEvent, void>;
  /** Asks the running update to stop; without one nothing happens. */
  stop(id: string, options?: CallOptions): Promise<void>;
  /**
   * Who may do what with a pipeline.
   * @see https://docs.databricks.com/api/workspace/pipelines/getpermissions
   */
  permissions(id: string, options?: CallOptions): Promise<readonly AccessControl[]>;
  /** Gives permissions alongside those that are there. */
  permit(id: string, list: readonly AccessRequest[], options?: CallOptions): Promise<void>;
}

export function pipelinesApi(http: Http): PipelinesApi {
  return freeze<PipelinesApi>({
    list: ({ filter, maxResults = 100, signal } = {}) =>
      pages(http, { path: PATH, query: { filter, max_results: maxResults }, signal }, pipelinePage, (p) => p.statuses),
    get: (id, { signal } = {}) => http.call({ method: "GET", path: pathOf(id), signal }, pipelineDetails),
    create: async (settings, { signal } = {}) =>
      (await http.call({ method: "POST", path: PATH, json: settings, signal }, created)).pipeline_id,
    edit: async (id, settings, { signal } = {}) => {
      await http.call({ method: "PUT", path: pathOf(id), json: { ...settings, id }, signal }, nothing);
    },
    startUpdate: async (id, { signal, ...asked } = {}) => {
      const json = {
        ...(asked.fullRefresh !== undefined && { full_refresh: asked.fullRefresh }),
        ...(asked.refresh && { refresh_selection: asked.refresh }),
        ...(asked.fullRefreshOf && { full_refresh_selection: asked.fullRefreshOf }),
        ...(asked.validateOnly !== undefined && { validate_only: asked.validateOnly }),
      };
      const call = { method: "POST", path: `${pathOf(id)}/updates`, json, signal } as const;
      return (await http.call(call, startedUpdate)).update_id;
    },
    getUpdate: async (id, updateId, { signal } = {}) => {
      const path = `${pathOf(id)}/updates/${encodeURIComponent(updateId)}`;
      return (await http.call({ method: "GET", path, signal }, updateAnswer)).update;
    },
    events: (id, { filter, orderBy = "timestamp asc", maxResults = 250, signal } = {}) => {
      const query = { filter, order_by: orderBy, max_results: maxResults };
      const told = (event: PipelineEvent) => withoutSecrets(event, (text) => http.redact(text));
      return pages(http, { path: `${pathOf(id)}/events`, query, signal }, eventPage, (p) => p.events?.map(told));
    },
    stop: async (id, { signal } = {}) => {
      await http.call({ method: "POST", path: `${pathOf(id)}/stop`, json: {}, idempotent: true, signal }, nothing);
    },
    permissions: async (id, { signal } = {}) => {
      const answer = await http.call({ method: "GET", path: permissionsPath(id), signal }, permissions);
      return answer.access_control_list ?? [];
    },
    permit: async (id, list, { signal } = {}) => {
      const json = { access_control_list: list };
      await http.call({ method: "PATCH", path: permissionsPath(id), json, signal }, nothing);
    },
  });
}

/** What an event tells people: a query that fails may repeat what it was called with. */
function withoutSecrets(event: PipelineEvent, redact: (text: string) => string): PipelineEvent {
  const { message, error } = event;
  const exceptions = error?.exceptions?.map((one) => ({
    ...one,
    ...(one.message !== undefined && { message: redact(one.message) }),
  }));
  return {
    ...event,
    ...(message !== undefined && { message: redact(message) }),
    ...(error && { error: { ...error, ...(exceptions && { exceptions }) } }),
  };
}

interface Pages extends CallOptions {
  readonly path: string;
  readonly query: { readonly max_results: number; readonly [name: string]: string | number | undefined };
}

/** What all pages of a list hold, read as it is needed. */
async function* pages<P extends { readonly next_page_token?: string | undefined }, T>(
  http: Http,
  { path, query, signal }: Pages,
  shape: z.ZodType<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): AsyncGenerator<T, void> {
  let token: string | undefined;
  do {
    // A page token stands for all that was asked before: with anything else alongside it the API refuses.
    const asked = token === undefined ? query : { page_token: token, max_results: query.max_results };
    const page = await http.call({ method: "GET", path, query: asked, signal }, shape);
    yield* itemsOf(page) ?? [];
    token = page.next_page_token || undefined;
  } while (token !== undefined);
}

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
const permissionsPath = (id: string): string => `/api/2.0/permissions/pipelines/${encodeURIComponent(id)}`;
