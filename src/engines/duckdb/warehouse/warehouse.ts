/** The warehouse: one DuckDB file (or memory) with the layers as schemas and the engine's state alongside them. */

import { contentHash } from "../../../core/hash.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { duckdbText } from "../../../targets/duckdb/dialect.ts";
import { DuckDBInstance, ENGINE_OPTIONS } from "../driver.ts";
import { PRELUDE, registerFunctions } from "../functions/functions.ts";
import { OLDER_VERSIONS, STATE_LAYOUT, STATE_SCHEMAS, STATE_TABLES, STATE_VERSION } from "../state/layout.ts";
import { type Catalog, readCatalog } from "./catalog.ts";
import { cannotOpen, forgetful, outOfReach } from "./failures.ts";
import { type Access, isReadOnly, locate } from "./file.ts";
import { refuseForeignFile } from "./foreign-file.ts";
import { hold } from "./holder.ts";
import { prepareFile } from "./new-file.ts";
import { type Resources, resourceOptions } from "./resources.ts";
import { scratchPath } from "./scratch.ts";
import { Session } from "./session.ts";

const MEMORY = ":memory:";

type Options = Readonly<Record<string, string>>;

/** DuckDB 1.5's pruner counts rows that were deleted: ORDER BY … LIMIT of a table that has lost rows gives too few. */
const SETTINGS =
  "SET GLOBAL TimeZone = 'UTC'; SET preserve_insertion_order = true; SET GLOBAL disabled_optimizers = 'row_group_pruner'";

/** An open warehouse. */
export class Warehouse {
  readonly path: string;
  readonly readOnly: boolean;
  /** The session that is there from the start. */
  readonly main: Session;
  /** Where `path` leads to. */
  readonly #file: string;
  readonly #instance: DuckDBInstance;
  readonly #sessions: Session[];
  readonly #letGo: () => void;
  #closing: Promise<void> | undefined;
  #catalog: Catalog = { schemas: new Set(), relations: new Map() };

  private constructor(
    { path, file, readOnly }: { readonly path: string; readonly file: string; readonly readOnly: boolean },
    instance: DuckDBInstance,
    main: Session,
    letGo: () => void,
  ) {
    this.path = path;
    this.readOnly = readOnly;
    this.#file = file;
    this.main = main;
    this.#instance = instance;
    this.#sessions = [main];
    this.#letGo = letGo;
  }

  /**
   * Opens the file at `path`, and creates it where there is none. It is held until `close()`: nobody else of this process
   * or of another opens it meanwhile. Each `:memory:` is a separate warehouse.
   *
   * @throws RunError `WAREHOUSE…`, which says what is in the way.
   */
  static async open(path: string, resources: Resources = {}): Promise<Warehouse> {
    const options = { ...ENGINE_OPTIONS, ...resourceOptions(resources, path) };
    if (path === MEMORY) return Warehouse.#start(path, path, options, () => undefined);
    const file = await locate(path);
    await prepareFile(file);
    return Warehouse.#open(path, file, options, "write");
  }

  /**
   * As `open()`, for who looks and writes nothing: a file that is there and may not be written, or whose folder may not, is
   * opened to be read. Others may read it at the same time; while another process updates it nobody may.
   */
  static async look(path: string, resources: Resources = {}): Promise<Warehouse> {
    if (path === MEMORY || !(await isReadOnly(path))) return Warehouse.open(path, resources);
    // What does not fit into memory would go next to the file.
    const own = resourceOptions({ tempDirectory: scratchPath(), ...resources }, path);
    const options = { ...ENGINE_OPTIONS, ...own, access_mode: "READ_ONLY" };
    return Warehouse.#open(path, await locate(path), options, "read");
  }

