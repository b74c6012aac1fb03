/** Lists of a closed set, which tsc keeps complete. */

/** The members of a union, each named once: one that is missing is a compile error, which a list would not be. */
export function membersOf<K extends string>(all: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(all) as K[];
}
