/** What a workspace holds, and how it answers the documented calls about it. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
export type Values = { readonly [key: string]: Json };

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
}

export class Refused extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

/** How an update goes: a state for each look at it, and the events that are in the log by then. */
export interface Script {
  readonly states: readonly string[];
  readonly events: readonly (readonly Values[])[];
}

interface Pipeline {
  readonly id: string;
  spec: Values;
  runAs?: Json;
  /** Is told next to the spec, and set with it. */
  parameters?: Json;
  readonly permissions: { readonly who: Values; readonly level: string }[];
}

interface Update {
  readonly id: string;
  readonly pipeline: string;
  readonly asked: Values;
  readonly script: Script;
  look: number;
}

const BEGAN = Date.UTC(2025, 0, 1);

export class PipelineStore {
  /** Path to contents. */
  readonly files = new Map<string, string>();
  readonly folders = new Set<string>();
  readonly pipelines = new Map<string, Pipeline>();
  readonly updates = new Map<string, Update>();
  /** Of the next update. */
  script: Script = { states: ["QUEUED", "RUNNING", "COMPLETED"], events: [] };
  /** Events of one page, whatever is asked. */
  pageSize = 1000;
  stopped = 0;
  #ids = 0;
  readonly #pages = new Map<string, readonly Values[]>();

  answer(call: Call): Json {
    const { method, path } = call;
    const route = `${method} ${path}`;
    const body = record(call.body);
    if (route === "POST /api/2.0/workspace/mkdirs") return this.#mkdirs(String(body["path"]));
    if (route === "POST /api/2.0/workspace/import") return this.#import(body);
    if (route === "POST /api/2.0/workspace/delete") return this.#delete(String(body["path"]));
    if (route === "GET /api/2.0/workspace/list") return this.#list(call.query["path"] ?? "");
    if (route === "GET /api/2.0/workspace/export") return this.#export(call.query["path"] ?? "");
    if (route === "GET /api/2.0/pipelines") return this.#listPipelines(call.query);
    if (route === "POST /api/2.0/pipelines") return this.#create(body);
    const [, id, rest = ""] = /^\/api\/2\.0\/pipelines\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (id !== undefined) return this.#ofPipeline(this.#pipeline(id), `${method} ${rest}`, body, call.query);
    const [, permitted] = /^\/api\/2\.0\/permissions\/pipelines\/([^/]+)$/.exec(path) ?? [];
    if (permitted !== undefined) return this.#permissions(this.#pipeline(permitted), method, body);
    throw new Refused(404, "ENDPOINT_NOT_FOUND", `No API found for '${route}'`);
  }

