/**
 * A loader such as tsx or vite may make a second module of a file, in addition to Node's. Both are the same code, so what
 * they know of each other's definitions is one: it is kept per file. Another copy of the package has other files.
 */

const SHARED: unique symbol = Symbol.for("medallion.shared");

type Shared = Map<string, unknown>;

const here = import.meta.url?.replace(/[?#].*$/, "");

const world: typeof globalThis & { [SHARED]?: Shared } = globalThis;

/** Where the global object is frozen, each instance has its own. */
const own: Shared = new Map();

/** What all instances of this package's file share, under its own name. */
export function shared<T>(name: string, make: () => T): T {
  // A script that a bundler made has no file to speak of, and no second instance.
  if (here === undefined) return make();
  if (!world[SHARED]) Reflect.set(world, SHARED, own);
  const known = world[SHARED] ?? own;
  const key = `${name} ${here}`;
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}
