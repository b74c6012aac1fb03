/** Which regular expressions every engine reads alike. */
import { expect, test } from "vitest";
import { regexProblem } from "../../src/functions/portable.ts";

test.each(["\\p{L}+", "\\p{Lu}{2,}", "\\++", "\\*+", "[*+]+", "[a}]+", "a{2}", "(a|b)+", "x+y+", "\\\\+"])(
  "%s is taken",
  (pattern) => expect(regexProblem(pattern)).toBeUndefined(),
);

test.each(["a++", "a*+", "a?+", "a{2}+", "a{2,}+", "a{2,3}+", "[ab]++", "(a)*+", "\\\\++"])(
  "%s is possessive",
  (pattern) => expect(regexProblem(pattern)).toBe("a possessive quantifier is not portable"),
);

test("an atomic group is not portable", () => {
  expect(regexProblem("(?>a)b")).toBe("an atomic group is not portable");
});
