// Compares the public surface with etc/*.api.md; `--update` writes the reports again. Needs a build.
import path from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const update = process.argv.includes("--update");
const root = path.resolve(import.meta.dirname, "..");
const configFile = path.join(root, "api-extractor.json");
let failed = false;

for (const [name, entry] of [
  ["medallion", "index.d.ts"],
  ["medallion-run", "engines/duckdb/index.d.ts"],
  ["medallion-databricks", "engines/databricks/index.d.ts"],
  ["medallion-zod", "zod/index.d.ts"],
  ["medallion-spark", "engines/spark/index.d.ts"],
  ["medallion-targets", "targets/index.d.ts"],
  ["medallion-cli", "cli/index.d.ts"],
  ["medallion-ast", "ast/index.d.ts"],
  ["medallion-config", "config/index.d.ts"],
  ["medallion-plugin", "plugin/index.d.ts"],
]) {
  const configObject = ExtractorConfig.loadFile(configFile);
  configObject.mainEntryPointFilePath = path.join(root, "dist", entry);
  configObject.apiReport.reportFileName = `${name}.api.md`;
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: configFile,
    packageJsonFullPath: path.join(root, "package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  if (result.apiReportChanged && !update) {
    console.error(
      `The public surface of ${name} changed: read the difference between etc/${name}.api.md and temp/${name}.api.md, then run "npm run api:update".`,
    );
    failed = true;
  }
}
if (failed) process.exit(1);
console.log(update ? "API reports written to etc/" : "API reports are up to date");
