/** Watches the project's modules and the files of its sources, and tells which have changed once they are still. */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";

/** What is watched: single files, and folders for the files below them that `names` tells. */
interface Watched {
  readonly modules: readonly string[];
  readonly sources: readonly SourcePlace[];
}

export interface SourcePlace {
  /** The folder in which the first part of the path with a pattern is. Absolute. */
  readonly root: string;
  /** Whether files of folders below it count. */
  readonly deep: boolean;
  readonly names: (file: string) => boolean;
}

export interface Changes {
  /** Absolute paths, in the order in which they changed. */
  readonly modules: readonly string[];
  readonly sources: readonly string[];
}

/** An editor writes a file in several steps; what delivers data, in many. */
const STILL_MS = { modules: 60, sources: 250 } as const;

/** Watches until the process ends. */
export class Watcher {
  #watched: Watched = { modules: [], sources: [] };
  /** By folder; a deep one and a flat one of the same folder are two. */
  readonly #folders = new Map<string, FSWatcher>();
  readonly #changed = { modules: new Set<string>(), sources: new Set<string>() };
  #timer: NodeJS.Timeout | undefined;
  #still = 0;
  #wake: (() => void) | undefined;

  /** Watches what is named, and no longer what is not. A folder that is not there yet is waited for. */
  async watch(watched: Watched): Promise<void> {
    this.#watched = watched;
    const flat = watched.modules.map((file) => path.dirname(file));
    const places = [
      ...flat.map((folder) => ({ folder, deep: false })),
      ...(await Promise.all(watched.sources.map(({ root, deep }) => existing(root, deep)))),
    ];
    const wanted = new Map(places.map((place) => [`${place.deep ? "deep" : "flat"} ${place.folder}`, place]));
    for (const [key, watcher] of this.#folders) {
      if (wanted.has(key)) continue;
      watcher.close();
      this.#folders.delete(key);
    }
    for (const [key, { folder, deep }] of wanted) if (!this.#folders.has(key)) this.#open(key, folder, deep);
  }

  /** Watches other modules, and the same sources. */
  watchModules(modules: readonly string[]): Promise<void> {
    return this.watch({ ...this.#watched, modules });
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Waits for changes: those since it was called last, once nothing more changes. */
  async changes(): Promise<Changes> {
    while (this.#timer !== undefined || this.#changed.modules.size + this.#changed.sources.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const { modules, sources } = this.#changed;
    const found = { modules: [...modules], sources: [...sources] };
    modules.clear();
    sources.clear();
    return found;
  }

  #open(key: string, folder: string, deep: boolean): void {
    try {
      const watcher = watch(folder, { recursive: deep }, (_, name) => {
        // Without a name anything may have changed.
        this.#seen(name === null ? undefined : path.join(folder, name), folder);
      });
      // A folder that goes away is found again by the next look.
      watcher.on("error", () => this.#folders.delete(key));
      this.#folders.set(key, watcher);
    } catch {
      // It has gone since it was looked for: the next update looks again.
    }
  }

  #seen(file: string | undefined, folder: string): void {
    const { modules, sources } = this.#watched;
    if (file !== undefined && modules.includes(file)) this.#note("modules", file);
    else if (file === undefined || sources.some((one) => concerns(one, file))) this.#note("sources", file ?? folder);
  }

  #note(kind: keyof Changes, file: string): void {
    this.#changed[kind].add(file);
    this.#still = Math.max(this.#timer === undefined ? 0 : this.#still, STILL_MS[kind]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#wake?.();
    }, this.#still);
  }
}

/** A file of the source, or a folder on the way to it that has come or gone. */
function concerns({ root, names }: SourcePlace, file: string): boolean {
  return names(file) || root === file || root.startsWith(file + path.sep);
}

/** The folder itself, or the nearest one above it that is there. */
async function existing(folder: string, deep: boolean): Promise<{ folder: string; deep: boolean }> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return { folder, deep };
  const above = path.dirname(folder);
  return above === folder ? { folder, deep: false } : existing(above, false);
}
