/** What can go wrong between here and a workspace, each with a code and a fix, and none with a secret. */
import { type ErrorDetails, MedallionError } from "../../core/errors.ts";
import type { DiagnosticCode } from "../../diagnostics/catalogue.ts";
import type { Coded } from "../../diagnostics/mistake.ts";

/** An error with what the workspace said. */
export interface DatabricksErrorDetails extends ErrorDetails {
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
  /** `error_code` of the answer: `RESOURCE_DOES_NOT_EXIST`, … */
  readonly errorCode?: string | undefined;
}

/**
 * A workspace said no, or could not be reached. It never holds a token: not in its message, its JSON or its causes.
 *
 * @example
 * ```ts
 * import { connect, DatabricksError } from "medallion/databricks";
 *
 * export async function exists(id: string): Promise<boolean> {
 *   try {
 *     return (await connect().pipelines.get(id)).pipeline_id === id;
 *   } catch (error) {
 *     if (error instanceof DatabricksError && error.status === 404) return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export class DatabricksError extends MedallionError {
  override readonly name = "DatabricksError";
  readonly status: number | undefined;
  readonly errorCode: string | undefined;

  constructor(details: DatabricksErrorDetails) {
    super(details);
    this.status = details.status;
    this.errorCode = details.errorCode;
  }

  override toJSON(): DatabricksErrorDetails {
    const { status, errorCode } = this;
    return {
      ...super.toJSON(),
      ...(status !== undefined && { status }),
      ...(errorCode !== undefined && { errorCode }),
    };
  }
}

/** An error of ours: its code is one of the catalogue. */
export function databricksError(details: DatabricksErrorDetails & Coded): DatabricksError {
  return new DatabricksError(details);
}

/** What was asked, for messages: `GET /api/2.0/pipelines`. */
export interface Asked {
  readonly host: string;
  readonly what: string;
}

/** An answer that says no. */
interface Refusal {
  readonly status: number;
  readonly body: unknown;
  /** Where a redirect leads. */
  readonly location?: string | undefined;
}

/** By status: the code of the error, what it means, and what to do about it. */
const MEANING: Readonly<Record<number, readonly [code: DiagnosticCode, what: string, help: string]>> = {
  401: [
    "DBX010",
    "the workspace does not accept the credentials",
    "they may be wrong, expired, or of another workspace: make a new token, or check the client's secret",
  ],
  403: [
    "DBX011",
    "the credentials do not permit this",
    "ask an admin of the workspace for the permission that the message names, or use other credentials",
  ],
  404: ["DBX012", "the workspace does not have this", "check the host, the environment and the names in the config"],
  409: [
    "DBX013",
    "something else is there or under way",
    "wait for it to end, or stop it in the workspace; then try again",
  ],
  429: [
    "DBX015",
    "the workspace accepts no more requests for now",
    "it was tried several times: wait a minute, then try again",
  ],
};

export function refused(asked: Asked, refusal: Refusal, redact: (text: string) => string): DatabricksError {
  const { status } = refusal;
  const said = sayingOf(refusal.body);
  const [code, what, help] = meaningOf(refusal, redact);
  const reason = said.message === "" ? what : `${what}: ${redact(said.message)}`;
  const name = said.errorCode === undefined ? "" : ` ${redact(said.errorCode)}`;
  return databricksError({
    code,
    message: `${asked.host}: ${reason} (${asked.what}: ${status}${name})`,
    help,
    status,
    errorCode: said.errorCode === undefined ? undefined : redact(said.errorCode),
  });
}

function meaningOf(
  { status, location }: Refusal,
  redact: (text: string) => string,
): readonly [code: DiagnosticCode, what: string, help: string] {
  // Databricks tells "does not exist" of a name or id as a 400, too; its own words say which.
  const known = MEANING[status];
  if (known) return known;
  if (status >= 500) {
    return ["DBX016", "the workspace is in trouble", "see https://status.databricks.com, and try again later"];
  }
  if (status >= 300 && status < 400) {
    const where = location === undefined ? "" : ` to ${redact(location.split(/[?#]/)[0] ?? "")}`;
    return ["DBX019", `it leads elsewhere${where}`, "give the URL of the workspace itself as host"];
  }
  return ["DBX014", "the workspace does not accept this", "the message tells what it wants instead"];
}

interface Saying {
  readonly message: string;
  readonly errorCode?: string;
}

const LONGEST = 500;

/** The words of the APIs (`error_code`, `message`), of SCIM (`detail`) and of OAuth (`error`, `error_description`). */
function sayingOf(body: unknown): Saying {
  const text = (name: string): string | undefined => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const message =
    text("message") ?? text("detail") ?? text("error_description") ?? (typeof body === "string" ? plain(body) : "");
  const errorCode = text("error_code") ?? text("scimType") ?? text("error");
  return { message: message.slice(0, LONGEST), ...(errorCode !== undefined && { errorCode }) };
}

/** A proxy answers with a page: its title says enough. */
function plain(body: string): string {
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1] ?? (/^\s*</.test(body) ? "a web page" : body);
  return title.replace(/\s+/g, " ").trim();
}
