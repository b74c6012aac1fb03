/**
 * A look at the files of a warehouse that is being made: it has read none, so all of them are due. This thread would only
 * wait for DuckDB meanwhile.
 */
import { hasParams } from "../../../ast/params.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import { listFiles, type SourceFile } from "../files/files.ts";
import { inspect } from "./inspect.ts";
import { Probe } from "./probe.ts";

/** More files are listed once, when they are read: listing them twice would cost more than the look saves. */
const MOST_FILES = 256;

export class Ahead {
  readonly #files = new Map<SourceNode, ReadonlyMap<string, SourceFile>>();
  readonly #probe = new Probe();
  #stopped = false;

  /** Begins to look; whoever awaits anything else lets it go on. */
  constructor(sources: readonly SourceNode[], baseDir: string) {
    // What is wrong with a path or a file is told when it is read.
    this.#lookAt(sources, baseDir).catch(() => undefined);
  }

  /** The file as it was looked at, where it is still the same. */
  known(source: SourceNode, file: SourceFile): SourceFile {
    const seen = this.#files.get(source)?.get(file.absolute);
    return seen?.stamp === file.stamp ? seen : file;
  }

  /** No other file is looked at. */
  stop(): void {
    this.#stopped = true;
  }

  async #lookAt(sources: readonly SourceNode[], baseDir: string): Promise<void> {
    for (const source of sources) {
      if (this.#stopped) return;
      // The values of parameters are bound in the warehouse.
      if (hasParams(source.path)) continue;
      const { files } = await listFiles(source.path, baseDir);
      if (files.length > MOST_FILES) continue;
      this.#files.set(source, new Map(files.map((file) => [file.absolute, file])));
      // One after the other, so that what opens the warehouse need not wait for this thread.
      for (let i = 0; i < files.length && !this.#stopped; i++) {
        await inspect(this.#probe, source, files.slice(i, i + 1));
      }
    }
  }
}