  #mkdirs(path: string): Json {
    const parts = path.split("/").slice(1);
    for (const [i] of parts.entries()) this.folders.add(`/${parts.slice(0, i + 1).join("/")}`);
    return {};
  }

  #import(body: Values): Json {
    const path = String(body["path"]);
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!this.folders.has(folder))
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `The parent folder (${folder}) does not exist.`);
    if (this.files.has(path) && body["overwrite"] !== true) {
      throw new Refused(400, "RESOURCE_ALREADY_EXISTS", `Path (${path}) already exists.`);
    }
    if (body["format"] !== "AUTO") throw new Refused(400, "INVALID_PARAMETER_VALUE", "a file is imported as AUTO");
    this.files.set(path, Buffer.from(String(body["content"]), "base64").toString("utf8"));
    return {};
  }

  #delete(path: string): Json {
    if (!this.files.delete(path)) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
    return {};
  }

  #list(path: string): Json {
    if (!this.folders.has(path)) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
    const names = [...this.files.keys()].filter((file) => file.slice(0, file.lastIndexOf("/")) === path);
    // The workspace tells paths without the prefix that it takes.
    const objects = names.map((name) => ({
      object_type: "FILE",
      path: name.replace(/^\/Workspace/, ""),
      object_id: 7,
    }));
    return objects.length > 0 ? { objects } : {};
  }

  #export(path: string): Json {
    const contents = this.files.get(path);
    if (contents === undefined) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
    return { content: Buffer.from(contents).toString("base64"), file_type: "sql" };
  }

  #listPipelines(query: Readonly<Record<string, string>>): Json {
    const [, pattern] = /^name LIKE '(.*)'$/.exec(query["filter"] ?? "name LIKE '%'") ?? [];
    if (pattern === undefined) throw new Refused(400, "INVALID_PARAMETER_VALUE", "the filter is not supported");
    const size = Math.min(Number(query["max_results"] ?? 25), this.pageSize);
    const escaped = pattern
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("%", ".*")
      .replaceAll("_", ".");
    const all = [...this.pipelines.values()].filter((p) => new RegExp(`^${escaped}$`).test(String(p.spec["name"])));
    const from = Number(query["page_token"] ?? 0);
    const statuses = all
      .slice(from, from + size)
      .map((p) => ({ pipeline_id: p.id, name: p.spec["name"], state: "IDLE" }));
    return { statuses, ...(from + size < all.length && { next_page_token: String(from + size) }) };
  }

  #create(body: Values): Json {
    const { allow_duplicate_names: duplicates, run_as: runAs, ...spec } = body;
    const taken = [...this.pipelines.values()].some((p) => p.spec["name"] === spec["name"]);
    if (taken && duplicates !== true) {
      throw new Refused(
        400,
        "RESOURCE_CONFLICT",
        `The pipeline name '${String(spec["name"])}' is already used by another pipeline.`,
      );
    }
    const id = `p-${++this.#ids}`;
    this.pipelines.set(id, { id, spec: { ...spec, id }, ...(runAs !== undefined && { runAs }), permissions: [] });
    return { pipeline_id: id };
  }

  #pipeline(id: string): Pipeline {
    const found = this.pipelines.get(decodeURIComponent(id));
    if (found) return found;
    throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `The specified pipeline ${id} was not found.`);
  }

  #ofPipeline(pipeline: Pipeline, route: string, body: Values, query: Readonly<Record<string, string>>): Json {
    if (route === "GET ") {
      const { id, spec, runAs } = pipeline;
      return {
        pipeline_id: id,
        name: spec["name"],
        spec,
        state: "IDLE",
        ...(runAs !== undefined && { run_as: runAs }),
        ...(pipeline.parameters !== undefined && { parameters: pipeline.parameters }),
      };
    }
    if (route === "PUT ") {
      const { run_as: runAs, parameters, ...spec } = body;
      pipeline.spec = spec;
      if (parameters === undefined) delete pipeline.parameters;
      else pipeline.parameters = parameters;
      if (runAs !== undefined) pipeline.runAs = runAs;
      return {};
    }
    if (route === "POST /updates") return this.#start(pipeline, body);
    if (route === "POST /stop") return this.#stop(pipeline);
    if (route === "GET /events") return this.#events(pipeline, query);
    const [, update] = /^GET \/updates\/(.+)$/.exec(route) ?? [];
    if (update !== undefined) return this.#look(update);
    throw new Refused(404, "ENDPOINT_NOT_FOUND", `No API found for '${route}'`);
  }

  #start(pipeline: Pipeline, asked: Values): Json {
    if ([...this.updates.values()].some((u) => u.pipeline === pipeline.id && !ended(u))) {
      throw new Refused(409, "CONFLICT", `An active update already exists for pipeline '${pipeline.id}'.`);
    }
    const id = `u-${++this.#ids}`;
    this.updates.set(id, { id, pipeline: pipeline.id, asked, script: this.script, look: -1 });
    return { update_id: id };
  }

  #stop(pipeline: Pipeline): Json {
    this.stopped++;
    for (const update of this.updates.values()) {
      if (update.pipeline === pipeline.id && !ended(update)) {
        this.updates.set(update.id, { ...update, script: { ...update.script, states: ["CANCELED"] }, look: 0 });
      }
    }
    return {};
  }

  #look(id: string): Json {
    const update = this.updates.get(id);
    if (!update) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `The update ${id} was not found.`);
    update.look++;
    const { states } = update.script;
    const state = states[Math.min(update.look, states.length - 1)];
    return { update: { update_id: id, pipeline_id: update.pipeline, state, creation_time: BEGAN, cause: "API_CALL" } };
  }

  /** Oldest first, where that is asked; a page token stands for the query that made it and goes with nothing else. */
  #events(pipeline: Pipeline, query: Readonly<Record<string, string>>): Json {
    const { page_token: token, max_results: most = "25", ...rest } = query;
    if (token !== undefined && Object.keys(rest).length > 0) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", "page_token cannot be used with other fields");
    }
    if (Number(most) > 1000) throw new Refused(400, "INVALID_PARAMETER_VALUE", "max_results is at most 1000");
    const size = Math.min(Number(most), this.pageSize);
    const all = token === undefined ? this.#filtered(pipeline, rest) : (this.#pages.get(token) ?? []);
    const next = all.length > size ? `t-${++this.#ids}` : undefined;
    if (next !== undefined) this.#pages.set(next, all.slice(size));
    return { events: all.slice(0, size), ...(next !== undefined && { next_page_token: next }) };
  }

  #filtered(pipeline: Pipeline, query: Readonly<Record<string, string>>): readonly Values[] {
    const [, since] = /^timestamp >= '(.+)'$/.exec(query["filter"] ?? "timestamp >= '1970'") ?? [];
    if (since === undefined) throw new Refused(400, "INVALID_PARAMETER_VALUE", "the filter is not supported");
    const logged = [...this.updates.values()]
      .filter((u) => u.pipeline === pipeline.id)
      .flatMap((u) =>
        u.script.events
          .slice(0, u.look + 1)
          .flat()
          .map((event) => stamped(event, u.id)),
      )
      .filter((event) => String(event["timestamp"]) >= since)
      .sort((a, b) => (String(a["timestamp"]) < String(b["timestamp"]) ? -1 : 1));
    return query["order_by"] === "timestamp asc" ? logged : logged.reverse();
  }

  #permissions(pipeline: Pipeline, method: string, body: Values): Json {
    if (method === "PATCH") {
      for (const entry of list(body["access_control_list"])) {
        const { permission_level: level, ...who } = record(entry);
        pipeline.permissions.push({ who, level: String(level) });
      }
    }
    const owner = {
      user_name: "ada.lovelace@example.com",
      all_permissions: [{ permission_level: "IS_OWNER", inherited: false }],
    };
    const others = pipeline.permissions.map(({ who, level }) => ({
      ...who,
      all_permissions: [{ permission_level: level, inherited: false }],
    }));
    return {
      object_id: `/pipelines/${pipeline.id}`,
      object_type: "pipelines",
      access_control_list: [owner, ...others],
    };
  }
}

function ended(update: Update): boolean {
  const { states } = update.script;
  return ["COMPLETED", "FAILED", "CANCELED"].includes(states[Math.min(update.look, states.length - 1)] ?? "");
}

function stamped(event: Values, updateId: string): Values {
  return { ...event, origin: { update_id: updateId, ...record(event["origin"]) } };
}

function record(value: Json): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
