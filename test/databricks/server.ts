/**
 * A workspace on this machine: the documented REST API over HTTP, with its errors, its throttling and its pages. What it
 * keeps (files, pipelines, permissions, updates) is in memory.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Json, PipelineStore, Refused } from "./store.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
  readonly at: number;
}

type Headers = Readonly<Record<string, string>>;

/** An answer in place of the workspace's own. */
export interface Fault {
  readonly status?: number;
  readonly headers?: Headers | (() => Headers);
  /** Text as it is, or JSON. */
  readonly body?: string | Json;
  /** Answers only after this time. */
  readonly delayMs?: number;
  /** Breaks off in the middle of the body. */
  readonly breakOff?: boolean;
  /** Closes the connection without an answer. */
  readonly hangUp?: boolean;
}

export const TOKEN = "dapi0123456789abcdef";
export const CLIENT = { id: "11111111-2222-3333-4444-555555555555", secret: "dose-secret-0987654321" } as const;
export const USER = "ada.lovelace@example.com";

export class Workspace {
  readonly store = new PipelineStore();
  readonly requests: Asked[] = [];
  /** Lifetime of the tokens of a service principal, in seconds. */
  expiresIn = 3600;
  readonly #faults: { readonly path: string; readonly fault: Fault; left: number }[] = [];
  readonly #tokens = new Set([TOKEN]);
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #issued = 0;

  /** A workspace that is gone when the test ends; tests that run at once each give their own hook. */
  static async start(finished: (stop: () => void) => void = onTestFinished): Promise<Workspace> {
    const workspace = new Workspace();
    await new Promise<void>((resolve) => workspace.#server.listen(0, "127.0.0.1", resolve));
    finished(() => workspace.stop());
    return workspace;
  }

  get host(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The environment of a process that goes here. */
  get env(): Record<string, string> {
    return { DATABRICKS_HOST: this.host, DATABRICKS_TOKEN: TOKEN };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next calls of a path (`GET /api/2.0/pipelines`, its beginning is enough) get this answer. */
  fail(path: string, fault: Fault, times = 1): void {
    this.#faults.push({ path, fault, left: times });
  }

  /** Tokens that were given out are no longer accepted. */
  revoke(): void {
    this.#tokens.clear();
  }

  asked(path: string): readonly Asked[] {
    return this.requests.filter((r) => `${r.method} ${r.path}`.startsWith(path));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const text = await textOf(request);
    const method = request.method ?? "GET";
    const asked: Asked = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: request.headers["content-type"]?.includes("json") && text !== "" ? JSON.parse(text) : text,
      at: performance.now(),
    };
    this.requests.push(asked);
    const fault = this.#faults.find((f) => f.left > 0 && `${method} ${url.pathname}`.startsWith(f.path));
    if (fault) {
      fault.left--;
      return await fail(response, fault.fault);
    }
    try {
      if (url.pathname === "/oidc/v1/token") return send(response, 200, this.#issue(asked));
      const bearer = asked.headers.authorization?.replace(/^Bearer /, "");
      if (bearer === undefined || !this.#tokens.has(bearer)) {
        // The real one says nothing of the token; a proxy in between may.
        throw new Refused(401, "UNAUTHENTICATED", `Credential was not sent or was of an unsupported type: ${bearer}`);
      }
      if (url.pathname === "/api/2.0/preview/scim/v2/Me") return send(response, 200, { userName: USER, id: "1" });
      send(response, 200, this.store.answer(asked));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(response, error.status, { error_code: error.errorCode, message: error.message });
    }
  }

  #issue({ headers, body }: Asked): Json {
    const expected = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}`;
    const form = new URLSearchParams(String(body));
    if (headers.authorization !== expected) throw new Refused(401, "invalid_client", "Client authentication failed");
    if (form.get("grant_type") !== "client_credentials" || form.get("scope") !== "all-apis") {
      throw new Refused(400, "invalid_request", "grant_type and scope are needed");
    }
    const token = `oauth-token-${++this.#issued}-abcdef`;
    this.#tokens.add(token);
    return { access_token: token, token_type: "Bearer", scope: "all-apis", expires_in: this.expiresIn };
  }
}

async function fail(response: ServerResponse, fault: Fault): Promise<void> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.hangUp) {
    response.destroy();
    return;
  }
  const { status = 200, headers, body = {} } = fault;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    ...(typeof headers === "function" ? headers() : headers),
  });
  if (!fault.breakOff) {
    response.end(text);
    return;
  }
  response.write(text.slice(0, text.length / 2));
  setTimeout(() => response.destroy(), 20);
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
