/** The project from turn to turn: it is loaded again where a module has changed, and watched. */
import type { ParsedFlags } from "../command.ts";
import type { Io } from "../io.ts";
import { knownTable, loadProject, type Project } from "../project/load.ts";
import { forgetModules, moduleFiles } from "../project/modules.ts";
import { sourcePlaces } from "./places.ts";
import type { Changes, Watcher } from "./watch.ts";

export class Loading {
  readonly #given: ParsedFlags;
  readonly #io: Io;
  readonly #watcher: Watcher;
  #project: Project | undefined;
  #wanted: readonly string[] = [];

  constructor(given: ParsedFlags, io: Io, watcher: Watcher) {
    this.#given = given;
    this.#io = io;
    this.#watcher = watcher;
  }

  /** The tables that the flags name. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  /** The project after some changes: without any, it is the first turn. */
  async after(changes: Changes | undefined): Promise<Project> {
    if (this.#project && changes?.modules.length === 0) return this.#project;
    if (changes) forgetModules();
    this.#project = undefined;
    const project = await loadProject(this.#given, this.#io);
    this.#wanted = this.#given.texts("table").map((name) => knownTable(name, project.pipeline).name);
    await this.#watcher.watch({ modules: [...moduleFiles], sources: sourcePlaces(project) });
    this.#project = project;
    return project;
  }

  /** What could not be loaded is watched as well: its next version may be better. */
  async watchWhatFailed(): Promise<void> {
    if (!this.#project) await this.#watcher.watchModules([...moduleFiles]);
  }
}
