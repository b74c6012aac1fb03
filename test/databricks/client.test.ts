import { inspect } from "node:util";
import fc from "fast-check";
import { type ConnectOptions, connect, type DatabricksClient, DatabricksError } from "medallion/databricks";
import { describe, expect, test } from "vitest";
import { Redactor } from "../../src/engines/databricks/redact.ts";
import { CLIENT, type Fault, TOKEN, USER, Workspace } from "./server.ts";

const PIPELINES = "GET /api/2.0/pipelines";
const START = "POST /api/2.0/pipelines";

function client(workspace: Workspace, options: ConnectOptions = {}): DatabricksClient {
  return connect({ host: workspace.host, token: TOKEN, env: {}, retryDelayMs: 1, ...options });
}

async function names(of: DatabricksClient): Promise<readonly unknown[]> {
  return (await all(of.pipelines.list())).map((p) => p.name);
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function refusal(call: Promise<unknown>): Promise<DatabricksError> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof DatabricksError)) throw new Error(`expected a DatabricksError, not ${inspect(error)}`);
  return error;
}

/** Everything that a person or a program may be shown of a value. */
function shown(value: unknown): string {
  const error = value instanceof Error ? [value.message, value.stack, String(value), shown(value.cause)] : [];
  const own =
    typeof value === "object" && value !== null
      ? Reflect.ownKeys(value).map((k) => inspect(Reflect.get(value, k)))
      : [];
  return [inspect(value, { depth: 20, showHidden: true, getters: true }), JSON.stringify(value), ...error, ...own].join(
    "\n",
  );
}

describe("retries", () => {
  test.each([429, 500, 502, 503, 504])("a read that is answered with %i is tried again", async (status) => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, { status, body: { error_code: "X", message: "later" } }, 2);
    expect(await names(client(workspace))).toEqual([]);
    expect(workspace.requests).toHaveLength(3);
  });

  test.each<[string, Fault]>([
    ["closed", { hangUp: true }],
    [
      "broken off in the middle of the answer",
      { body: { statuses: [{ pipeline_id: "a", name: "shop" }] }, breakOff: true },
    ],
  ])("a read whose connection is %s is tried again", async (_, fault) => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, fault);
    expect(await names(client(workspace, { timeoutMs: 1_500 }))).toEqual([]);
    expect(workspace.requests).toHaveLength(2);
  });

  test("waits grow, with jitter, and end with the last try", async () => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, { status: 503 }, 9);
    const error = await refusal(names(client(workspace, { retryDelayMs: 80, retries: 3 })));
    expect(error).toMatchObject({ code: "DBX016", status: 503 });
    const times = workspace.requests.map((r) => r.at);
    expect(times).toHaveLength(4);
    const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    for (const [i, waited] of waits.entries()) expect(waited).toBeGreaterThanOrEqual(40 * 2 ** i - 2);
  });

  test("a call that does something is not repeated, unless it was throttled", async () => {
    const workspace = await Workspace.start();
    const { pipelines } = client(workspace);
    for (const fault of [
      { status: 500 },
      { status: 503 },
      { hangUp: true },
      { body: { pipeline_id: "x" }, breakOff: true },
    ]) {
      workspace.fail(START, fault);
      await refusal(pipelines.create({ name: "shop" }));
    }
    expect(workspace.asked(START)).toHaveLength(4);
    workspace.fail(START, { status: 429 });
    expect(await pipelines.create({ name: "shop" })).toBe("p-1");
    expect(workspace.asked(START)).toHaveLength(6);
  });

  test("an upload is repeated: it gives the same file", async () => {
    const workspace = await Workspace.start();
    workspace.store.folders.add("/a");
    workspace.fail("POST /api/2.0/workspace/import", { hangUp: true });
    await client(workspace).workspace.write("/a/b.sql", "SELECT 'ü'");
    expect(workspace.store.files.get("/a/b.sql")).toBe("SELECT 'ü'");
    expect(await client(workspace).workspace.read("/a/b.sql")).toBe("SELECT 'ü'");
  });
});

