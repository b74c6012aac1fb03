/** Lists of a closed set, which tsc keeps complete. */

/** The members of a union, each named once: one that is missing is a compile error, which a list would not be. */
export function membersOf<K extends string>(all: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(all) as K[];
}

/** Takes no type but `never`: what is left over between two closed sets is a compile error that names it. */
export type Nothing<T extends never> = T;
