/**
 * Files of the workspace.
 * @see https://docs.databricks.com/api/workspace/workspace
 */
import type { CallOptions, Http } from "./http.ts";
import { exported, nothing, objectPage } from "./shapes.ts";
import type { WorkspaceObject } from "./types.ts";

const PATH = "/api/2.0/workspace";

/** Files of a workspace: `client.workspace`. */
export class WorkspaceApi {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Makes a folder and those above it; one that is there is left alone. */
  async mkdirs(path: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.call(
      { method: "POST", path: `${PATH}/mkdirs`, json: { path }, idempotent: true, signal },
      nothing,
    );
  }

  /** What a folder holds, without what is in the folders below it. */
  async list(path: string, { signal }: CallOptions = {}): Promise<readonly WorkspaceObject[]> {
    const page = await this.#http.call({ method: "GET", path: `${PATH}/list`, query: { path }, signal }, objectPage);
    return page.objects ?? [];
  }

  /** Writes a text file, over the one that is there. */
  async write(path: string, contents: string, { signal }: CallOptions = {}): Promise<void> {
    const content = Buffer.from(contents).toString("base64");
    const json = { path, format: "AUTO", overwrite: true, content };
    await this.#http.call({ method: "POST", path: `${PATH}/import`, json, idempotent: true, signal }, nothing);
  }

  /** The text of a file. */
  async read(path: string, { signal }: CallOptions = {}): Promise<string> {
    const query = { path, format: "AUTO" };
    const { content } = await this.#http.call({ method: "GET", path: `${PATH}/export`, query, signal }, exported);
    return Buffer.from(content ?? "", "base64").toString("utf8");
  }

  /** Removes a file. */
  async remove(path: string, { signal }: CallOptions = {}): Promise<void> {
    const json = { path, recursive: false };
    await this.#http.call({ method: "POST", path: `${PATH}/delete`, json, signal }, nothing);
  }
}
