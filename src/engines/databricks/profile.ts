/** Profiles of `~/.databrickscfg`, the file that the Databricks CLI keeps. */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Env } from "../../core/env.ts";
import { messageOf } from "../../core/thrown.ts";
import { databricksError } from "./errors.ts";

/**
 * The settings of one profile.
 * @see https://docs.databricks.com/aws/en/dev-tools/auth/config-profiles
 * @throws DatabricksError `DBX004` where the file or the profile is not there.
 */
export function readProfile(name: string, env: Env): Readonly<Record<string, string>> {
  const file = env["DATABRICKS_CONFIG_FILE"] ?? path.join(env["HOME"] ?? homedir(), ".databrickscfg");
  const sections = sectionsOf(textOf(file, name));
  const found = sections.get(name);
  if (found) return found;
  throw databricksError({
    code: "DBX004",
    message: `${file} has no profile "${name}"`,
    help: `the profiles are: ${[...sections.keys()].join(", ") || "none"}`,
  });
}

function textOf(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw databricksError({
      code: "DBX004",
      message: `${file}, where the profile "${name}" should be, cannot be read: ${messageOf(error)}`,
      help: "databricks configure makes it; or set DATABRICKS_HOST and DATABRICKS_TOKEN instead of a profile",
    });
  }
}

function sectionsOf(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[(.+)\]\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      current = {};
      sections.set(section.trim(), current);
    }
    const [, key, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current[key] = value;
  }
  return sections;
}
