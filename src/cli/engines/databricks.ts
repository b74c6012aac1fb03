/** The door to a Databricks workspace: an update of the deployed pipeline, followed to its end. */
import { ENGINES } from "../../engines/index.ts";
import { connectTo } from "../project/workspace.ts";
import type { Door } from "./door.ts";

export const databricks: Door = {
  refuses: {
    warehouse: "the tables are in the catalog of the environment",
    "base-dir": "paths of sources are those of the workspace",
    param: "a deployed pipeline has its parameters: medallion deploy --param NAME=VALUE",
    "accept-loss": "the workspace rebuilds without asking",
  },
  open: async (project, _, io) => {
    const { client, environment } = await connectTo(project, io);
    return {
      interrupted: (begun) =>
        begun
          ? `Interrupted. The update goes on; look at it or stop it at ${begun.details.create_update.url}`
          : "Interrupted. Nothing was started, or it goes on in the workspace.",
      begun: ({ updateId, details }) => `Update ${updateId} started: ${details.create_update.url}`,
      run: async (request) => {
        const { run } = await ENGINES.databricks();
        const update = await run(project.pipeline, { ...request, client, environment });
        return { update, place: ["Update", update.url] };
      },
    };
  },
};
