/** `spark-pipelines` as a child process, line by line, which never outlives this one. */

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { hasCode } from "../../core/thrown.ts";
import { failure } from "../../diagnostics/mistake.ts";
import type { Spark } from "./find.ts";
import type { SparkFolders } from "./options.ts";

/** What happens to a run from outside. */
interface Watch extends SparkFolders {
  /** Each line of its output. */
  readonly onLine: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
}

/** Signals that end this process. Those of a terminal do not reach a process group of its own. */
const ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs it to its end and gives its exit code. */
export function runProcess({ command, env }: Spark, args: readonly string[], watch: Watch): Promise<number> {
  const { project, log, onLine, signal } = watch;
  // A process group of its own: what is started is a shell that starts Java that starts Python.
  const child = spawn(command, args, {
    cwd: project,
    env: { ...env, PYTHONUNBUFFERED: "1" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => endGroup(child);
  process.once("exit", kill);
  // A listener keeps a signal from ending this process, which nobody asked for.
  const killed = (ended: NodeJS.Signals) => {
    kill();
    if (process.listenerCount(ended) === 0) process.kill(process.pid, ended);
  };
  for (const name of ENDS) process.once(name, killed);
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      file.write(`${line}\n`);
      onLine(line);
    });
  }
  return new Promise<number>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(
        failure({
          code: "SPARK001",
          message: `${command} cannot be run: ${cause.message}`,
          help: "check that it may be executed",
          cause,
        }),
      ),
    );
    child.once("close", (code) => file.end(() => resolve(code ?? 1)));
  }).finally(() => {
    process.removeListener("exit", kill);
    for (const name of ENDS) process.removeListener(name, killed);
    signal?.removeEventListener("abort", kill);
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has ended already.
    if (!hasCode(error, "ESRCH")) throw error;
  }
}
