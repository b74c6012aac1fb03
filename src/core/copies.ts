/**
 * What this package makes carries the name of the copy that made it. Two copies in one process have classes of their own,
 * and neither knows what the other made: an error can tell that from what is not an expression or a table at all.
 */
import { DefinitionError } from "./errors.ts";
import { type Place, packageFolder } from "./location.ts";

const MAKER: unique symbol = Symbol.for("medallion.maker");

interface Maker {
  /** As errors call what was made: `an expression`. */
  readonly what: string;
  readonly copy: { readonly folder: string };
}

/** One per copy, and one more where a loader makes the same files a second time. */
const THIS_COPY: Maker["copy"] = { folder: packageFolder };

/** Marks a definition, or all objects of a class by its prototype. */
export function markAsOurs(made: object, what: string): void {
  const maker: Maker = { what, copy: THIS_COPY };
  Object.defineProperty(made, MAKER, { value: maker });
}

const makerOf = (given: unknown): Maker | undefined =>
  (given as { readonly [MAKER]?: Maker } | null | undefined)?.[MAKER];

/** @throws DefinitionError `COPY001` where another copy of the package made what is given. */
export function refuseOtherCopy(given: unknown, location: Place): void {
  const maker = makerOf(given);
  if (maker !== undefined && maker.copy !== THIS_COPY) throw otherCopy(maker, location);
}

/**
 * As `refuseOtherCopy()`, of what is read as data: that of the same files is understood, however often they are loaded.
 *
 * @throws DefinitionError `COPY001`
 */
export function refuseOtherFiles(given: unknown, location: Place): void {
  const maker = makerOf(given);
  if (maker !== undefined && maker.copy.folder !== packageFolder) throw otherCopy(maker, location);
}

function otherCopy({ what, copy: { folder } }: Maker, location: Place): DefinitionError {
  return new DefinitionError({
    code: "COPY001",
    message: `${what} of another copy of medallion cannot be used with this one`,
    help:
      folder === packageFolder
        ? `${folder} is loaded twice, such as by import and by require: load it by import everywhere`
        : `${folder} and ${packageFolder} are loaded: install one copy (npm ls medallion lists them, and a package that ` +
          "shares tables or plugins has medallion in its peerDependencies), and run the project's own command: npx medallion",
    location,
  });
}
