/** One call of the REST API: authorised, timed, tried again where that is safe, checked when it comes back. */
import ky, { isHTTPError, isTimeoutError, type KyInstance } from "ky";
import { z } from "zod";
import type { Credentials, Workspace } from "./credentials.ts";
import { type Asked, DatabricksError, databricksError, refused } from "./errors.ts";
import { Redactor } from "./redact.ts";

/** How long and how often a call is tried. */
export interface CallLimits {
  /** Milliseconds that one try may take. Default: a minute. */
  readonly timeoutMs?: number;
  /** Milliseconds that a call may take with all its tries. Default: five minutes. */
  readonly totalTimeoutMs?: number;
  /** Tries after the first. Default: 5. */
  readonly retries?: number;
  /** Milliseconds before the first of them; each further one waits twice as long. Default: 500. */
  readonly retryDelayMs?: number;
  /** Ends every call of the client. */
  readonly signal?: AbortSignal;
}

/** What a single call may be given. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

interface Call extends CallOptions {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  /** Whether it does no harm a second time. Default: all but POST. */
  readonly idempotent?: boolean;
}

const METHODS = ["get", "post", "put", "patch"];
const TROUBLE = [408, 429, 500, 502, 503, 504];
const MAX_DELAY_MS = 30_000;
/** A token that ends within a call is renewed before it. */
const EXPIRY_MARGIN_MS = 60_000;

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(3600) });

interface Token {
  readonly value: string;
  readonly until: number;
}

export class Http {
  readonly host: string;
  readonly #credentials: Credentials;
  readonly #limits: CallLimits;
  readonly #ky: KyInstance;
  /** What no text may show. */
  readonly #secrets = new Redactor();
  #token: Promise<Token> | undefined;
  #tokenEnds = 0;

