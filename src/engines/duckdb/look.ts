/** A look at a warehouse that no update can write. */

import { isReadOnly } from "./warehouse/file.ts";
import type { Resources } from "./warehouse/resources.ts";
import type { Row } from "./warehouse/session.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

export interface Look {
  /** As that of an update. */
  query(sql: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** The warehouse as the last update left it, where it cannot be written; `undefined` where an update can bring it up to date. */
export async function lookAt(path: string, resources: Resources): Promise<Look | undefined> {
  if (path === ":memory:" || !(await isReadOnly(path))) return undefined;
  const warehouse = await Warehouse.look(path, resources);
  return { query: (sql) => warehouse.main.rows(sql), close: () => warehouse.close() };
}
