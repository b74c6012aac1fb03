/** Loads the modules of the user's project: TypeScript as Node reads it, and by tsx what Node does not. */
import { createRequire, type ResolveFnOutput, type ResolveHookSync, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { codeOf, messageOf } from "../../core/thrown.ts";

/** The folder of this package's code: its modules are there once, whatever is loaded again. */
const OWN = new URL("../../", import.meta.url).href;
const { cache: commonJs } = createRequire(import.meta.url);

/** Grows when the modules are to be loaded again: Node remembers a module, and that it failed, by its URL. */
let version = 0;
let usesTsx = false;
let hooked = false;
const files = new Set<string>();

/** The files of the project's own modules that were asked for since the process began. */
export const moduleFiles: ReadonlySet<string> = files;

/** Has the next import load the project's modules again. */
export function forgetModules(): void {
  version += 1;
  for (const file of files) delete commonJs[file];
}

/**
 * Imports a module of the project. Node strips types itself, which costs a fraction of tsx; what it does not do (enums,
 * paths of tsconfig, imports without an extension, types that are imported as values) is tsx's.
 */
export async function importModule(file: string): Promise<unknown> {
  watchImports();
  files.add(file);
  if (!usesTsx && process.features.typescript) {
    try {
      return await quietly(() => load(file));
    } catch (error) {
      if (!isAboutLoading(error)) throw error;
    }
    forgetModules();
  }
  await registerTsx();
  return load(file);
}

const load = (file: string): Promise<unknown> => import(/* @vite-ignore */ versioned(pathToFileURL(file).href));

const versioned = (url: string): string => (version === 0 ? url : `${url}?medallion=${version}`);

function watchImports(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      const found = nextOrMissing(specifier, context, next);
      const url = found.url.replace(/\?medallion=\d+$/, "");
      if (!isOfProject(url)) return found;
      files.add(fileURLToPath(url));
      return found.format === "commonjs" ? found : { ...found, url: versioned(url) };
    },
  });
}

/** A file that is not there yet is one of the project's as well. */
function nextOrMissing(...[specifier, context, next]: Parameters<ResolveHookSync>): ResolveFnOutput {
  try {
    return next(specifier, context);
  } catch (error) {
    if (specifier.startsWith(".") && context.parentURL !== undefined) {
      const url = new URL(specifier, context.parentURL).href;
      if (isOfProject(url)) files.add(fileURLToPath(url));
    }
    throw error;
  }
}

const isOfProject = (url: string): boolean =>
  /^file:[^?#]*$/.test(url) && !url.includes("/node_modules/") && !url.startsWith(OWN);

/** Whether the module could not be read or linked: nothing of it has run yet, or only what tsx would give it is missing. */
function isAboutLoading(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  if (error instanceof SyntaxError || code === "MODULE_NOT_FOUND") return true;
  return code.startsWith("ERR_") || /is not defined in ES module scope/.test(messageOf(error));
}

/** Both, as tsx itself does: a folder of CommonJS is another loader's. */
async function registerTsx(): Promise<void> {
  if (usesTsx) return;
  usesTsx = true;
  const [cjs, esm] = await Promise.all([import("tsx/cjs/api"), import("tsx/esm/api")]);
  cjs.register();
  esm.register();
}

/** Node warns of what it does for TypeScript, which is nothing to the user. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: never[]) => {
    if (!/Type Stripping|Module type of file/.test(String(warning))) emitWarning.call(process, warning, ...rest);
  };
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
