import { expect, test } from "vitest";

test("toMatchObject() does not match everything by a RegExp", () => {
  expect(() => expect({ is: "a" }).toMatchObject({ is: /b/ })).toThrow("would match anything by /b/");
  expect(() => expect({ of: [{ is: "a" }] }).toMatchObject({ of: [{ is: /b/ }] })).toThrow("would match anything");
});

test("toMatchObject() matches by what it is given", () => {
  expect({ is: "a", of: [{ n: 1 }] }).toMatchObject({ is: expect.stringMatching(/^a$/), of: [{ n: 1 }] });
  expect(() => expect({ is: "a" }).toMatchObject({ is: expect.stringMatching(/b/) })).toThrow();
});