  static async #open(path: string, file: string, options: Options, access: Access): Promise<Warehouse> {
    const letGo = await hold(file);
    try {
      await refuseForeignFile(file, access);
      return await Warehouse.#start(path, file, options, letGo);
    } catch (error) {
      letGo();
      throw error;
    }
  }

  static async #start(path: string, file: string, options: Options, letGo: () => void): Promise<Warehouse> {
    let warehouse: Warehouse;
    const readOnly = options["access_mode"] === "READ_ONLY";
    try {
      const instance = await DuckDBInstance.create(file, options);
      const connection = await instance.connect();
      registerFunctions(connection);
      warehouse = new Warehouse({ path, file, readOnly }, instance, new Session(file, connection), letGo);
    } catch (error) {
      throw cannotOpen(file, error);
    }
    try {
      await warehouse.#prepare();
      return warehouse;
    } catch (error) {
      await warehouse.close();
      throw error;
    }
  }

  /** What stood in the warehouse when it was opened. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  /** One more session, for work alongside that of the others. It is closed with the warehouse. */
  async session(): Promise<Session> {
    const session = new Session(this.#file, await this.#instance.connect());
    this.#sessions.push(session);
    return session;
  }

  async #prepare(): Promise<void> {
    const { main } = this;
    await main.exec(SETTINGS);
    const prelude = contentHash(PRELUDE.join("\n"));
    const there = await readCatalog(main);
    this.#catalog = there;
    const meta = there.relations.has("_medallion.meta") ? (await main.rows("FROM _medallion.meta"))[0] : undefined;
    const current = meta?.["version"] === STATE_VERSION;
    if (meta && !current && !OLDER_VERSIONS.includes(Number(meta["version"]))) {
      throw failure({
        code: "WAREHOUSE003",
        message: `the warehouse ${this.path} is of version ${meta["version"]}, this medallion reads version ${STATE_VERSION}`,
        help: "use another warehouse path, or the medallion version that made it",
      });
    }
    this.#checkColumns(there);
    if (current && meta?.["prelude"] === prelude && this.#isWhole(there)) return;
    if (this.readOnly) {
      if (current) return;
      throw outOfReach(this.path, "it is read-only, and its state is of another version, which an update would renew");
    }
    await main.transaction(async () => {
      await main.exec([...STATE_LAYOUT, ...PRELUDE, "DELETE FROM _medallion.meta"].join(";\n"));
      await main.exec(`INSERT INTO _medallion.meta VALUES (${STATE_VERSION}, ${duckdbText(prelude)})`);
    });
    this.#catalog = await readCatalog(main);
  }

  /**
   * Whether the schemas and the state tables are all there: a schema that was dropped by hand is made again, as its tables
   * are then. How far inputs were read is told by nothing else: without it rows would be read twice.
   */
  #isWhole({ schemas, relations }: Catalog): boolean {
    const tables = ["_medallion.tables", "_medallion.inputs"].filter((name) => !relations.has(name));
    if (tables.length === 0)
      return (
        STATE_SCHEMAS.every((name) => schemas.has(name)) &&
        Object.keys(STATE_TABLES).every((name) => relations.has(name))
      );
    throw forgetful(
      `the warehouse ${this.path} does not know what it has read any more: ${tables.join(" and ")} was dropped`,
    );
  }

  /** @throws RunError `WAREHOUSE002` where a state table has other columns than the engine's. */
  #checkColumns({ relations }: Catalog): void {
    for (const [name, { required }] of Object.entries(STATE_TABLES)) {
      const columns = relations.get(name)?.columns;
      const missing = columns && Object.keys(required).filter((column) => !columns.has(column));
      if (!missing || missing.length === 0) continue;
      throw forgetful(
        `the warehouse ${this.path} cannot read its own state: ${name} has no column ${missing.join(", ")} any more`,
      );
    }
  }

  /** Closes the file once the statements that are running have ended. Every call waits until it is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await Promise.all(this.#sessions.map((session) => session.close()));
      this.#instance.closeSync();
    } finally {
      this.#letGo();
    }
  }
}
