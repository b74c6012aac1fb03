/** What a mistyped name may have meant. */
import { expect, test } from "vitest";
import { nearest } from "../../src/core/nearest.ts";

test.each([
  ["amount", ["amuont", "note"], "amuont"],
  ["ID", ["id", "in"], "id"],
  ["id", ["ids", "name"], "ids"],
  // A name of which no letter is the same is another name.
  ["b", ["A"], undefined],
  ["b", ["B"], "B"],
  ["ab", ["cd"], undefined],
  ["amount", ["price"], undefined],
  ["amount", [], undefined],
])("%s of %j", (name, known, found) => {
  expect(nearest(name, known)).toBe(found);
});
