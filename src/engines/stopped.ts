/** What an update is told that its `signal` ended. */

import type { ErrorDetails } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";

export const STOPPED: ErrorDetails = freeze({
  code: "RUN003",
  message: "the update was stopped before all its tables had run",
  help: "run again: what completed is kept, and the update goes on from there",
});
