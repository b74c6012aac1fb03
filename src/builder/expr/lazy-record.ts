/** An object whose properties are made when they are read: the columns of a relation, the tables of a pipeline. */

/** What JavaScript and its tools look for on any object. */
const PROBES = new Set(["then", "toJSON", "$$typeof", "asymmetricMatch", "nodeType", "tagName", "constructor"]);

/** Whether a property was looked for by a tool, not by the user. */
export const isProbe = (name: string | symbol): boolean => typeof name === "symbol" || PROBES.has(name);

export interface LazyRecord<T> {
  readonly names: readonly string[];
  readonly make: (name: string) => T;
  /** A property is read by its name. */
  readonly onRead?: (value: T) => void;
  /** All names are asked for, as a rest or a spread does. */
  readonly onSpread?: () => void;
  readonly unknown: (name: string) => Error;
}

/** Each property is made once, in the order of the names. @throws what `unknown` gives where there is none of that name */
export function lazyRecord<T>({ names, make, onRead, onSpread, unknown }: LazyRecord<T>): Record<string, T> {
  const known = new Set(names);
  const made = new Map<string, T>();
  const read = (name: string): T => {
    const before = made.get(name);
    if (before !== undefined) return before;
    const value = make(name);
    made.set(name, value);
    return value;
  };
  const has = (name: string | symbol): name is string => typeof name === "string" && known.has(name);
  return new Proxy<Record<string, T>>(
    {},
    {
      get(_, name) {
        if (!has(name)) {
          if (isProbe(name)) return undefined;
          throw unknown(String(name));
        }
        const value = read(name);
        onRead?.(value);
        return value;
      },
      has: (_, name) => has(name),
      ownKeys: () => {
        onSpread?.();
        return [...names];
      },
      getOwnPropertyDescriptor: (_, name) =>
        has(name) ? { configurable: true, enumerable: true, writable: false, value: read(name) } : undefined,
    },
  );
}
