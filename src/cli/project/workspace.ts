/** The workspace that a command works on: the environment's, with the credentials of the process. */

import type { DatabricksClient } from "../../engines/databricks/index.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { packageInfo } from "../package-info.ts";
import type { Project } from "./load.ts";

interface Connected {
  readonly client: DatabricksClient;
  readonly environment: DatabricksEnvironment;
  readonly environmentName: string;
}

export async function connectTo(project: Project, io: Io): Promise<Connected> {
  const { environment, environmentName } = environmentOf(project);
  // Here and not at the top: most commands need no network.
  const { connect } = await import("../../engines/databricks/index.ts");
  const { host, profile } = environment;
  const client = connect({
    ...(host !== undefined && { host }),
    ...(profile !== undefined && { profile }),
    env: io.env,
    userAgent: `medallion/${packageInfo().version}`,
  });
  return { client, environment, environmentName };
}

/** Without `--env` only what the config says for all: nobody deploys to production by leaving out a flag. */
function environmentOf({
  databricks,
  params,
  environment,
  databricksEnvironments,
}: Project): Omit<Connected, "client"> {
  if (databricks) return { environment: { ...databricks, params }, environmentName: environment ?? "default" };
  const names = Object.keys(databricksEnvironments);
  if (environment === undefined && names.length === 0) {
    return { environment: { params }, environmentName: "default" };
  }
  const what =
    environment === undefined ? "the environment is not named" : `environment "${environment}" is not on Databricks`;
  throw new UsageError({
    code: "CFG004",
    message: what,
    help:
      names.length > 0
        ? `name one that is: --env ${names.join(", --env ")}`
        : `give it a databricks setting in the config: ${environment}: { databricks: { host, catalog } }`,
  });
}
