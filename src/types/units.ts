/** Units that everybody has, and how many of one another is: no unit has to be one of these. */
import { freeze } from "../core/freeze.ts";

/** Of what is measured, its units in the first of them. */
const SCALES: readonly Readonly<Record<string, number>>[] = freeze([
  { g: 1, ug: 1e-6, µg: 1e-6, mg: 1e-3, kg: 1e3, t: 1e6, lb: 453.59237, oz: 28.349523 },
  { m: 1, mm: 1e-3, cm: 1e-2, km: 1e3, mi: 1609.344, ft: 0.3048 },
  { l: 1, L: 1, ml: 1e-3, mL: 1e-3, cl: 1e-2, hl: 100, m3: 1e3, "m³": 1e3 },
  { Wh: 1, kWh: 1e3, MWh: 1e6, GWh: 1e9, TWh: 1e12, J: 1 / 3600, kJ: 1 / 3.6, MJ: 1 / 0.0036 },
  { W: 1, kW: 1e3, MW: 1e6, GW: 1e9 },
  { s: 1, ms: 1e-3, min: 60, h: 3600 },
  { EUR: 1, ct: 0.01, cent: 0.01, cents: 0.01 },
  { USD: 1, ct: 0.01, cent: 0.01, cents: 0.01 },
  { GBP: 1, p: 0.01, pence: 0.01 },
]);

/** How many of `to` one of `from` is; `undefined` where that is not known. */
export function rateOf(from: string, to: string): number | undefined {
  if (from === to) return 1;
  const scale = SCALES.find((units) => Object.hasOwn(units, from) && Object.hasOwn(units, to));
  const [one, other] = [scale?.[from], scale?.[to]];
  return one === undefined || other === undefined ? undefined : one / other;
}

/** Temperatures, by how they are written: their scales begin at different points. */
const TEMPERATURES: Readonly<Record<string, string>> = freeze({ C: "C", "°C": "C", F: "F", "°F": "F", K: "K" });

/** Whether no rate alone makes one of the other. */
export function beginApart(from: string, to: string): boolean {
  const [one, other] = [TEMPERATURES[from], TEMPERATURES[to]];
  return one !== undefined && other !== undefined && one !== other;
}
