/** How every node is finished: frozen, under an id that its content decides. */
import { freeze } from "../core/freeze.ts";
import { contentHash } from "../core/hash.ts";
import type { Place } from "../core/location.ts";

/** Freezes a node and gives it its id: the hash of everything but the place. */
export function sealed<T extends { readonly id: string }>(node: Omit<T, "id">, content: string, at: Place): T {
  const whole = at === undefined ? { id: contentHash(content), ...node } : { id: contentHash(content), at, ...node };
  return freeze(whole) as unknown as T;
}
