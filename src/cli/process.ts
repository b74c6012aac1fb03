/** The process around `main()`: signals, pipes and the exit code. */
import { hasCode } from "../core/thrown.ts";
import { main } from "./app.ts";
import { EXIT } from "./errors.ts";
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
  cwd: process.cwd(),
  onInterrupt: (says, code = EXIT.interrupted) => {
    const before = interrupted;
    interrupted = { says, code };
    return () => {
      interrupted = before;
    };
  },
};

process.exitCode = await main(process.argv.slice(2), io);
