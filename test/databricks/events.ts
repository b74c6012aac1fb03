/** Events as the log of a pipeline holds them. */
import type { Values } from "./store.ts";

const BEGAN = Date.UTC(2025, 0, 1);
let count = 0;

interface Rest {
  readonly level?: string;
  readonly message?: string;
  readonly details?: Values;
  readonly error?: Values;
  readonly origin?: Values;
}

/** An event some seconds after the update began. */
export function event(seconds: number, type: string, rest: Rest = {}): Values {
  const { level = "INFO", message = type, ...others } = rest;
  return {
    id: `e-${++count}`,
    timestamp: new Date(BEGAN + seconds * 1000).toISOString(),
    event_type: type,
    level,
    message,
    maturity_level: "STABLE",
    sequence: { data_plane_id: { instance: "i", seq_no: count } },
    ...others,
  };
}

export function flow(seconds: number, dataset: string, status: string, progress: Values = {}, rest: Rest = {}): Values {
  return event(seconds, "flow_progress", {
    message: `Flow '${dataset}' is ${status}.`,
    origin: { dataset_name: dataset, flow_name: dataset },
    details: { flow_progress: { status, ...progress } },
    ...rest,
  });
}

export function update(seconds: number, state: string, rest: Rest = {}): Values {
  return event(seconds, "update_progress", {
    message: `Update is ${state}.`,
    details: { update_progress: { state } },
    ...rest,
  });
}

export const failure = (...messages: readonly string[]): Values => ({
  fatal: true,
  exceptions: messages.map((message) => ({ class_name: "org.apache.spark.SparkException", message, stack: [] })),
});
