/**
 * `toMatchObject()` compares by enumerable properties, and a RegExp has none: it would match any value. It is refused
 * there, and `expect.stringMatching()` is what was meant.
 */
import { chai } from "vitest";

function refuseRegExp(expected: unknown): void {
  if (typeof expected !== "object" || expected === null) return;
  if (expected instanceof RegExp) {
    throw new Error(`toMatchObject() would match anything by ${expected}: use expect.stringMatching(${expected})`);
  }
  if (!("asymmetricMatch" in expected)) for (const part of Object.values(expected)) refuseRegExp(part);
}

// The files of a worker share it.
const assertion: object = chai.Assertion.prototype;
if (!("~strict" in assertion)) {
  Object.defineProperty(assertion, "~strict", { value: true });
  chai.util.overwriteMethod(
    assertion,
    "toMatchObject",
    (original: (...given: unknown[]) => unknown) =>
      function (this: object, ...given: unknown[]) {
        refuseRegExp(given[0]);
        return original.apply(this, given);
      },
  );
}
