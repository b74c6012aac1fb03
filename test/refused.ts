/** The error with which a pipeline is refused. */
import { MedallionError } from "medallion";

export function refused(run: () => unknown): MedallionError {
  try {
    run();
  } catch (error) {
    if (error instanceof MedallionError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
