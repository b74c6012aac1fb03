import { connect, DatabricksError } from "medallion/databricks";
import { describe, expect, test } from "vitest";
import { folder, write } from "../e2e/support.ts";
import { CLIENT, TOKEN, USER, Workspace } from "./server.ts";

function code(options: Parameters<typeof connect>[0]): string {
  try {
    connect(options);
    return "none";
  } catch (error) {
    return error instanceof DatabricksError ? error.code : String(error);
  }
}

describe("what is missing is said before anything is sent", () => {
  const host = "https://my.cloud.databricks.com";
  test.each([
    ["DBX001", {}],
    ["DBX001", { token: TOKEN }],
    ["DBX001", { env: { DATABRICKS_HOST: "" }, token: TOKEN }],
    ["DBX002", { host }],
    ["DBX002", { host, clientId: "a" }],
    ["DBX002", { host, env: { DATABRICKS_CLIENT_SECRET: "b", DATABRICKS_TOKEN: "" } }],
    ["DBX003", { host: "http://my.cloud.databricks.com", token: TOKEN }],
    ["DBX003", { host: "ftp://my.cloud.databricks.com", token: TOKEN }],
    ["DBX003", { host: "https://user:secret@my.cloud.databricks.com", token: TOKEN }],
    ["DBX003", { host: "my workspace", token: TOKEN }],
    ["DBX004", { host, profile: "prod", env: { HOME: "/nowhere" } }],
    ["none", { host: "my.cloud.databricks.com", token: TOKEN }],
    ["none", { env: { DATABRICKS_HOST: host, DATABRICKS_CLIENT_ID: "a", DATABRICKS_CLIENT_SECRET: "b" } }],
  ] as const)("%s %j", (expected, options) => {
    expect(code({ env: {}, ...options })).toBe(expected);
  });

  test("a password in the address is not repeated", () => {
    expect(() => connect({ host: "https://me:hunter2@my.cloud", token: "t", env: {} })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  test("the address of a browser is cut to the workspace", () => {
    const at = connect({ host: `${host}/pipelines/1?o=123#x`, token: TOKEN, env: {} });
    expect(at.host).toBe(host);
  });
});

test("what is given comes first, then a named profile, then the environment, then its profile", async () => {
  const workspace = await Workspace.start();
  const home = await folder();
  await write(
    home,
    ".databrickscfg",
    `; made by hand
[DEFAULT]
host = https://elsewhere.example
token = nothing

[service]
host          = ${workspace.host}/
client_id     = ${CLIENT.id}
client_secret = ${CLIENT.secret}

[person]
host = ${workspace.host}
token = ${TOKEN}
`,
  );
  const env = { HOME: home };
  const user = async (options: Parameters<typeof connect>[0]) => (await connect(options).currentUser()).userName;
  expect(await user({ profile: "person", env: { ...env, DATABRICKS_TOKEN: "wrong" } })).toBe(USER);
  expect(await user({ profile: "service", env })).toBe(USER);
  expect(workspace.asked("POST /oidc")).toHaveLength(1);
  expect(await user({ token: TOKEN, profile: "service", env })).toBe(USER);
  expect(workspace.asked("POST /oidc")).toHaveLength(1);
  expect(await user({ env: { ...env, DATABRICKS_CONFIG_PROFILE: "person" } })).toBe(USER);
  expect(await user({ env: { ...env, ...workspace.env, DATABRICKS_CONFIG_PROFILE: "DEFAULT" } })).toBe(USER);
  expect(() => connect({ profile: "persn", env })).toThrow(
    expect.objectContaining({ code: "DBX004", help: expect.stringContaining("DEFAULT, service, person") }),
  );
});
