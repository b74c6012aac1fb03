/** What an expression of each family may be made of. The first of a list is what shrinking ends with. */
import { type Code, call, get, name, value } from "./code.ts";
import type { Expressions, Production } from "./expressions.ts";
import {
  constant,
  type Family,
  familyOf,
  fits,
  NONE,
  NUMBERS,
  SCALARS,
  type Size,
  sumsExactly,
  type Typed,
  t,
} from "./facts.ts";
import { type Gene, kid, pick } from "./genes.ts";

const fn = name("fn");
const PARTS = ["year", "quarter", "month", "day", "dayOfYear", "dayOfWeek", "weekOfYear"] as const;

const size = (a: Size, b: Size = NONE): Size => ({
  bound: Math.max(a.bound, b.bound),
  grain: Math.max(a.grain, b.grain),
});
const digits = (x: Typed) => (x.node.type.kind === "decimal" ? x.node.type.precision : 20);
const scale = (x: Typed) => (x.node.type.kind === "decimal" ? x.node.type.scale : 0);

/** A method of the other operand's family, where a column of one of the families is there. */
export function on(
  families: readonly Family[],
  make: (x: Expressions, of: Typed, gene: Gene) => Typed | undefined,
): Production {
  return (x, gene) => {
    const present = x.present(families);
    return present.length === 0 ? undefined : make(x, x.of(pick(present, kid(gene, 0).n), kid(gene, 0)), gene);
  };
}

function method(families: readonly Family[], names: readonly string[], result: Size = NONE): Production {
  return on(families, (x, of, gene) => x.typed(call(of.code, pick(names, kid(gene, 1).n)), result));
}

/** Methods with constant arguments. */
function calls(family: Family, choices: readonly (readonly [string, ...(string | number)[]])[]): Production {
  return on([family], (x, of, gene) => {
    const [named, ...args] = pick(choices, kid(gene, 1).n);
    return x.typed(call(of.code, named, ...args.map(value)), of);
  });
}

/** `plus`, `minus` and `times` of the family with itself or whole numbers. */
function arithmetic(family: Family): Production {
  return (x, gene) => {
    const a = x.of(family, kid(gene, 0));
    const by = kid(gene, 1);
    const bare = by.kids.length === 0 && by.n % 3 === 0;
    const b = bare
      ? { code: constant("int", by.n), bound: 7, grain: 0, node: a.node }
      : x.of(by.n % 2 === 0 ? family : "int", by);
    const operator = pick(["plus", "minus", "times"], kid(gene, 2).n);
    if (family === "decimal" && operator === "times" && digits(a) + digits(b) + 1 > 38) return undefined;
    const bound = operator === "times" ? a.bound * b.bound : a.bound + b.bound;
    const grain = operator === "times" ? a.grain + b.grain : Math.max(a.grain, b.grain);
    const made = call(a.code, operator, b.code);
    if (family !== "double") return sized(x, made, bound);
    const exact = sumsExactly({ bound, grain }, 1) ? grain : Number.POSITIVE_INFINITY;
    return x.typed(positiveZero(made), { bound, grain: exact });
  };
}

/** Decimals: a type of 38 digits that is cut to fit may lose digits of the value, so there must be room. */
function sized(x: Expressions, code: Code, bound: number): Typed | undefined {
  const made = x.typed(code, { bound, grain: 0 });
  return fits(made) ? made : undefined;
}

/** Which zero a group of both shows is by chance, so there is only one. */
const positiveZero = (code: Code): Code => call(code, "plus", value(0));

function division(numerators: readonly Family[]): Production {
  return on(numerators, (x, a, gene) => {
    const decimal = familyOf(a.node.type) === "decimal";
    const b = x.of(decimal ? pick(["decimal", "int"], gene.n) : pick(["int", "double"], gene.n), kid(gene, 1));
    // The quotient of decimals is made of whole numbers of at most 38 digits: see medallion_divide.
    const shift = Math.max(6, scale(a) + digits(b) + 1) + scale(b) - scale(a);
    if (decimal && digits(a) + shift > 37) return undefined;
    const made = call(a.code, "div", b.code);
    // No divisor is nearer to zero than its last digit.
    const bound = decimal ? a.bound * 10 ** scale(b) : a.bound * 2 ** Math.min(b.grain, 1100);
    return decimal
      ? sized(x, call(made, "round", value(gene.n % 9)), bound)
      : x.typed(positiveZero(made), { bound, grain: Number.POSITIVE_INFINITY });
  });
}

