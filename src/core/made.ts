/** Definitions that nodes carry and users hand over are known to be whole: they were checked where they were made. */
import { markAsOurs } from "./copies.ts";
import { freeze } from "./freeze.ts";
import { shared } from "./instances.ts";

interface Named {
  readonly name: string;
}

/** What was made by one define function. */
interface Made<D extends Named> {
  /** Freezes a definition that was checked. */
  readonly add: <E extends D>(definition: E) => E;
  /** A definition as code knows it that got it from a node or a user; `undefined` where it is something else. */
  readonly from: (given: unknown) => D | undefined;
}

/** `what` tells the definitions of one kind from those of another: `format`. */
export function madeHere<D extends Named>(what: string): Made<D> {
  const made = shared(what, () => new WeakMap<object, D>());
  return {
    add: (definition) => {
      markAsOurs(definition, `the ${what} ${definition.name}`);
      freeze(definition);
      made.set(definition, definition);
      return definition;
    },
    from: (given) => (typeof given === "object" && given !== null ? made.get(given) : undefined),
  };
}
