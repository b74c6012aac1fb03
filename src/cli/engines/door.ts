/** How `medallion run` goes to an engine: what the project gives it, and the words that are its own. */
import type { Engine, RunRequest } from "../../engines/engine.ts";
import type { CreateUpdateEvent } from "../../engines/events.ts";
import type { UpdateResult } from "../../engines/result.ts";
import type { Flags, ParsedFlags } from "../command.ts";
import type { Io } from "../io.ts";
import type { Project } from "../project/load.ts";

/** An engine as the command line knows it. */
export interface Door {
  /** Flags of its own: any other engine refuses them. */
  readonly flags?: Flags;
  /** Flags of all that mean nothing to it, each with what to do instead. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** Gets ready to run the project. */
  open(project: Project, given: ParsedFlags, io: Io): Promise<Opened> | Opened;
}

/** An engine that is ready. */
export interface Opened {
  /** What Ctrl-C says, from the start and once the update has begun. */
  interrupted(begun?: CreateUpdateEvent): string;
  /** The line that says that the update has begun, for an engine that is slow to show more. */
  begun?(event: CreateUpdateEvent): string;
  run(request: RunRequest): Promise<Done>;
}

/** A finished update, and where its result is. */
interface Done {
  readonly update: UpdateResult;
  readonly place?: readonly [label: string, text: string];
}

const BUILT_IN = "it is for the built-in engines";

/** The door to an engine of the config. */
export function doorTo(engine: Engine): Door {
  return {
    refuses: { warehouse: BUILT_IN, "accept-loss": BUILT_IN },
    open: ({ pipeline, params, baseDir }) => ({
      interrupted: () => `Interrupted. What becomes of the update is up to ${engine.name}.`,
      run: async (request) => ({ update: await engine.run(pipeline, { ...request, params, baseDir }) }),
    }),
  };
}
