/**
 * Pipelines and their updates.
 * @see https://docs.databricks.com/api/workspace/pipelines
 */
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
  /** Makes every table anew. */
  readonly fullRefresh?: boolean;
  /** Brings only these tables up to date. */
  readonly refresh?: readonly string[];
  /** Makes only these tables anew. */
  readonly fullRefreshOf?: readonly string[];
  /** Checks the SQL and writes nothing. */
  readonly validateOnly?: boolean;
}

/** Pipelines of a workspace: `client.pipelines`. */
export class PipelinesApi {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All pipelines that one may see, page after page. */
  async *list({ filter, maxResults = 100, signal }: ListOptions = {}): AsyncGenerator<PipelineSummary, void> {
    let token: string | undefined;
    do {
      const query = { filter, max_results: maxResults, page_token: token };
      const page = await this.#http.call({ method: "GET", path: PATH, query, signal }, pipelinePage);
      yield* page.statuses ?? [];
      token = page.next_page_token || undefined;
    } while (token !== undefined);
  }

  /** A pipeline and its settings. */
  get(id: string, { signal }: CallOptions = {}): Promise<PipelineDetails> {
    return this.#http.call({ method: "GET", path: `${PATH}/${encodeURIComponent(id)}`, signal }, pipelineDetails);
  }

  /** Makes a pipeline and gives its id. Not tried again after a failure in between: there could be two. */
  async create(settings: PipelineSpec, { signal }: CallOptions = {}): Promise<string> {
    const answer = await this.#http.call({ method: "POST", path: PATH, json: settings, signal }, created);
    return answer.pipeline_id;
  }

  /** Gives a pipeline these settings in place of all that it had. */
  async edit(id: string, settings: PipelineSpec, { signal }: CallOptions = {}): Promise<void> {
    const json = { ...settings, id };
    await this.#http.call({ method: "PUT", path: `${PATH}/${encodeURIComponent(id)}`, json, signal }, nothing);
  }

  /** Starts an update and gives its id. Refused (`DBX013`) where one is under way. */
  async startUpdate(id: string, { signal, ...asked }: UpdateRequest = {}): Promise<string> {
    const json = {
      ...(asked.fullRefresh !== undefined && { full_refresh: asked.fullRefresh }),
      ...(asked.refresh && { refresh_selection: asked.refresh }),
      ...(asked.fullRefreshOf && { full_refresh_selection: asked.fullRefreshOf }),
      ...(asked.validateOnly !== undefined && { validate_only: asked.validateOnly }),
    };
    const path = `${PATH}/${encodeURIComponent(id)}/updates`;
    const answer = await this.#http.call({ method: "POST", path, json, signal }, startedUpdate);
    return answer.update_id;
  }

  /** An update and how far it is. */
  async getUpdate(id: string, updateId: string, { signal }: CallOptions = {}): Promise<UpdateInfo> {
    const path = `${PATH}/${encodeURIComponent(id)}/updates/${encodeURIComponent(updateId)}`;
    return (await this.#http.call({ method: "GET", path, signal }, updateAnswer)).update;
  }

  /** The event log, page after page. */
  async *events(id: string, options: EventOptions = {}): AsyncGenerator<PipelineEvent, void> {
    const { filter, orderBy = "timestamp asc", maxResults = 250, signal } = options;
    const path = `${PATH}/${encodeURIComponent(id)}/events`;
    let token: string | undefined;
    do {
      // A page token stands for all that was asked before: with anything else beside it the API refuses.
      const first = { filter, order_by: orderBy, max_results: maxResults };
      const query = token === undefined ? first : { page_token: token, max_results: maxResults };
      const page = await this.#http.call({ method: "GET", path, query, signal }, eventPage);
      yield* page.events ?? [];
      token = page.next_page_token || undefined;
    } while (token !== undefined);
  }

  /** Asks the running update to stop; without one nothing happens. */
  async stop(id: string, { signal }: CallOptions = {}): Promise<void> {
    const path = `${PATH}/${encodeURIComponent(id)}/stop`;
    await this.#http.call({ method: "POST", path, json: {}, idempotent: true, signal }, nothing);
  }

  /**
   * Who may do what with a pipeline.
   * @see https://docs.databricks.com/api/workspace/pipelines/getpermissions
   */
  async permissions(id: string, { signal }: CallOptions = {}): Promise<readonly AccessControl[]> {
    const answer = await this.#http.call({ method: "GET", path: permissionsPath(id), signal }, permissions);
    return answer.access_control_list ?? [];
  }

  /** Gives permissions beside those that are there. */
  async permit(id: string, list: readonly AccessRequest[], { signal }: CallOptions = {}): Promise<void> {
    const json = { access_control_list: list };
    await this.#http.call({ method: "PATCH", path: permissionsPath(id), json, signal }, nothing);
  }
}

const permissionsPath = (id: string): string => `/api/2.0/permissions/pipelines/${encodeURIComponent(id)}`;
