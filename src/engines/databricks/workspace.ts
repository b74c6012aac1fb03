/**
 * Files of the workspace.
 * @see https://docs.databricks.com/api/workspace/workspace
 */
import { freeze } from "../../core/freeze.ts";
import type { CallOptions, Http } from "./http.ts";
import { exported, nothing, objectPage } from "./shapes.ts";
import type { WorkspaceObject } from "./types.ts";

const PATH = "/api/2.0/workspace";

/** Files of a workspace: `client.workspace`. */
export interface WorkspaceApi {
  /** Makes a folder and those above it; one that is there is left alone. */
  mkdirs(path: string, options?: CallOptions): Promise<void>;
  /** What a folder holds, without what is in the folders below it. */
  list(path: string, options?: CallOptions): Promise<readonly WorkspaceObject[]>;
  /** Writes a text file, over the one that is there. */
  write(path: string, contents: string, options?: CallOptions): Promise<void>;
  /** The text of a file. */
  read(path: string, options?: CallOptions): Promise<string>;
  /** Removes a file. */
  remove(path: string, options?: CallOptions): Promise<void>;
}

export function workspaceApi(http: Http): WorkspaceApi {
  return freeze<WorkspaceApi>({
    mkdirs: async (path, { signal } = {}) => {
      await http.call({ method: "POST", path: `${PATH}/mkdirs`, json: { path }, idempotent: true, signal }, nothing);
    },
    list: async (path, { signal } = {}) => {
      const page = await http.call({ method: "GET", path: `${PATH}/list`, query: { path }, signal }, objectPage);
      return page.objects ?? [];
    },
    write: async (path, contents, { signal } = {}) => {
      const content = Buffer.from(contents).toString("base64");
      const json = { path, format: "AUTO", overwrite: true, content };
      await http.call({ method: "POST", path: `${PATH}/import`, json, idempotent: true, signal }, nothing);
    },
    read: async (path, { signal } = {}) => {
      const query = { path, format: "AUTO" };
      const { content } = await http.call({ method: "GET", path: `${PATH}/export`, query, signal }, exported);
      return Buffer.from(content ?? "", "base64").toString("utf8");
    },
    remove: async (path, { signal } = {}) => {
      const json = { path, recursive: false };
      await http.call({ method: "POST", path: `${PATH}/delete`, json, signal }, nothing);
    },
  });
}
