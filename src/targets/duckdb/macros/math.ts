/**
 * Spark's exp, ln, log10 and power, to the last bit. Spark calls Java's StrictMath, which is defined as fdlibm 5.3
 * (e_exp.c, e_log.c, e_log10.c, e_pow.c); DuckDB calls the C library of the machine, whose last digits differ.
 * These macros do fdlibm's operations in fdlibm's order: one that is moved or left out changes a last bit somewhere.
 */
import { type Macro, macro } from "../../../functions/fragment.ts";
import * as fdlibm from "./fdlibm.ts";

/** A double that DuckDB reads back bit by bit: without an exponent it would be a decimal. */
const num = (x: number): string => (x < 0 ? `(${x.toExponential()})` : x.toExponential());

type Named = readonly [name: string, value: string];

const same = (...names: readonly string[]): readonly Named[] => names.map((name) => [name, `v.${name}`]);

/**
 * Names values, for a macro's argument is text, worked out again wherever it stands. A step, and the body at the end,
 * read the inputs and the steps before them as `v.name`. The lambdas stand in a row and hand on what is needed still:
 * one in the other they would take a time that grows with the square of the depth.
 */
const bind = (inputs: readonly Named[], steps: readonly Named[], body: string): string => {
  const row = (named: readonly Named[]) => `{${named.map(([name, value]) => `'${name}': ${value}`).join(", ")}}`;
  const list = steps.reduce(
    (made, step, i) => {
      const later = [...steps.slice(i + 1).map(([, value]) => value), body].join(" ");
      const before = [...inputs, ...steps.slice(0, i)].map(([name]) => name);
      const kept = before.filter((name) => new RegExp(`\\bv\\.${name}\\b`).test(later));
      return `list_transform(${made}, lambda v: ${row([...same(...kept), step])})`;
    },
    `[${row(inputs)}]`,
  );
  return `list_transform(${list}, lambda v: ${body})[1]`;
};

const choose = (cases: readonly (readonly [condition: string, value: string])[], otherwise: string): string =>
  `CASE ${cases.map(([condition, value]) => `WHEN ${condition} THEN ${value}`).join(" ")} ELSE ${otherwise} END`;

/** c0 + x * (c1 + x * (c2 + …)) */
const poly = (x: string, [first = 0, ...rest]: readonly number[]): string =>
  rest.length === 0 ? num(first) : `(${num(first)} + ${x} * ${poly(x, rest)})`;

const NAN = "CAST('NaN' AS DOUBLE)";
const INFINITY = "CAST('Infinity' AS DOUBLE)";

const bits = (x: string): string => `CAST(CAST(${x} AS BIT) AS BIGINT)`;
const double = (b: string): string => `CAST(CAST(${b} AS BIT) AS DOUBLE)`;
/** The double without the lower half of its bits. */
const head = (x: string): string => double(`${bits(x)} & -4294967296`);

/** The lowest bit of the exponent, and one of a mantissa of 20 bits as it stands in the 64. */
const ONE = 2n ** 52n;
const HIGH = 2n ** 32n;

/** Bits of a positive double; a subnormal one gets a mantissa as the others have it, and an exponent below zero. */
const normalBits = (x: string): string =>
  choose([[`${x} < ${num(2 ** -1022)}`, `${bits(`${x} * ${num(2 ** 54)}`)} - ${54n * ONE}`]], bits(x));

/** z * 2^n for a z near 1, rounded once at most: of the multiplications only the last can round. */
const scaled = (z: string, n: string): string => {
  const exp2 = (shift: number) => double(`(${n} + ${1023 + shift}) * ${ONE}`);
  return choose([[`${n} >= -1021`, `(${z} * 2e0) * ${exp2(-1)}`]], `(${z} * ${exp2(1000)}) * ${num(2 ** -1000)}`);
};

const LN2 = num(Math.LN2);
const INVERSE_LN2 = num(Math.LOG2E);
const THIRD = num(1 / 3);

