/** What a mistyped name may have meant. */
import { expect, test } from "vitest";
import { likestFirst, nearest } from "../../src/core/nearest.ts";

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

test.each([
  [
    "a word in common",
    ["customer"],
    ["_synced", "cancel_reason", "customer_id"],
    ["customer_id", "_synced", "cancel_reason"],
  ],
  ["an abbreviation", ["qty"], ["gift_card", "grams", "quantity"], ["quantity", "gift_card", "grams"]],
  ["another case", ["orderId"], ["id_of_shop", "order_no"], ["order_no", "id_of_shop"]],
  ["nothing alike", ["order_id", "amount"], ["a", "b", "c", "d"], ["a", "b", "c", "d"]],
  ["nothing that is looked for", [], ["b", "a"], ["b", "a"]],
])("%s comes first", (_, names, known, sorted) => {
  expect(likestFirst(names, known)).toEqual(sorted);
});
