/** The commands, in the order of help. Each is loaded when it is asked for: what deploys is not for a run. */
import type { Command } from "../command.ts";

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.ts")).init,
  check: async () => (await import("./check.ts")).check,
  plan: async () => (await import("./plan.ts")).plan,
  run: async () => (await import("./run.ts")).run,
  dev: async () => (await import("./dev.ts")).dev,
  preview: async () => (await import("./preview.ts")).preview,
  show: async () => (await import("./show.ts")).show,
  compile: async () => (await import("./compile.ts")).compile,
  deploy: async () => (await import("./deploy.ts")).deploy,
};