const LN2_HIGH = num(fdlibm.LN2_HIGH);
const LN2_LOW = num(fdlibm.LN2_LOW);

/** How often ln 2 is in x. */
const EXP_STEPS = choose(
  [
    [`abs(v.x) < ${num(fdlibm.EXP_NO_STEP)}`, "0"],
    [`abs(v.x) < ${num(fdlibm.EXP_ONE_STEP)}`, "sign(v.x)"],
  ],
  `trunc(${INVERSE_LN2} * v.x + sign(v.x) * 5e-1)`,
);

const exp = choose(
  [
    ["isnan(v.x)", "v.x"],
    [`v.x > ${num(fdlibm.EXP_MOST)}`, INFINITY],
    [`v.x < ${num(fdlibm.EXP_LEAST)}`, "0e0"],
    [`abs(v.x) < ${num(2 ** -28)}`, "1e0 + v.x"],
  ],
  bind(
    [...same("x"), ["k", `CAST(${EXP_STEPS} AS BIGINT)`]],
    [
      ["h", `v.x - v.k * ${LN2_HIGH}`],
      ["r", `v.h - v.k * ${LN2_LOW}`],
      ["c", `v.r - (v.r * v.r) * ${poly("(v.r * v.r)", fdlibm.EXP_SERIES)}`],
      ["z", `1e0 - ((v.k * ${LN2_LOW} - (v.r * v.c) / (2e0 - v.c)) - v.h)`],
    ],
    scaled("v.z", "v.k"),
  ),
);

/** The logarithm of the double whose normalBits are v.b. */
const LN_STEPS: readonly Named[] = [
  ["k", `((v.b + ${BigInt(fdlibm.LN_ROUNDED) * HIGH}) >> 52) - 1023`],
  ["f", `${double(`v.b - v.k * ${ONE}`)} - 1e0`],
  ["s", "v.f / (2e0 + v.f)"],
  ["w", "(v.s * v.s) * (v.s * v.s)"],
  ["r", `(v.s * v.s) * ${poly("v.w", fdlibm.LN_ODD)} + v.w * ${poly("v.w", fdlibm.LN_EVEN)}`],
];
const LN_TAIL = choose(
  [
    [
      `v.f >= ${num(-fdlibm.LN_SHORT)} AND v.f < ${num(fdlibm.LN_SHORT)}`,
      `v.f * v.f * (5e-1 - ${THIRD} * v.f) - v.k * ${LN2_LOW}`,
    ],
    [
      `v.f >= ${num(fdlibm.LN_UPPER)} OR v.f < ${num(fdlibm.LN_LOWER)}`,
      `5e-1 * v.f * v.f - (v.s * (5e-1 * v.f * v.f + v.r) + v.k * ${LN2_LOW})`,
    ],
  ],
  `v.s * (v.f - v.r) - v.k * ${LN2_LOW}`,
);
const LN_SUM = `v.k * ${LN2_HIGH} - (${LN_TAIL} - v.f)`;

const logarithm = (positive: string): string =>
  choose(
    [
      [`v.x > 0 AND v.x < ${INFINITY}`, positive],
      ["v.x = 0", `-${INFINITY}`],
      ["v.x < 0", NAN],
    ],
    "v.x",
  );

const ln = logarithm(bind([["b", normalBits("v.x")]], LN_STEPS, LN_SUM));

const log10 = logarithm(
  bind(
    [["a", normalBits("v.x")]],
    [
      ["n", "(v.a >> 52) - CASE WHEN (v.a >> 52) < 1023 THEN 1022 ELSE 1023 END"],
      ["b", `v.a - v.n * ${ONE}`],
      ...LN_STEPS,
    ],
    `(v.n * ${num(fdlibm.LOG10_2_LOW)} + ${num(Math.LOG10E)} * (${LN_SUM})) + v.n * ${num(fdlibm.LOG10_2_HIGH)}`,
  ),
);