// They wait for seconds, and so they wait together.
describe.concurrent("seconds", () => {
  test.for([
    ["seconds", "1"],
    ["a date", undefined],
  ] as const)("Retry-After in %s is waited for", async ([, value], { onTestFinished }) => {
    const workspace = await Workspace.start(onTestFinished);
    workspace.fail(PIPELINES, {
      status: 429,
      // A date is of the answer, however late that is, and in whole seconds: it is waited for one or more.
      headers: () => ({ "retry-after": value ?? new Date(Date.now() + 2_000).toUTCString() }),
    });
    expect(await names(client(workspace))).toEqual([]);
    const [first, second] = workspace.requests.map((r) => r.at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(900);
  });

  test("a read whose connection is silent is tried again", async ({ onTestFinished }) => {
    const workspace = await Workspace.start(onTestFinished);
    workspace.fail(PIPELINES, { delayMs: 9_000 });
    expect(await names(client(workspace, { timeoutMs: 1_500 }))).toEqual([]);
    expect(workspace.requests).toHaveLength(2);
  });

  test("one try has a time, and so has the call with all its tries", async ({ onTestFinished }) => {
    const workspace = await Workspace.start(onTestFinished);
    workspace.fail(PIPELINES, { delayMs: 20_000 }, 9);
    const began = performance.now();
    expect(await refusal(names(client(workspace, { timeoutMs: 1_000, retries: 1 })))).toMatchObject({ code: "DBX017" });
    expect(workspace.requests).toHaveLength(2);
    expect(await refusal(names(client(workspace, { totalTimeoutMs: 200 })))).toMatchObject({ code: "DBX017" });
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

describe("limits", () => {
  test("a time-out covers the body, too", async () => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, { body: { statuses: [] }, headers: { "content-length": "999" } });
    expect(await refusal(names(client(workspace, { timeoutMs: 200, retries: 0 })))).toMatchObject({
      code: expect.stringMatching(/^DBX01[78]$/),
    });
  });

  test("a signal of the call or of the client ends it, also while it waits", async () => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, { status: 429, headers: { "retry-after": "30" } }, 9);
    const own = new AbortController();
    setTimeout(() => own.abort(), 100);
    expect(await refusal(names(client(workspace, { signal: own.signal })))).toMatchObject({ code: "DBX020" });
    const signal = AbortSignal.abort();
    expect(await refusal(client(workspace).pipelines.get("x", { signal }))).toMatchObject({ code: "DBX020" });
  });
});

describe("answers", () => {
  test("all pages are read, with the token alone after the first", async () => {
    const workspace = await Workspace.start();
    const of = client(workspace);
    for (let i = 0; i < 7; i++) await of.pipelines.create({ name: `p${i}` });
    workspace.store.pageSize = 3;
    expect(await names(of)).toEqual(["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
    expect(workspace.asked(PIPELINES).map((r) => r.query["page_token"])).toEqual([undefined, "3", "6"]);
  });

  test("fields that we do not know are no trouble, nulls neither", async () => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, {
      body: { statuses: [{ pipeline_id: "a", name: null, quantum: { x: [1] } }], novel: 1 },
    });
    expect(await all(client(workspace).pipelines.list())).toEqual([{ pipeline_id: "a" }]);
  });

  test.each<[number, string, string]>([
    [400, "DBX014", "INVALID_PARAMETER_VALUE"],
    [401, "DBX010", "UNAUTHENTICATED"],
    [403, "DBX011", "PERMISSION_DENIED"],
    [404, "DBX012", "RESOURCE_DOES_NOT_EXIST"],
    [409, "DBX013", "CONFLICT"],
    [429, "DBX015", "REQUEST_LIMIT_EXCEEDED"],
    [500, "DBX016", "INTERNAL_ERROR"],
  ])("%i is %s, with the workspace's own words and a way out", async (status, code, errorCode) => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, { status, body: { error_code: errorCode, message: "the reason" } }, 9);
    const error = await refusal(names(client(workspace, { retries: 1 })));
    expect(error).toMatchObject({ code, status, errorCode, help: expect.stringMatching(/\w{5}/) });
    expect(error.message).toContain("the reason");
    expect(error.message).toContain("GET /api/2.0/pipelines");
    expect(error.toJSON()).toMatchObject({ code, status, errorCode });
  });

  test.each<[string, Fault, RegExp]>([
    ["a web page", { body: "<html><title>Sign in</title></html>" }, /DBX019.*not JSON/s],
    [
      "half of a JSON text",
      { body: '{"statuses": [', headers: { "content-type": "application/json" } },
      /DBX019.*not JSON/s,
    ],
    ["another shape", { body: { statuses: [{ id: 3 }] } }, /DBX019.*statuses\.0\.pipeline_id/s],
    [
      "a redirect to a login",
      { status: 302, headers: { location: "/login.html?next=a" } },
      /DBX019.*leads elsewhere to \/login\.html /s,
    ],
    [
      "a page of a proxy",
      { status: 403, body: "<html><title>Blocked by policy</title></html>" },
      /DBX011.*Blocked by policy/s,
    ],
  ])("%s is an error that says so", async (_, fault, expected) => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, fault);
    expect((await refusal(names(client(workspace)))).describe()).toMatch(expected);
  });

  test("where nothing listens, the error says what the network said", async () => {
    const workspace = await Workspace.start();
    const { host } = workspace;
    await workspace.stop();
    const error = await refusal(names(connect({ host, token: TOKEN, env: {}, retries: 0 })));
    expect(error).toMatchObject({ code: "DBX018", message: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("a service principal", () => {
  const principal = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
  const as = (workspace: Workspace): DatabricksClient =>
    connect({ host: workspace.host, ...principal, env: {}, retryDelayMs: 1 });

  test("asks for one token for many calls", async () => {
    const workspace = await Workspace.start();
    const of = as(workspace);
    const users = await Promise.all([of.currentUser(), of.currentUser(), of.currentUser()]);
    expect(users.map((u) => u.userName)).toEqual([USER, USER, USER]);
    await of.currentUser();
    expect(workspace.asked("POST /oidc")).toHaveLength(1);
  });

  test("asks again when the token is about to end", async () => {
    const workspace = await Workspace.start();
    workspace.expiresIn = 30;
    const of = as(workspace);
    await of.currentUser();
    await of.currentUser();
    expect(workspace.asked("POST /oidc")).toHaveLength(2);
  });

  test("asks again, once, when the token is refused", async () => {
    const workspace = await Workspace.start();
    const of = as(workspace);
    await of.currentUser();
    workspace.revoke();
    expect(await of.currentUser()).toEqual({ userName: USER });
    expect(workspace.asked("POST /oidc")).toHaveLength(2);
    workspace.fail("GET /api/2.0/preview", { status: 401, body: { message: "no" } }, 9);
    expect(await refusal(of.currentUser())).toMatchObject({ code: "DBX010" });
    expect(workspace.asked("GET /api/2.0/preview")).toHaveLength(5);
  });

  test("with a wrong secret is an error, and a later call may succeed", async () => {
    const workspace = await Workspace.start();
    const wrong = connect({ host: workspace.host, clientId: CLIENT.id, clientSecret: "wrong", env: {} });
    expect(await refusal(wrong.currentUser())).toMatchObject({ code: "DBX010", errorCode: "invalid_client" });
    const of = as(workspace);
    workspace.fail("POST /oidc", { status: 400, body: { error: "invalid_request" } });
    expect(await refusal(of.currentUser())).toMatchObject({ code: "DBX014" });
    expect(await of.currentUser()).toEqual({ userName: USER });
  });
});

/** Pieces of a token that would tell it, however it is encoded. */
function encodedParts(token: string): readonly string[] {
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from(`${"x".repeat(offset)}${token}`)
      .toString("base64")
      .slice(4, 18),
  );
  return [...base64, Buffer.from(token).toString("hex").slice(0, 16)];
}

const html = (char: string, way: number) =>
  way === 0 ? `&#${char.codePointAt(0)};` : way === 1 ? `&#x${char.codePointAt(0)?.toString(16)};` : htmlNamed(char);
const htmlNamed = (char: string) => char.replace("&", "&amp;").replace(">", "&gt;").replace("'", "&apos;");

test.each([
  ["percent", encodeURIComponent],
  ["percent, twice", (s: string) => encodeURIComponent(encodeURIComponent(s))],
  ["small percent", (s: string) => encodeURIComponent(s).replace(/%../g, (hex) => hex.toLowerCase())],
  ["a form", (s: string) => new URLSearchParams({ s }).toString()],
  ["JSON", (s: string) => JSON.stringify({ s })],
  ["JSON in JSON", (s: string) => JSON.stringify(JSON.stringify({ s }))],
  ["HTML", (s: string) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")],
  ["HTML by numbers", (s: string) => s.replace(/[^a-z]/gu, (c, at: number) => html(c, at % 3))],
  ["percent, some of it", (s: string) => s.replace(/[%+"<]/g, encodeURIComponent)],
  ["base64", (s: string) => Buffer.from(s).toString("base64")],
  ["base64 for addresses", (s: string) => Buffer.from(s).toString("base64url")],
  ["hexadecimal", (s: string) => Buffer.from(s).toString("hex")],
  ["capitals", (s: string) => s.toUpperCase()],
  ["JSON in an address", (s: string) => encodeURIComponent(JSON.stringify(s))],
  ["base64 in base64", (s: string) => Buffer.from(Buffer.from(s).toString("base64")).toString("base64")],
  ["base64 of UTF-16", (s: string) => Buffer.from(s, "utf16le").toString("base64")],
] as const)("no secret comes through as %s", (_, encode) => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 60 }), fc.string(), fc.string(), (secret, before, behind) => {
      const redactor = new Redactor();
      redactor.add(secret);
      const said = encode(secret);
      const shown = redactor.redact(`${before}${said}${behind}`);
      expect(shown).not.toContain(said);
      // All but what an encoding puts around it is gone.
      expect(redactor.redact(said).replaceAll("***", "").length).toBeLessThan(16);
    }),
    { numRuns: 200 },
  );
});

const every = (s: string, by: (char: string) => string) => s.replace(/./gsu, by);
const code = (c: string, base: number) => (c.codePointAt(0) ?? 0).toString(base);

test.each<[string, (s: string) => string]>([
  ["lines", (s) => s.replace(/.{6}/g, "$&\n")],
  ["lines in JSON", (s) => JSON.stringify(s.replace(/.{6}/g, "$&\r\n  "))],
  ["lines in an address", (s) => s.replace(/.{7}/g, "$&%0A")],
  ["a wrapped mail", (s) => s.replace(/.{5}/g, "$&=\r\n")],
  ["quoted characters of a mail", (s) => every(s, (c) => `=${code(c, 16).toUpperCase()}`)],
  ["single letters", (s) => every(s, (c) => `${c} `)],
  ["letters with nothing between them", (s) => every(s, (c) => `${c}\u200b`)],
  ["colours", (s) => s.replace(/.{5}/g, "$&\u001b[0;31m")],
  ["escapes of Python", (s) => every(s, (c) => `\\x${code(c, 16)}`)],
  ["escapes of JavaScript", (s) => every(s, (c) => `\\u{${code(c, 16)}}`)],
  ["octal escapes", (s) => every(s, (c) => `\\${code(c, 8)}`)],
  ["HTML in percent", (s) => every(s, (c) => `&#37;${code(c, 16)}`)],
  ["percent in JSON", (s) => every(s, (c) => `\\u0025${code(c, 16)}`)],
  ["a dump", (s) => Buffer.from(s).toString("hex").replace(/../g, "$& ")],
  [
    "a fingerprint",
    (s) =>
      Buffer.from(s)
        .toString("hex")
        .replace(/..(?!$)/g, "$&:"),
  ],
  ["lines of base64", (s) => Buffer.from(s).toString("base64").replace(/.{16}/g, "$&\n")],
])("no token comes through as %s", (_, encode) => {
  const digit = fc.constantFrom(..."0123456789abcdef");
  fc.assert(
    fc.property(fc.string({ unit: digit, minLength: 32, maxLength: 32 }), (digits) => {
      const redactor = new Redactor();
      redactor.add(`dapi${digits}`);
      const shown = redactor.redact(`the token is ${encode(`dapi${digits}`)}!`);
      expect(shown.replaceAll("***", "").replace(/[^0-9a-zA-Z]/g, "").length).toBeLessThan(24);
      expect(shown.startsWith("the token is ")).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("what has nothing to do with the secret stays as it is", () => {
  const redactor = new Redactor();
  redactor.add(TOKEN);
  expect(redactor.redact("the pipeline dapi-1 of İstanbul was not found: ask an admin")).toBe(
    "the pipeline dapi-1 of İstanbul was not found: ask an admin",
  );
});

test.each(["a\nX-Evil: 1", "tök", "a\0b", "left right"])("a token that no header takes is refused: %j", (token) => {
  const wrong = () => connect({ host: "https://x.cloud.databricks.com", token, env: {} });
  expect(wrong).toThrow(expect.objectContaining({ code: "DBX005" }));
  expect(wrong).not.toThrow(expect.objectContaining({ message: expect.stringContaining(token) }));
});

describe("secrets", () => {
  const FAULTS: readonly (readonly [string, Fault])[] = [
    ["a refusal that says the token back", { status: 401, body: { message: `bad token ${TOKEN}`, error_code: TOKEN } }],
    ["a page that says it back", { status: 403, body: `<html><title>Bearer ${TOKEN}</title></html>` }],
    ["trouble", { status: 500, body: { message: `Authorization: Bearer ${TOKEN}` } }],
    ["throttling", { status: 429, body: TOKEN }],
    ["a redirect", { status: 307, headers: { location: `https://elsewhere.example/?t=${TOKEN}` } }],
    ["a redirect to it", { status: 302, headers: { location: `https://elsewhere.example/${TOKEN}#${TOKEN}` } }],
    ["a part of it", { status: 400, body: { message: `Bearer ${TOKEN.slice(0, 12)}…` } }],
    ["hexadecimal", { status: 400, body: { message: Buffer.from(TOKEN).toString("hex") } }],
    ...[0, 1, 2].map((offset): readonly [string, Fault] => {
      const said = Buffer.from(`${"x".repeat(offset)}${TOKEN} and more`).toString("base64");
      return [`base64, from byte ${offset}`, { status: 400, body: { message: said } }];
    }),
    ["no JSON", { body: TOKEN }],
    ["another shape", { body: { statuses: [{ pipeline_id: 1, token: TOKEN }] } }],
    ["a broken connection", { hangUp: true }],
    ["half an answer", { body: { statuses: [] }, breakOff: true }],
    ["silence", { delayMs: 9_000 }],
  ];

  test.each(FAULTS)("%s: no error shows the token", async (_, fault) => {
    const workspace = await Workspace.start();
    workspace.fail(PIPELINES, fault, 9);
    const of = client(workspace, { retries: 1, timeoutMs: 300 });
    const error = await refusal(names(of));
    expect(workspace.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(shown(error)).not.toContain(TOKEN);
    for (const part of [TOKEN.slice(0, 12), ...encodedParts(TOKEN)]) expect(shown(error)).not.toContain(part);
    expect(shown(of)).not.toContain(TOKEN);
    expect(shown(of.pipelines)).not.toContain(TOKEN);
  });

  test("nor does one show the secret of a service principal, or the token that it got", async () => {
    const workspace = await Workspace.start();
    const of = connect({ host: workspace.host, clientId: CLIENT.id, clientSecret: CLIENT.secret, env: {}, retries: 0 });
    const basic = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64");
    workspace.fail("POST /oidc", { status: 400, body: { error: CLIENT.secret, error_description: `Basic ${basic}` } });
    const first = shown(await refusal(of.currentUser()));
    workspace.fail("GET /api/2.0/preview", { status: 403, body: { message: "not oauth-token-1-abcdef" } });
    const second = shown(await refusal(of.currentUser()));
    for (const text of [first, second, shown(of)]) {
      for (const secret of [CLIENT.secret, basic, "oauth-token-1-abcdef"]) expect(text).not.toContain(secret);
    }
  });

  test("a redirect is not followed: the token goes nowhere else", async () => {
    const [workspace, other] = await Promise.all([Workspace.start(), Workspace.start()]);
    workspace.fail(PIPELINES, { status: 307, headers: { location: `${other.host}/api/2.0/pipelines` } });
    expect(await refusal(names(client(workspace)))).toMatchObject({ code: "DBX019" });
    expect(other.requests).toEqual([]);
  });
});