function remainder(family: Family): Production {
  return on([family], (x, a, gene) => {
    const made = call(a.code, "mod", x.of(family, kid(gene, 1)).code);
    return family === "double" ? x.typed(positiveZero(made), a) : sized(x, made, a.bound);
  });
}

/** `CASE`: one or two conditions, with an expression, a constant or null for the rest. */
function choice(family: Family): Production {
  return (x, gene) => {
    const [a, b] = [x.of(family, kid(gene, 1)), x.of(family, kid(gene, 2))];
    const first = call(fn, "when", x.condition(kid(gene, 0)).code, a.code);
    const two = gene.kids.length > 3 ? call(first, "when", x.condition(kid(gene, 3)).code, b.code) : first;
    const free = family === "int" || family === "string" || family === "boolean";
    const last = pick([b.code, value(null), free ? constant(family, gene.n) : b.code], kid(gene, 2).n);
    return x.typed(call(two, "otherwise", last), size(size(a, b), { bound: 7, grain: 0 }));
  };
}

/** The first that is not null, of one type. */
function firstValue(family: Family): Production {
  return (x, gene) => {
    const [a, b] = [x.of(family, kid(gene, 0)), x.of(family, kid(gene, 1))];
    if (a.node.type.kind !== b.node.type.kind || gene.n % 2 === 0) {
      return x.typed(call(a.code, "orElse", constant(family, gene.n)), size(a, { bound: 100, grain: 2 }));
    }
    return x.typed(call(fn, "coalesce", a.code, b.code), size(a, b));
  };
}

function nullIf(family: Family): Production {
  return (x, gene) => {
    const of = x.of(family, kid(gene, 0));
    return x.typed(call(of.code, "nullIf", constant(family, kid(gene, 1).n)), of);
  };
}

const general = (family: Family): readonly Production[] => [choice(family), firstValue(family), nullIf(family)];

function lenient(from: readonly Family[], type: Code, result: Size): Production {
  return on(from, (x, of) => x.typed(call(of.code, "tryCast", type), result));
}

const compare: Production = (x, gene) => {
  const present = x.present(SCALARS);
  if (present.length === 0) return undefined;
  const family = pick(present, kid(gene, 0).n);
  const a = x.of(family, kid(gene, 0));
  const by = kid(gene, 1);
  const other = NUMBERS.includes(family) ? pick(x.present(NUMBERS), by.n) : family;
  const b = by.kids.length === 0 && by.n % 2 === 0 ? constant(family, by.n) : x.of(other, by).code;
  return x.typed(call(a.code, pick(["eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe"], kid(gene, 2).n), b));
};

const members: Production = (x, gene) => {
  const present = x.present(SCALARS.filter((family) => family !== "boolean"));
  if (present.length === 0) return undefined;
  const family = pick(present, kid(gene, 0).n);
  const of = x.of(family, kid(gene, 0));
  const constants = [0, 1, 2].map((i) => constant(family, kid(gene, 1).n + i));
  if (gene.n % 2 === 0) return x.typed(call(of.code, "in", ...constants.slice(0, 1 + (kid(gene, 2).n % 3))));
  return x.typed(call(of.code, "between", ...constants.slice(0, 2)));
};

const isNull: Production = (x, gene) => {
  const of = pick(x.place.columns, kid(gene, 0).n);
  return x.typed(call(of.code, gene.n % 2 === 0 ? "isNull" : "isNotNull"));
};

const logic: Production = (x, gene) => {
  const [first, ...others] = gene.kids.slice(0, 3).map((part) => x.condition(part).code);
  if (!first) return undefined;
  const operator = pick(["and", "or"], gene.n);
  return x.typed(others.length === 0 ? call(first, "not") : call(first, operator, ...others));
};