/** The logarithm of v.a to base 2 as t1 + t2, where v.a is so near to 1 that a short series does. */
const log2Near = bind(
  [["t", "v.a - 1e0"]],
  [
    ["u", `${num(fdlibm.INVERSE_LN2_TOP)} * v.t`],
    [
      "w",
      `v.t * ${num(fdlibm.INVERSE_LN2_REST)} - ((v.t * v.t) * (5e-1 - v.t * (${THIRD} - v.t * 2.5e-1))) * ${INVERSE_LN2}`,
    ],
    ["t1", head("v.u + v.w")],
  ],
  "{'t1': v.t1, 't2': v.w - (v.t1 - v.u)}",
);

const CP_HIGH = num(fdlibm.CP_HIGH);
/** Log2 of 1.5 where p, the middle of the interval, is that. */
const DP_HIGH = choose([["v.p > 1", num(fdlibm.DP_HIGH)]], "0e0");
const DP_LOW = choose([["v.p > 1", num(fdlibm.DP_LOW)]], "0e0");

/** The logarithm of v.a to base 2 as t1 + t2. */
const log2 = bind(
  [["b", normalBits("v.a")]],
  [
    ["n", `((v.b + ${BigInt(fdlibm.LOG2_ROUNDED) * HIGH}) >> 52) - 1023`],
    ["g", `v.b - v.n * ${ONE}`],
    ["m", double("v.g")],
    ["p", `CASE WHEN v.m >= ${num(fdlibm.MIDDLE)} THEN 1.5e0 ELSE 1e0 END`],
    ["i", "1e0 / (v.m + v.p)"],
    ["q", "(v.m - v.p) * v.i"],
    ["qh", head("v.q")],
    ["d", double(`(((v.g >> 33) | ${0x20000000}) + CASE WHEN v.p > 1 THEN ${0xc0000} ELSE ${0x80000} END) * ${HIGH}`)],
    ["ql", "v.i * (((v.m - v.p) - v.qh * v.d) - v.qh * (v.m - (v.d - v.p)))"],
    ["s", "v.q * v.q"],
    ["r", `v.s * v.s * ${poly("v.s", fdlibm.LOG2_SERIES)} + v.ql * (v.qh + v.q)`],
    ["th", head("3e0 + v.qh * v.qh + v.r")],
    ["w", "v.ql * v.th + (v.r - ((v.th - 3e0) - v.qh * v.qh)) * v.q"],
    ["ph", head("v.qh * v.th + v.w")],
    ["zl", `${num(fdlibm.CP_LOW)} * v.ph + (v.w - (v.ph - v.qh * v.th)) * ${num(fdlibm.CP)} + ${DP_LOW}`],
    ["t1", head(`${CP_HIGH} * v.ph + v.zl + ${DP_HIGH} + v.n`)],
  ],
  `{'t1': v.t1, 't2': v.zl - (((v.t1 - v.n) - ${DP_HIGH}) - ${CP_HIGH} * v.ph)}`,
);

const LN2_TOP = num(fdlibm.LN2_TOP);

/** 2 to the power of v.z, which is v.pl + v.ph. */
const exp2 = bind(
  [
    ...same("pl", "ph"),
    [
      "n",
      `CASE WHEN abs(v.z) >= ${num(0x100001 * 2 ** -21)} THEN CAST(sign(v.z) * trunc(abs(v.z) + 5e-1) AS BIGINT) ELSE 0 END`,
    ],
  ],
  [
    ["t", head("v.pl + (v.ph - v.n)")],
    ["u", `(v.pl - (v.t - (v.ph - v.n))) * ${LN2} + v.t * ${num(fdlibm.LN2_REST)}`],
    ["e", `v.t * ${LN2_TOP} + v.u`],
    ["c", `v.e - (v.e * v.e) * ${poly("(v.e * v.e)", fdlibm.EXP_SERIES)}`],
    ["w", `v.u - (v.e - v.t * ${LN2_TOP})`],
    ["o", "1e0 - (((v.e * v.c) / (v.c - 2e0) - (v.w + v.e * v.w)) - v.e)"],
  ],
  scaled("v.o", "v.n"),
);

