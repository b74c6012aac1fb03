/** The process around `main()`: signals, pipes and the exit code. */
import { workingDirectory } from "../core/host.ts";
import { hasCode } from "../core/thrown.ts";
import { main, report } from "./app.ts";
import { EXIT, UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

let interrupted = { says: "Interrupted.", code: EXIT.interrupted as number };

// Not Node's own way to end: the shell must see 130, and the user what became of the data.
process.once("SIGINT", () => {
  process.stderr.write(`\n${interrupted.says}\n`);
  endAtOnce(interrupted.code);
});

/**
 * `process.exit` waits for the engine's threads, which end with their statement: half a minute for a big join. Another
 * program instead of this one ends them all now, as a kill does, and a killed update leaves the last good state.
 */
function endAtOnce(code: number): never {
  process.emit("exit", code);
  // Not on Windows, and only in newer versions of Node.
  if (typeof process.execve === "function") process.execve("/bin/sh", ["sh", "-c", `exit ${code}`], {});
  process.exit(code);
}

// `medallion show | head` closes the pipe: not an error of ours.
process.stdout.on("error", (error) => {
  if (!hasCode(error, "EPIPE")) throw error;
  process.exit(EXIT.ok);
});

// The folder of a shell may be gone.
const cwd = workingDirectory();
const { stdout, stderr } = process;
const answer = stdout.write.bind(stdout);
// stdout is the command's own: what the modules of a project print does not stand in its document.
stdout.write = stderr.write.bind(stderr);

const io: Io = {
  stdout: {
    write: (text) => answer(text),
    get isTTY() {
      return stdout.isTTY;
    },
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
  },
  stderr: process.stderr,
  env: process.env,
  cwd: cwd ?? "/",
  onInterrupt: (says, code = EXIT.interrupted) => {
    const before = interrupted;
    interrupted = { says, code };
    return () => {
      interrupted = before;
    };
  },
};

const argv = process.argv.slice(2);
process.exitCode =
  cwd === undefined
    ? report(
        new UsageError({ code: "CFG001", message: "this folder is gone", help: "go to one that is there" }),
        argv,
        io,
      )
    : await main(argv, io);
