/**
 * Java's StrictMath exp, ln, log10 and power, which is fdlibm 5.3 to the last bit: operation by operation as the macros
 * of `targets/duckdb/macros/math.ts`, which a script uses. JavaScript's own functions may differ between engines.
 */
import {
  CP,
  CP_HIGH,
  CP_LOW,
  DP_HIGH,
  DP_LOW,
  EXP_LEAST,
  EXP_MOST,
  EXP_NO_STEP,
  EXP_ONE_STEP,
  EXP_SERIES,
  HUGE_EXPONENT,
  INVERSE_LN2_REST,
  INVERSE_LN2_TOP,
  LN_EVEN,
  LN_LOWER,
  LN_ODD,
  LN_ROUNDED,
  LN_SHORT,
  LN_UPPER,
  LN2_HIGH,
  LN2_LOW,
  LN2_REST,
  LN2_TOP,
  LOG2_ROUNDED,
  LOG2_SERIES,
  LOG10_2_HIGH,
  LOG10_2_LOW,
  MIDDLE,
  NEAR_ABOVE,
  NEAR_BELOW,
  OVERFLOW,
} from "../../../targets/duckdb/macros/fdlibm.ts";

const real = new Float64Array(1);
const words = new Uint32Array(real.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

const THIRD = 1 / 3;
const LEAST_NORMAL = 2 ** -1022;

function highWord(x: number): number {
  real[0] = x;
  return words[HIGH] as number;
}

/** The double without the lower half of its bits. */
function head(x: number): number {
  real[0] = x;
  words[LOW] = 0;
  return real[0];
}

/** A positive double times 2^n, where that is a normal one. */
function shifted(x: number, n: number): number {
  real[0] = x;
  words[HIGH] = (words[HIGH] as number) + n * 0x100000;
  return real[0];
}

/** z * 2^n for a z near 1, rounded once at most: of the multiplications only the last can round. */
function scaled(z: number, n: number): number {
  return n >= -1021 ? z * 2 * shifted(1, n - 1) : z * shifted(1, n + 1000) * 2 ** -1000;
}

/** c0 + x * (c1 + x * (c2 + …)) */
function series(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[coefficients.length - 1] as number;
  for (let i = coefficients.length - 2; i >= 0; i--) sum = (coefficients[i] as number) + x * sum;
  return sum;
}

export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_MOST) return Number.POSITIVE_INFINITY;
  if (x < EXP_LEAST) return 0;
  const size = Math.abs(x);
  if (size < 2 ** -28) return 1 + x;
  const far = size < EXP_ONE_STEP ? Math.sign(x) : Math.trunc(Math.LOG2E * x + Math.sign(x) * 0.5);
  const k = size < EXP_NO_STEP ? 0 : far;
  const h = x - k * LN2_HIGH;
  const r = h - k * LN2_LOW;
  const c = r - r * r * series(r * r, EXP_SERIES);
  return scaled(1 - (k * LN2_LOW - (r * c) / (2 - c) - h), k);
}

/** Of numbers that have a logarithm, a subnormal one becomes a normal one and an exponent. */
function logarithm(x: number, positive: (x: number, exponent: number) => number): number {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return x < LEAST_NORMAL ? positive(x * 2 ** 54, -54) : positive(x, 0);
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x < 0 ? Number.NaN : x;
}

export function ln(x: number): number {
  return logarithm(x, lnOf);
}

export function log10(x: number): number {
  return logarithm(x, log10Of);
}

/** The logarithm of x * 2^exponent. */
function lnOf(x: number, exponent: number): number {
  const steps = ((highWord(x) + LN_ROUNDED) >>> 20) - 1023;
  const k = steps + exponent;
  const f = shifted(x, -steps) - 1;
  const s = f / (2 + f);
  const w = s * s * (s * s);
  const r = s * s * series(w, LN_ODD) + w * series(w, LN_EVEN);
  return k * LN2_HIGH - (lnTail(f, s, r, k * LN2_LOW) - f);
}

function lnTail(f: number, s: number, r: number, low: number): number {
  if (f >= -LN_SHORT && f < LN_SHORT) return f * f * (0.5 - THIRD * f) - low;
  if (f >= LN_UPPER || f < LN_LOWER) return 0.5 * f * f - (s * (0.5 * f * f + r) + low);
  return s * (f - r) - low;
}

