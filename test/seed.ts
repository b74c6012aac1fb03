/** Properties draw the same cases in every run, so that a failure is one of the change at hand: MEDALLION_SEED draws others. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["MEDALLION_SEED"] ?? 20_261_126) });
