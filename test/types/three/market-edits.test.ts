/** Edits of three pipelines of markets, yards and subscriptions. */
import { billingEdits } from "./billing-edits.ts";
import { testEdits } from "./edited.ts";
import { edits } from "./market-edits.ts";

await testEdits(["grid", "yard", "billing"], edits + billingEdits, 200);
