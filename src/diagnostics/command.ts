/** The command line, its configuration, and the Databricks workspace. */
import { family } from "./entry.ts";

export const COMMAND = family({
  BUG001: {
    title: "A mistake of ours",
    explanation: "Something failed that no user can cause. Run again with --debug and report the output.",
  },
  CFG001: {
    title: "No config",
    explanation: "The command looks for medallion.config.ts in the working directory, or at --config.",
  },
  CFG002: {
    title: "Not a config",
    explanation: "The config has a key or a value that it cannot have. The message names its place.",
  },
  CFG003: { title: "No such environment", explanation: "--env names an environment of the config." },
  CFG004: {
    title: "No environment on Databricks",
    explanation:
      "The command needs to know which environment to use; only one that has a databricks setting goes there.",
  },
  CLI001: { title: "No such command", explanation: "medallion --help lists the commands." },
  CLI002: {
    title: "A flag with a wrong value",
    explanation: "The flag needs a value of its kind, or is not one of this command.",
  },
  CLI003: {
    title: "A wrong number of arguments",
    explanation: "medallion COMMAND --help shows how the command is used.",
  },
  CLI004: { title: "Flags that do not go together", explanation: "The flag is for another target." },
  DBX001: { title: "No workspace", explanation: "Name the host in the config or in DATABRICKS_HOST." },
  DBX002: {
    title: "No credentials",
    explanation: "Credentials come from the environment or from a profile of ~/.databrickscfg, never from the config.",
  },
  DBX003: { title: "Not the address of a workspace", explanation: "The host is an https address." },
  DBX004: {
    title: "No such profile",
    explanation: "The profile is not in ~/.databrickscfg, or the file cannot be read.",
  },
  DBX005: {
    title: "Credentials with impossible characters",
    explanation: "Blanks, line ends or letters beyond ASCII were copied along with the token.",
  },
  DBX010: {
    title: "Credentials that are not accepted",
    explanation: "The workspace answered 401: the token is wrong, expired or of another workspace.",
  },
  DBX011: {
    title: "A permission is missing",
    explanation: "The workspace answered 403. Ask its admin for the permission that the message names.",
  },
  DBX012: {
    title: "The workspace does not have it",
    explanation: "The workspace answered 404: check the host, the environment and the names in the config.",
  },
  DBX013: {
    title: "Something else is under way",
    explanation: "The workspace answered 409: an update runs already, or something of the name exists.",
  },
  DBX014: { title: "The workspace refused the request", explanation: "The message is the workspace's own." },
  DBX015: { title: "Too many requests", explanation: "The workspace answered 429 several times. Wait a minute." },
  DBX016: { title: "The workspace is in trouble", explanation: "The workspace answered 5xx several times." },
  DBX017: { title: "No answer in time", explanation: "The workspace did not answer within the time limit." },
  DBX018: {
    title: "The workspace cannot be reached",
    explanation: "The network, a proxy or the name of the host is in the way.",
  },
  DBX019: {
    title: "An answer that is not the API's",
    explanation: "Something other than a Databricks workspace answered, or it leads elsewhere.",
  },
  DBX020: {
    title: "Stopped by the caller",
    explanation: "The call was aborted. An update that had started goes on in the workspace.",
  },
  DBX030: { title: "Not deployed", explanation: "The workspace has no pipeline of this name: deploy it first." },
  DBX031: { title: "Several pipelines of one name", explanation: "The name does not identify one pipeline." },
  DBX032: {
    title: "Managed by a bundle",
    explanation: "A Databricks Asset Bundle owns the pipeline: deploy it with the bundle.",
  },
  DBX033: {
    title: "A validation of a selection",
    explanation: "A validation is of the whole pipeline, and refreshes nothing.",
  },
  DBX034: {
    title: "An option of a run that a deployed pipeline has already",
    explanation:
      "Parameters and the base directory are deployed with the pipeline: medallion deploy --param NAME=VALUE.",
  },
  DBX040: {
    title: "A table failed in the workspace",
    explanation: "The message is the workspace's own, mapped to the table and the line that made it.",
  },
  DBX041: {
    title: "A broken rule failed a table in the workspace",
    explanation: "A row breaks an expectOrFail() rule.",
  },
  DBX043: { title: "The update did not end in time", explanation: "It goes on in the workspace." },
  DBX044: {
    title: "Stopped in the workspace",
    explanation: "Somebody stopped the update in the workspace.",
  },
  INIT001: {
    title: "The folder cannot take a project",
    explanation:
      "medallion init writes into a new or empty folder, or into one that holds no more than git init, npm init and npm install leave there. Other files are not touched.",
  },
  LOAD001: {
    title: "No pipeline module",
    explanation: "The path of the pipeline, from the config or --pipeline, names no file.",
  },
  LOAD002: {
    title: "The module exports no pipeline",
    explanation: "The default export of the module is the pipeline.",
  },
  LOAD003: {
    title: "The module cannot be loaded",
    explanation: "The module has a syntax error or an import that is not there.",
  },
  NODE001: {
    title: "A Node that is too old",
    explanation:
      "The package needs Node 22.18 or newer, the command as well as the library: it loads TypeScript modules and reads archives as older versions cannot. A project can bring its own: npm install --save-dev node@24.",
  },
  OUT001: {
    title: "A file cannot be written",
    explanation: "The folder for the output is not there, full, or not writable.",
  },
  OUT002: {
    title: "A file outside of its folder",
    explanation: "The name of a compiled file leads out of the output folder.",
  },
});
