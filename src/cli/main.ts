#!/usr/bin/env node
/** The `medallion` command. It imports nothing before it knows that this Node can load the rest. */

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  // What V8 made of the modules is kept for the next start. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await import("./process.ts");
} else {
  const code = "NODE001";
  process.stderr.write(
    `error ${code}: medallion needs Node 22.18 or newer, and this is Node ${process.versions.node}\n` +
      "  help: install Node 24, or add it to the project: npm install --save-dev node@24, then npx medallion\n",
  );
  process.exitCode = 2;
}
