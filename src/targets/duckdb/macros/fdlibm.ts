/** The numbers of fdlibm 5.3, of which the macros are made and the embedded engine's own functions. */

/** Of exp: the series of r - r * (exp(r) + 1) / (exp(r) - 1), in r * r. */
export const EXP_SERIES: readonly number[] = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6, 4.1381367970572385e-8,
];
/** Of ln: the odd and the even coefficients, in the fourth power of s. */
export const LN_ODD: readonly number[] = [
  0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586,
];
export const LN_EVEN: readonly number[] = [0.3999999999940942, 0.22222198432149784, 0.15313837699209373];
/** Of the logarithm to base 2, in s * s. */
export const LOG2_SERIES: readonly number[] = [
  0.5999999999999946, 0.4285714285785502, 0.33333332981837743, 0.272728123808534, 0.23066074577556175,
  0.20697501780033842,
];

/** Beyond them exp is Infinity or 0. */
export const EXP_MOST = 709.782712893384;
export const EXP_LEAST = -745.1332191019411;
/** Half of ln 2, as fdlibm compares with it. */
export const EXP_NO_STEP = 0x162e43 * 2 ** -22;
/** One and a half of it. */
export const EXP_ONE_STEP = 0x10a2b2 * 2 ** -20;

/** Ln 2 in two parts, the first of which stays exact when a whole number multiplies it. */
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
/** Ln 2 in two parts, the first of which has few bits. */
export const LN2_TOP = 0.6931471824645996;
export const LN2_REST = -1.904654299957768e-9;
/** 1 / ln 2 in two parts. */
export const INVERSE_LN2_TOP = 1.4426950216293335;
export const INVERSE_LN2_REST = 1.9259629911266175e-8;
/** Log10 of 2 in two parts. */
export const LOG10_2_HIGH = 0.30102999566361177;
export const LOG10_2_LOW = 3.694239077158931e-13;
/** 2 / (3 ln 2), and that in two parts. */
export const CP = 0.9617966939259756;
export const CP_HIGH = 0.9617967009544373;
export const CP_LOW = -7.028461650952758e-9;
/** Log2 of 1.5 in two parts. */
export const DP_HIGH = 0.5849624872207642;
export const DP_LOW = 1.350039202129749e-8;
/** What 2^1024 may be off before it is Infinity. */
export const OVERFLOW = 8.008566259537294e-17;

/** Where the middle of the interval of log2 is 1.5 instead of 1, and where 1 of twice the exponent. */
export const MIDDLE = 0x13988f * 2 ** -20;
/** With so large an exponent the power of all that is not close to 1 is 0 or Infinity. */
export const HUGE_EXPONENT = 0x100001 * 2 ** 11;
export const NEAR_BELOW = 0x1fffff * 2 ** -21;
export const NEAR_ABOVE = 0x100001 * 2 ** -20;
/** Of ln: a short series, and where its halves are put together in another order. */
export const LN_SHORT = 2 ** -20;
export const LN_UPPER = 0x6147a * 2 ** -20;
export const LN_LOWER = 0x16b852 * 2 ** -21 - 1;
/** So many of the upper bits make a mantissa one that is taken as of the next exponent. */
export const LN_ROUNDED = 0x95f64;
export const LOG2_ROUNDED = 0x44986;