const textTest: Production = on(["string"], (x, of, gene) => {
  const tests = ["contains", "startsWith", "endsWith"] as const;
  const by = kid(gene, 1);
  if (by.n % 3 === 0) return x.typed(call(of.code, "like", value(pick(["a%", "%!%!_%", "_", "%'%", ""], by.n))));
  if (by.n % 3 === 1)
    return x.typed(call(of.code, "matches", value(pick(["\\A[a-z]", "[0-9]+", "\\\\", "b\\z"], by.n))));
  const part = by.kids.length === 0 ? constant("string", by.n) : x.of("string", by).code;
  return x.typed(call(of.code, pick(tests, kid(gene, 2).n), part));
});

/** A value out of an array, a struct or a map. */
function inside(family: "string" | "int"): Production {
  return (x, gene) => {
    const arrays = x.columns("array").filter((c) => {
      const { type } = c.node;
      return type.kind === "array" && familyOf(type.element) === family;
    });
    const structs = x.columns("struct").map((c) => get(get(c.code, "fields"), family === "string" ? "city" : "t"));
    const maps = family === "int" ? x.columns("map").map((c) => call(c.code, "entry", value("a"))) : [];
    const codes = [...arrays.map((c) => call(c.code, "at", value(gene.n % 3))), ...structs, ...maps];
    return codes.length === 0 ? undefined : x.typed(pick(codes, gene.n), { bound: 2 ** 31 - 1, grain: 0 });
  };
}

