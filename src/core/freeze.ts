/** Values do not change once they are made. One name for it keeps the root door small. */
export const freeze: typeof Object.freeze = Object.freeze;

/** Freezes plain data and all that is in it. */
export function frozenDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) frozenDeep(part);
  return freeze(value);
}