  constructor({ host, credentials }: Workspace, limits: CallLimits, agent: string) {
    this.host = host;
    this.#credentials = credentials;
    this.#limits = limits;
    this.#secrets.add(credentials.kind === "token" ? credentials.token : credentials.secret);
    this.#ky = ky.create({
      baseUrl: host,
      headers: { accept: "application/json", "user-agent": agent },
      timeout: limits.timeoutMs ?? 60_000,
      totalTimeout: limits.totalTimeoutMs ?? 300_000,
      redirect: "manual",
      fetch: whole,
    });
  }

  /** @throws DatabricksError where the answer is a refusal, none, or not of the shape. */
  async call<T>(call: Call, shape: z.ZodType<T>): Promise<T> {
    const asked: Asked = { host: this.host, what: `${call.method} ${call.path}` };
    try {
      return await this.#checked(asked, await this.#authorized(call), shape);
    } catch (error) {
      throw this.#explained(asked, error, call.signal);
    }
  }

  /** A token of a service principal may end earlier than it said: then a new one, once. */
  async #authorized(call: Call): Promise<string> {
    const bearer = await this.#bearer(call.signal);
    try {
      return await this.#sent(call, bearer);
    } catch (error) {
      if (this.#credentials.kind === "token" || !isHTTPError(error) || error.response.status !== 401) throw error;
      if ((await this.#token)?.value === bearer) this.#token = undefined;
      return await this.#sent(call, await this.#bearer(call.signal));
    }
  }

  async #sent(
    { method, path, query, json, idempotent = method !== "POST", signal }: Call,
    bearer: string,
  ): Promise<string> {
    const response = await this.#ky(path, {
      method,
      headers: { authorization: `Bearer ${bearer}` },
      ...(query && { searchParams: query }),
      ...(json !== undefined && { json }),
      ...this.#retrying(idempotent, signal),
    });
    return response.text();
  }

  #retrying(idempotent: boolean, signal: AbortSignal | undefined) {
    const signals = [this.#limits.signal, signal].filter((s) => s !== undefined);
    return {
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      retry: {
        limit: this.#limits.retries ?? 5,
        methods: METHODS,
        statusCodes: TROUBLE,
        delay: (attempt: number) => (this.#limits.retryDelayMs ?? 500) * 2 ** (attempt - 1),
        backoffLimit: MAX_DELAY_MS,
        // Between half of the delay and all of it: many clients must not come back at once.
        jitter: (delay: number) => delay * (0.5 + Math.random() / 2),
        retryOnTimeout: idempotent,
        // A request that was throttled was not carried out. Of any other failure one cannot know.
        shouldRetry: ({ error }: { readonly error: Error }) =>
          idempotent || (isHTTPError(error) && error.response.status === 429) ? undefined : false,
      },
    };
  }

  async #bearer(signal: AbortSignal | undefined): Promise<string> {
    const credentials = this.#credentials;
    if (credentials.kind === "token") return credentials.token;
    // One request, however many calls wait for it.
    if (this.#token === undefined || this.#tokenEnds < Date.now() + EXPIRY_MARGIN_MS) {
      this.#tokenEnds = Number.POSITIVE_INFINITY;
      this.#token = this.#newToken(credentials, signal);
    }
    const token = this.#token;
    try {
      const { value, until } = await token;
      if (this.#token === token) this.#tokenEnds = until;
      return value;
    } catch (error) {
      if (this.#token === token) this.#token = undefined;
      throw error;
    }
  }

  /** @see https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m */
  async #newToken(
    { id, secret }: Credentials & { readonly kind: "client" },
    signal: AbortSignal | undefined,
  ): Promise<Token> {
    const asked: Asked = { host: this.host, what: "POST /oidc/v1/token" };
    const basic = Buffer.from(`${id}:${secret}`).toString("base64");
    this.#secrets.add(basic);
    try {
      const response = await this.#ky("/oidc/v1/token", {
        method: "POST",
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
        ...this.#retrying(true, signal),
      });
      const answer = await this.#checked(asked, await response.text(), tokenAnswer);
      this.#secrets.add(answer.access_token);
      return { value: answer.access_token, until: Date.now() + answer.expires_in * 1000 };
    } catch (error) {
      throw this.#explained(asked, error, signal);
    }
  }

  async #checked<T>(asked: Asked, text: string, shape: z.ZodType<T>): Promise<T> {
    const value = text === "" ? {} : parsed(text);
    const read = shape.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
    const wrong = value === undefined ? "it is not JSON" : `${where}${issue?.message ?? "wrong shape"}`;
    throw databricksError({
      code: "DBX019",
      message: `${asked.host}: the answer is not what the API documents: ${this.redact(wrong)} (${asked.what})`,
      help: "check that the host is a Databricks workspace and that no proxy answers in its place",
    });
  }

  /** Never the error of the library as a cause: it holds the request with its headers. */
  #explained(asked: Asked, error: unknown, signal: AbortSignal | undefined): unknown {
    if (error instanceof DatabricksError) return error;
    if (isHTTPError(error)) {
      const { response, data } = error;
      const location = response.headers.get("location") ?? undefined;
      return refused(asked, { status: response.status, body: data, location }, (text) => this.redact(text));
    }
    if (signal?.aborted || this.#limits.signal?.aborted) {
      return databricksError({
        code: "DBX020",
        message: `${asked.host}: the call was stopped (${asked.what})`,
        help: "what it asked for may have been done: look at the workspace, and run it again",
      });
    }
    if (isTimeoutError(error)) {
      return databricksError({
        code: "DBX017",
        message: `${asked.host}: there was no answer in time (${asked.what})`,
        help: "try again; if the network is slow, allow more time",
      });
    }
    return databricksError({
      code: "DBX018",
      message: `${asked.host} cannot be reached: ${this.redact(rootMessage(error))} (${asked.what})`,
      help: "check the host, the network and the proxy",
    });
  }

  /** The text without our secrets, should a server or a proxy say them back. */
  redact(text: string): string {
    return this.#secrets.redact(text);
  }
}

const EMPTY = new Set([101, 204, 205, 304]);

/** The answer with all of its body: one that breaks off is a failure of the network, so that it is tried again. */
async function whole(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const body = await response.arrayBuffer();
  const { status, statusText, headers } = response;
  return new Response(EMPTY.has(status) ? null : body, { status, statusText, headers });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `connect ECONNREFUSED 127.0.0.1:9`, which is at the end of the causes. */
function rootMessage(error: unknown): string {
  const seen = new Set<unknown>();
  let at = error;
  while (at instanceof Error && at.cause instanceof Error && !seen.has(at)) {
    seen.add(at);
    at = at.cause;
  }
  if (!(at instanceof Error)) return String(at);
  const code: unknown = Reflect.get(at, "code");
  return at.message === "" && typeof code === "string" ? code : at.message;
}