export const PRODUCTIONS: Readonly<Partial<Record<Family, readonly Production[]>>> = {
  boolean: [
    compare,
    logic,
    compare,
    isNull,
    logic,
    members,
    textTest,
    choice("boolean"),
    (x, gene) => x.typed(call(x.condition(kid(gene, 0)).code, "orElse", value(gene.n % 2 === 0))),
    (x, gene) => x.typed(call(x.condition(kid(gene, 0)).code, "not")),
  ],
  int: [
    arithmetic("int"),
    ...general("int"),
    arithmetic("int"),
    remainder("int"),
    on(["int"], (x, of, gene) => x.typed(call(of.code, gene.n % 2 === 0 ? "negate" : "abs"), of)),
    method(["string"], ["length"], { bound: 10_000, grain: 0 }),
    on(["string"], (x, of, gene) =>
      x.typed(call(of.code, "position", constant("string", gene.n)), { bound: 1e4, grain: 0 }),
    ),
    method(["date", "timestamp", "timestampNtz"], PARTS, { bound: 10_000, grain: 0 }),
    method(["timestamp", "timestampNtz"], ["hour", "minute", "second"], { bound: 60, grain: 0 }),
    on(["date"], (x, of, gene) =>
      x.typed(call(of.code, "daysSince", x.of("date", kid(gene, 1)).code), { bound: 1e7, grain: 0 }),
    ),
    on(["timestamp"], (x, of, gene) =>
      x.typed(call(of.code, "secondsSince", x.of("timestamp", kid(gene, 1)).code), { bound: 1e12, grain: 0 }),
    ),
    method(["array"], ["size"], { bound: 100, grain: 0 }),
    inside("int"),
    lenient(["string"], t("int"), { bound: 2 ** 31 - 1, grain: 0 }),
    lenient(["decimal", "boolean"], t("bigint"), { bound: 2 ** 62, grain: 0 }),
    on(["double"], (x, of, gene) =>
      of.bound < 2 ** 50
        ? x.typed(call(of.code, gene.n % 2 === 0 ? "floor" : "ceil"), { bound: of.bound + 1, grain: 0 })
        : undefined,
    ),
  ],
  decimal: [
    arithmetic("decimal"),
    ...general("decimal"),
    arithmetic("decimal"),
    division(["decimal"]),
    remainder("decimal"),
    on(["decimal"], (x, of, gene) => sized(x, call(of.code, "round", value(gene.n % 4)), of.bound + 1)),
    on(["decimal"], (x, of, gene) => sized(x, call(of.code, pick(["ceil", "floor"], gene.n)), of.bound + 1)),
    // Spark rounds a decimal of more than 34 digits when it changes its sign.
    on(["decimal"], (x, of, gene) =>
      digits(of) > 34 ? undefined : x.typed(call(of.code, gene.n % 2 === 0 ? "negate" : "abs"), of),
    ),
    lenient(["int", "decimal"], t("decimal", 12, 1), { bound: 1e11 - 1, grain: 0 }),
    lenient(["string"], t("decimal", 8, 3), { bound: 1e5 - 1, grain: 0 }),
  ],
  double: [
    arithmetic("double"),
    ...general("double"),
    arithmetic("double"),
    division(["int", "double"]),
    remainder("double"),
    on(["double"], (x, of) => x.typed(call(of.code, "abs"), of)),
    on(["int", "double"], (x, of) =>
      x.typed(call(of.code, "sqrt"), { bound: Number.POSITIVE_INFINITY, grain: Number.POSITIVE_INFINITY }),
    ),
    on(["int"], (x, of) => (of.bound < 2 ** 50 ? x.typed(call(of.code, "cast", t("double")), of) : undefined)),
    lenient(["string"], t("double"), { bound: Number.POSITIVE_INFINITY, grain: Number.POSITIVE_INFINITY }),
  ],
  string: [
    ...general("string"),
    method(["string"], ["upper", "lower", "trim", "ltrim", "rtrim", "md5", "redact"]),
    (x, gene) =>
      x.typed(
        call(
          fn,
          "concat",
          x.of("string", kid(gene, 0)).code,
          constant("string", gene.n),
          x.of("string", kid(gene, 1)).code,
        ),
      ),
    (x, gene) => x.typed(call(x.of("string", kid(gene, 0)).code, "concat", x.of("string", kid(gene, 1)).code)),
    calls("string", [
      ["substring", 2, 2],
      ["left", 1],
      ["right", 2],
      ["replace", "a", "$1'"],
      ["lpad", 4, "x"],
      ["rpad", 3, "é"],
      ["repeat", 2],
      ["splitPart", "a", 2],
      ["regexpReplace", "([a-z])", "<$1>"],
      ["regexpExtract", "([0-9]+)", 1],
      ["translate", "ab", "xy"],
    ]),
    on(["int", "decimal", "date", "boolean", "timestamp"], (x, of) => x.typed(call(of.code, "cast", t("string")))),
    on(["date", "timestamp"], (x, of) => x.typed(call(of.code, "format", value("yyyy-MM-dd")))),
    inside("string"),
    on(["array"], (x, of) =>
      of.node.type.kind === "array" && of.node.type.element.kind === "string"
        ? x.typed(call(of.code, "joinText", value("-")))
        : undefined,
    ),
  ],
  date: [
    ...general("date"),
    method(["date", "timestamp", "timestampNtz"], ["lastDay", "toDate"]),
    calls("date", [
      ["addDays", 1],
      ["addDays", -400],
      ["addMonths", 1],
      ["addMonths", -13],
      ["truncate", "month"],
      ["truncate", "week"],
      ["truncate", "quarter"],
      ["truncate", "year"],
    ]),
    on(["date"], (x, of, gene) => {
      const days = x.of("int", kid(gene, 1));
      return days.bound <= 10_000 ? x.typed(call(of.code, "addDays", days.code)) : undefined;
    }),
    lenient(["string"], t("date"), NONE),
  ],
  timestamp: instants("timestamp"),
  timestampNtz: instants("timestampNtz"),
};

function instants(family: "timestamp" | "timestampNtz"): readonly Production[] {
  return [
    ...general(family),
    calls(family, [
      ["addSeconds", 1],
      ["addSeconds", -86_401],
      ["truncate", "hour"],
      ["truncate", "day"],
      ["truncate", "week"],
      ["truncate", "month"],
      ["truncate", "minute"],
    ]),
    lenient(["date"], t(family), NONE),
    lenient(["string"], t(family), NONE),
  ];
}
