/** Which workspace, and who we are there. */
import type { Env } from "../../core/env.ts";
import { databricksError } from "./errors.ts";
import { readProfile } from "./profile.ts";

/** Which workspace, and who we are there. What is not given comes from a profile or the environment. */
export interface CredentialOptions {
  /** URL of the workspace. Default: of the profile, or `DATABRICKS_HOST`. */
  readonly host?: string;
  /** Personal access token, or any bearer token. Default: of the profile, or `DATABRICKS_TOKEN`. */
  readonly token?: string;
  /** Application ID of a service principal (OAuth). Default: of the profile, or `DATABRICKS_CLIENT_ID`. */
  readonly clientId?: string;
  /** Default: of the profile, or `DATABRICKS_CLIENT_SECRET`. */
  readonly clientSecret?: string;
  /** Profile of `~/.databrickscfg`. Default: `DATABRICKS_CONFIG_PROFILE`. */
  readonly profile?: string;
  /** Default: `process.env`. */
  readonly env?: Env;
}

export type Credentials =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "client"; readonly id: string; readonly secret: string };

export interface Workspace {
  /** `https://my.cloud.databricks.com`, without a slash at the end. */
  readonly host: string;
  readonly credentials: Credentials;
}

/**
 * The given host and credentials, else those of a named profile, else those of the environment.
 * @see https://docs.databricks.com/aws/en/dev-tools/auth/env-vars
 * @throws DatabricksError `DBX001` without a host, `DBX002` without credentials, `DBX003` for a host that is not one,
 * `DBX005` for a token or secret that no header accepts.
 */
export function findWorkspace(options: CredentialOptions): Workspace {
  const env = options.env ?? process.env;
  const sources = [
    options,
    profileOf(options.profile, env),
    variables(env),
    profileOf(env["DATABRICKS_CONFIG_PROFILE"], env),
  ];
  const host = sources.find((source) => source.host)?.host;
  if (host === undefined) {
    throw databricksError({
      code: "DBX001",
      message: "no Databricks workspace was named",
      help: 'set databricks: { host: "https://….cloud.databricks.com" } in the config, or DATABRICKS_HOST',
    });
  }
  const checked = checkedHost(host);
  for (const source of sources) {
    const credentials = credentialsOf(source);
    if (credentials) return { host: checked, credentials };
  }
  const half = sources.some((source) => source.clientId || source.clientSecret);
  throw databricksError({
    code: "DBX002",
    message: `there are no credentials for ${checked}${half ? ": a client needs its ID and its secret" : ""}`,
    help: "set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET of a service principal, or name a profile of ~/.databrickscfg",
  });
}

type Source = Omit<CredentialOptions, "profile" | "env">;

function profileOf(name: string | undefined, env: Env): Source {
  if (!name) return {};
  const { host, token, client_id: clientId, client_secret: clientSecret } = readProfile(name, env);
  return given({ host, token, clientId, clientSecret });
}

function variables(env: Env): Source {
  return given({
    host: env["DATABRICKS_HOST"],
    token: env["DATABRICKS_TOKEN"],
    clientId: env["DATABRICKS_CLIENT_ID"],
    clientSecret: env["DATABRICKS_CLIENT_SECRET"],
  });
}

/** Without what is empty: CI sets a variable that it has no value for to nothing. */
function given(source: { readonly [K in keyof Source]: string | undefined }): Source {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value));
}

function credentialsOf({ token, clientId, clientSecret }: Source): Credentials | undefined {
  if (token) return { kind: "token", token: plain("token", token) };
  if (clientId && clientSecret) {
    return { kind: "client", id: plain("client ID", clientId), secret: plain("client secret", clientSecret) };
  }
  return undefined;
}

/** What goes into a header: a line end or another control character in it is a mistake, and never shown. */
function plain(what: string, given: string): string {
  const text = given.trim();
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw databricksError({
    code: "DBX005",
    message: `the ${what} holds characters that none has: a blank, a line end, or a letter beyond ASCII`,
    help: "copy it again from the workspace, without the characters around it",
  });
}

/** People copy the address of their browser: only its origin counts. A token never goes over a plain connection. */
function checkedHost(text: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  const local = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && local)) && url.username === "")
    return url.origin;
  throw databricksError({
    code: "DBX003",
    message: `${JSON.stringify(text.replace(/\/\/[^/@]*@/, "//***@"))} is not the address of a workspace`,
    help: "it begins with https://, such as https://my.cloud.databricks.com",
  });
}
