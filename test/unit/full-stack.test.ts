/** A stack that is full ends a definition wherever it is, and changes nothing of how errors keep theirs. */
import { pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

/** Defines a pipeline at every depth until there is no room: the last ones break at any of their calls. */
function deeper(): never {
  try {
    pipeline("p").bronze({ raw: source.json("x.json", { id: t.bigint(), name: t.string().pii("name") }) });
  } catch {
    // Which call had no room is all the same.
  }
  return deeper();
}

test("errors have their stacks as before", () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  expect(() => deeper()).toThrow();
  expect([Error.prepareStackTrace, Error.stackTraceLimit]).toEqual([prepareStackTrace, stackTraceLimit]);
  expect(new Error("one of the user's").stack).toEqual(expect.stringContaining("full-stack.test.ts"));
});