function log10Of(x: number, exponent: number): number {
  const biased = highWord(x) >>> 20;
  const whole = biased + exponent - (biased + exponent < 1023 ? 1022 : 1023);
  const rest = lnOf(shifted(x, exponent - whole), 0);
  return whole * LOG10_2_LOW + Math.LOG10E * rest + whole * LOG10_2_HIGH;
}

export function power(x: number, y: number): number {
  if (y === 2) return x * x;
  if (y === 1) return x;
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (y === -1 && x !== 0) return 1 / x;
  const a = Math.abs(x);
  if (y === 0.5 && a < Number.POSITIVE_INFINITY) return x < 0 ? Number.NaN : Math.sqrt(a);
  const endless = Math.abs(y) === Number.POSITIVE_INFINITY;
  if (endless && a === 1) return Number.NaN;
  const whole = endless || Math.trunc(y) === y;
  if (x < 0 && a < Number.POSITIVE_INFINITY && !whole) return Number.NaN;
  const odd = !endless && whole && Math.trunc(y * 0.5) !== y * 0.5;
  return odd && (x < 0 || Object.is(x, -0)) ? -powerOf(a, y) : powerOf(a, y);
}

function powerOf(a: number, y: number): number {
  if (a === 1) return 1;
  const far = Math.abs(y) >= HUGE_EXPONENT;
  const endless = a === Number.POSITIVE_INFINITY || Math.abs(y) === Number.POSITIVE_INFINITY;
  if (a === 0 || endless || (far && (a < NEAR_BELOW || a >= NEAR_ABOVE))) {
    return a > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  if (far) log2Near(a);
  else log2(a);
  const yh = head(y);
  const ph = yh * log.top;
  const pl = (y - yh) * log.top + y * log.rest;
  const z = pl + ph;
  if (z > 1024 || (z === 1024 && pl + OVERFLOW > z - ph)) return Number.POSITIVE_INFINITY;
  if (z < -1075 || (z === -1075 && pl <= z - ph)) return 0;
  return exp2(pl, ph, z);
}

/** What log2 gives: a sum of two. */
const log = { top: 0, rest: 0 };

/** The logarithm to base 2 of what is so near to 1 that a short series does. */
function log2Near(a: number): void {
  const t = a - 1;
  const u = INVERSE_LN2_TOP * t;
  const w = t * INVERSE_LN2_REST - t * t * (0.5 - t * (THIRD - t * 0.25)) * Math.LOG2E;
  log.top = head(u + w);
  log.rest = w - (log.top - u);
}

function log2(a: number): void {
  const small = a < LEAST_NORMAL;
  const normal = small ? a * 2 ** 54 : a;
  const steps = ((highWord(normal) + LOG2_ROUNDED) >>> 20) - 1023;
  const n = small ? steps - 54 : steps;
  const m = shifted(normal, -steps);
  const upper = m >= MIDDLE;
  const p = upper ? 1.5 : 1;
  const dpHigh = upper ? DP_HIGH : 0;
  const i = 1 / (m + p);
  const q = (m - p) * i;
  const qh = head(q);
  // m + p with few bits.
  real[0] = m;
  words[LOW] = 0;
  words[HIGH] = (((words[HIGH] as number) >>> 1) | 0x20000000) + (upper ? 0xc0000 : 0x80000);
  const d = real[0];
  const ql = i * (m - p - qh * d - qh * (m - (d - p)));
  const s = q * q;
  const r = s * s * series(s, LOG2_SERIES) + ql * (qh + q);
  const th = head(3 + qh * qh + r);
  const w = ql * th + (r - (th - 3 - qh * qh)) * q;
  const ph = head(qh * th + w);
  const zl = CP_LOW * ph + (w - (ph - qh * th)) * CP + (upper ? DP_LOW : 0);
  log.top = head(CP_HIGH * ph + zl + dpHigh + n);
  log.rest = zl - (log.top - n - dpHigh - CP_HIGH * ph);
}

/** 2 to the power of z, which is pl + ph. */
function exp2(pl: number, ph: number, z: number): number {
  const n = Math.abs(z) >= 0x100001 * 2 ** -21 ? Math.sign(z) * Math.trunc(Math.abs(z) + 0.5) : 0;
  const t = head(pl + (ph - n));
  const u = (pl - (t - (ph - n))) * Math.LN2 + t * LN2_REST;
  const e = t * LN2_TOP + u;
  const c = e - e * e * series(e * e, EXP_SERIES);
  const w = u - (e - t * LN2_TOP);
  return scaled(1 - ((e * c) / (c - 2) - (w + e * w) - e), n);
}