const HUGE = num(fdlibm.HUGE_EXPONENT);

/** v.a ^ v.y for a positive, finite v.a. */
const magnitude = bind(
  [...same("y"), ["l", choose([[`abs(v.y) >= ${HUGE}`, log2Near]], log2)]],
  [
    ["yh", head("v.y")],
    ["ph", "v.yh * v.l['t1']"],
    ["pl", "(v.y - v.yh) * v.l['t1'] + v.y * v.l['t2']"],
    ["z", "v.pl + v.ph"],
  ],
  choose(
    [
      [`v.z > 1024 OR (v.z = 1024 AND v.pl + ${num(fdlibm.OVERFLOW)} > v.z - v.ph)`, INFINITY],
      ["v.z < -1075 OR (v.z = -1075 AND v.pl <= v.z - v.ph)", "0e0"],
    ],
    exp2,
  ),
);

/** With so large an exponent the power of all that is not close to 1 is 0 or Infinity. */
const FAR = `abs(v.y) >= ${HUGE} AND (v.a < ${num(fdlibm.NEAR_BELOW)} OR v.a >= ${num(fdlibm.NEAR_ABOVE)})`;
const FRACTION = "isfinite(v.y) AND trunc(v.y) <> v.y";
const ODD = "isfinite(v.y) AND trunc(v.y) = v.y AND trunc(v.y * 5e-1) <> v.y * 5e-1";

const power = choose(
  [
    ["v.y = 2", "v.x * v.x"],
    ["v.y = 1", "v.x"],
    ["v.x IS NULL OR v.y IS NULL", "NULL"],
    ["v.y = 0", "1e0"],
    ["isnan(v.x) OR isnan(v.y)", NAN],
    ["v.y = -1 AND v.x <> 0", "1e0 / v.x"],
    ["v.y = 5e-1 AND v.x < 0 AND isfinite(v.x)", NAN],
    ["v.y = 5e-1 AND isfinite(v.x)", "sqrt(v.a)"],
    ["isinf(v.y) AND v.a = 1", NAN],
    [`isfinite(v.x) AND v.x < 0 AND ${FRACTION}`, NAN],
  ],
  `${choose([[`signbit(v.x) AND ${ODD}`, "-1e0"]], "1e0")} * ${choose(
    [
      ["v.a = 1", "1e0"],
      [`v.a = 0 OR isinf(v.a) OR isinf(v.y) OR (${FAR})`, choose([["(v.a > 1) = (v.y > 0)", INFINITY]], "0e0")],
    ],
    // One more lambda: DuckDB makes what is in it ready only where it is reached, which a square does not.
    bind(same("a", "y"), [], magnitude),
  )}`,
);

/** The arguments stand in no lambda: it would hide columns from them, and forbid a subquery. */
const mathMacro = (name: string, parameters: readonly Named[], steps: readonly Named[], body: string): Macro => {
  const inputs = parameters.map(([value, parameter]): Named => [value, `CAST(${parameter} AS DOUBLE)`]);
  // With a dot it would be a column of a table that is named v.
  const sql = bind(inputs, steps, body).replaceAll(/\bv\.(\w+)/g, "v['$1']");
  return macro(name, parameters.map(([, parameter]) => parameter).join(", "))`${sql}`;
};

/** They are defined, and do not raise, for every argument; of a null they make a null. */
export const EXP = mathMacro("exp", [["x", "number"]], [], exp);
export const LN = mathMacro("ln", [["x", "number"]], [], ln);
export const LOG10 = mathMacro("log10", [["x", "number"]], [], log10);
export const POWER = mathMacro(
  "power",
  [
    ["x", "base"],
    ["y", "exponent"],
  ],
  [["a", "abs(v.x)"]],
  power,
);
