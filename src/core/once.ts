/**
 * Answers per object that are worked out once: nodes never change, and many rules and targets ask for the same.
 *
 * An object that is not frozen may change, so it is asked each time.
 */
export function oncePer<K extends object, V extends NonNullable<unknown>>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const answer = work(of);
    if (Object.isFrozen(of)) known.set(of, answer);
    return answer;
  };
}
