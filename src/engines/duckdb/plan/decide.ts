/** What is to be done with each table: a pure function of what it was, what it is to be, and what is still there. */

import { tableQueries } from "../../../ast/inputs.ts";
import { fullName } from "../../../ast/pipeline.ts";
import { isFileSource, type SourceNode } from "../../../ast/relation.ts";
import { fileFormatOf } from "../../../formats/format.ts";
import { type Definition, readsFiles } from "../../../settings/definition.ts";
import type { PlanAction, TablePlan } from "../../plan.ts";
import { readOf, type TableState } from "../state/state.ts";
import { changedSettings, compare, type Difference } from "./compare.ts";
import { coverage } from "./coverage.ts";
import { damageOf } from "./damage.ts";
import type { Damage, DecideOptions, Decision, Loss, TableFacts } from "./decision.ts";
import { lossOf } from "./loss.ts";

type Inputs = ReadonlyMap<string, Decision>;

/** The decisions for all tables, which come in the order in which they are made. */
export function decideAll(all: readonly TableFacts[], options: DecideOptions): readonly Decision[] {
  const decisions = new Map<string, Decision>();
  for (const facts of all) decisions.set(facts.node.name, decide(facts, decisions, options));
  refuseForReaders(all, decisions);
  return excludeReaders(all, decisions);
}

/** What is to be found out of a table's files only where its rows may have to be read again. */
export function isSuspect(facts: TableFacts, fullRefresh: boolean): boolean {
  const { state, definition } = facts;
  if (!state) return false;
  return fullRefresh || damageOf(facts) !== undefined || differs(compare(state.definition, definition));
}

/** Whether a history goes on as it is: then nobody asks whether it could be made again, which reads all of its versions. */
export function goesOn(facts: TableFacts, fullRefresh: boolean): boolean {
  const { state, definition } = facts;
  if (!state || fullRefresh || facts.mode !== "snapshots" || damageOf(facts)) return false;
  return inPlace(facts, state, compare(state.definition, definition), new Map()) !== undefined;
}

const differs = ({ words, pathsChanged }: Difference) => words.length > 0 || pathsChanged;

function decide(facts: TableFacts, inputs: Inputs, options: DecideOptions): Decision {
  const { state, definition, settings, mode, left, arrivals } = facts;
  const accepted = options.accepts(facts.node);
  if (!state) return decision(facts, "create", { accepted, why: ["it is not in the warehouse yet"] });
  const refresh = options.fullRefresh(facts.node);
  const difference = compare(state.definition, definition);
  const damage = damageOf(facts);
  const restarted = facts.follows.filter((name) => startsOver(name, facts, inputs));
  const why = [
    ...(damage ? [damage.words] : []),
    ...(refresh ? ["fullRefresh is asked for"] : []),
    ...difference.words,
    ...(mode === "changes" ? otherSecrets(facts, state).map((name) => `its secret ${name} has another value`) : []),
    ...restarted.map((name) => `${name}, which it reads, is rebuilt`),
  ];
  const how = damage || refresh || restarted.length > 0 ? undefined : inPlace(facts, state, difference, inputs);
  const said = changedSettings(state.settings, settings);
  if (how && (left.length === 0 || accepted)) {
    const fed = feeds(facts, inputs);
    const action = how.action === "none" && said.length > 0 ? "settings" : how.action;
    const describes = action !== "none" || differs(difference) || state.baseDir !== facts.baseDir;
    const kept: Kept = { difference, describes, fed: fed.length > 0 };
    const { refused = [], loses = [] } = arrivals ?? {};
    if (refused.length > 0 && !(loses.length > 0 && accepted))
      return decision(facts, "refuse", { accepted, why: [...renameWords(facts, true), ...refused], loses, kept });
    const reasons = [...renameWords(facts, how.action !== "recompute"), ...why, ...how.why, ...said, ...fed];
    return decision(facts, shownAction(action, facts, kept), { accepted, why: reasons, kept });
  }
  const loses = [...(how ? [] : lossOf(facts, state, damage, !damage && hasSnapshots(facts, inputs))), ...left];
  const unclear = damage?.refused === true && !refresh;
  const refused = (loses.length > 0 || unclear) && !accepted;
  const again: PlanAction = mode === "recompute" ? "recompute" : "rebuild";
  const reasons = [...renameWords(facts, refused), ...why, ...said];
  return decision(facts, refused ? "refuse" : again, { accepted, why: reasons, loses, damage });
}

function renameWords({ renamedFrom }: TableFacts, rowsKept: boolean): readonly string[] {
  return renamedFrom === undefined ? [] : [`it was ${renamedFrom}${rowsKept ? ": its rows are kept" : ""}`];
}

/** Whether the snapshots of a history are in tables that keep their rows, or read them again without a loss. */
function hasSnapshots({ heldBy = [] }: TableFacts, inputs: Inputs): boolean {
  const whole = (input: Decision | undefined) =>
    input !== undefined && (input.keeps || (input.action === "rebuild" && input.loses.length === 0));
  return heldBy.length > 0 && heldBy.every((name) => whole(inputs.get(name)));
}

/** What is to be done of a table whose rows stay: also where nothing of it has changed and its inputs or files have. */
function shownAction(action: PlanAction, { renamedFrom, arrivals }: TableFacts, { fed }: Kept): PlanAction {
  if ((action === "none" || action === "settings") && renamedFrom !== undefined) return "rename";
  if (action !== "none") return action;
  return fed || (arrivals?.why.length ?? 0) > 0 ? "update" : "none";
}

interface InPlace {
  readonly action: PlanAction;
  readonly why: readonly string[];
}

/** How the rows that are there can stay; `undefined` where they cannot. */
function inPlace(facts: TableFacts, state: TableState, difference: Difference, inputs: Inputs): InPlace | undefined {
  const { mode } = facts;
  const { columns, addedStreams, removedStreams, modeChanged, rulesChanged } = difference;
  if (modeChanged) return undefined;
  if (columns.widened.length > 0 && !widens(facts, state)) return undefined;
  if (mode === "recompute") return recomputes(facts, difference, inputs);
  if (mode === "snapshots") return keepsHistory(facts, difference, inputs);
  if (rulesChanged || (mode === "changes" && otherSecrets(facts, state).length > 0)) return undefined;
  const onlyAdds =
    columns.removed.length + columns.retyped.length + columns.renulled.length === 0 && !columns.reordered;
  if (!onlyAdds || columns.added.some((c) => !c.nullable)) return undefined;
  if (columns.added.length > 0 && !addsNulls(facts, inputs)) return undefined;
  if (readsFiles(mode)) {
    // Streams that gained a column and changed in other ways too are other streams.
    if (columns.added.length + columns.widened.length > 0 && addedStreams.length > 0) return undefined;
    if (!samePlaces(facts, state, difference)) return undefined;
  } else if (removedStreams > 0 || (addedStreams.length > 0 && takenOtherwise(facts, state))) return undefined;
  const action =
    columns.added.length > 0
      ? "addColumn"
      : addedStreams.length > 0
        ? "addFlow"
        : difference.pathsChanged || columns.widened.length > 0
          ? "settings"
          : "none";
  return { action, why: [] };
}

/** Events are applied again when others of their key come, which needs the secret that they were read under. */
function otherSecrets({ secrets, values }: TableFacts, { params }: TableState): readonly string[] {
  const last = params.at(-1)?.values ?? {};
  return secrets.filter((name) => last[name] !== values[name]);
}

/** Whether events were taken under other values of parameters, which a flow that is added must not read its own by. */
function takenOtherwise({ mode, values }: TableFacts, { params }: TableState): boolean {
  return mode === "changes" && params.some((epoch) => JSON.stringify(epoch.values) !== JSON.stringify(values));
}

/** Every file that is known is read by the same streams as before. */
function samePlaces({ definition, files, baseDir }: TableFacts, state: TableState, difference: Difference): boolean {
  if (!differs(difference)) return true;
  if (!files) return false;
  const { added, widened } = difference.columns;
  // Streams that only gained columns or wider ones are the same streams: those are compared by their places.
  const [before, after] =
    added.length + widened.length > 0 ? [bare(state.definition), bare(definition)] : [state.definition, definition];
  const [then, now] = [coverage(before.streams, baseDir), coverage(after.streams, baseDir)];
  return files.rows.every(({ path }) => then(path) === now(path));
}

const bare = ({ streams, ...definition }: Definition): Definition => ({
  ...definition,
  streams: streams.map(({ once, path }) => ({ once, query: null, ...(path !== undefined && { path }) })),
});

/**
 * Whether a wider type leaves the values that are there as a rebuild would read them. A value that the narrower type
 * could not hold is read by a rebuild alone, where its file is still there.
 */
function widens(facts: TableFacts, state: TableState): boolean {
  if (!readsFiles(facts.mode)) return facts.mode === "snapshots" || facts.mode === "recompute";
  return facts.files !== undefined && (!facts.files.leftovers || lossOf(facts, state, undefined).length > 0);
}

/** Whether an added column is null in every row that is there, as it would be in a rebuilt table. */
function addsNulls({ node, mode, files, follows }: TableFacts, inputs: Inputs): boolean {
  const sources = tableQueries(node).filter(isFileSource);
  if (readsFiles(mode)) return files !== undefined && !files.leftovers && sources.every(namesColumns);
  return mode === "append" && follows.every((name) => inputs.get(name)?.keeps === true);
}

/** Where values go by their position, one more column makes every record too short. */
function namesColumns(source: SourceNode): boolean {
  return fileFormatOf(source).traits(source).byPosition !== true;
}

/** Whether it reads a table of another owner: nobody tells when that changes. */
const isExternal = ({ node, mode }: TableFacts) =>
  mode === "recompute" && node.kind === "query" && node.query.kind === "source";

/** Why the rows of the same query would be others although its inputs are the same. */
function whyOthers(facts: TableFacts): readonly string[] {
  const { state, values, clock } = facts;
  const taken = state?.params.at(-1)?.values ?? {};
  return [
    ...(JSON.stringify(taken) === JSON.stringify(values) ? [] : ["its parameters have other values"]),
    ...(clock === "moved" ? ["it uses the current time"] : []),
    ...(isExternal(facts) ? ["it reads a table of another owner, of which nobody tells whether it has changed"] : []),
  ];
}

/** Whether a query is to be run although its inputs are the same. */
const isDue = (facts: TableFacts, difference: Difference | undefined): boolean =>
  (difference?.words.length ?? 0) > 0 || whyOthers(facts).length > 0;

function recomputes(facts: TableFacts, difference: Difference, inputs: Inputs): InPlace {
  const fed = feeds(facts, inputs).length > 0 && facts.refresh()?.issues.length !== 0;
  return { action: fed || isDue(facts, difference) ? "recompute" : "none", why: whyOthers(facts) };
}

/** A history of snapshots goes on with other snapshots; what it has stored cannot be made again. */
function keepsHistory(facts: TableFacts, difference: Difference, inputs: Inputs): InPlace | undefined {
  if (facts.node.kind === "scd1") return recomputes(facts, difference, inputs);
  const { columns, changesParts } = difference;
  const reshaped = columns.removed.length + columns.retyped.length > 0 || columns.added.some((c) => !c.nullable);
  const narrowed = columns.renulled.some((c) => !c.nullable);
  if (reshaped || narrowed || changesParts.includes("keys") || difference.rulesChanged) return undefined;
  const kept = difference.words.length > 0 ? ["its history is kept, and goes on from the next snapshot"] : [];
  return {
    action: columns.added.length > 0 ? "addColumn" : difference.words.length > 0 ? "settings" : "none",
    why: kept,
  };
}

/** Inputs whose rows will be others, as far as that is known before the update, or are others than those that were read. */
function feeds({ mode, follows, inputs: all, read }: TableFacts, inputs: Inputs): readonly string[] {
  const watched = mode === "append" || mode === "changes" ? follows : all;
  return watched.flatMap((name) => {
    const now = inputs.get(name);
    const then = readOf(read, { input: name });
    if (now?.changes === true) return [`${name} changes`];
    if (!now || (then?.generation === now.generation && then?.version === now.version)) return [];
    return [then ? `${name} has changed since it was read` : `${name} was not read yet`];
  });
}

/** Whether an input is rebuilt in this update, or was since it was read. */
function startsOver(name: string, { read }: TableFacts, inputs: Inputs): boolean {
  const input = inputs.get(name);
  const then = readOf(read, { input: name });
  if (!input || input.action === "refuse") return false;
  // A flow that was added has read nothing yet.
  if (!then) return false;
  return !input.keeps || (input.generation !== undefined && input.generation !== then.generation);
}

const columnsDiffer = ({ columns }: Difference): boolean =>
  [columns.added, columns.widened, columns.retyped, columns.renulled].some((some) => some.length > 0) ||
  columns.reordered;

/** What is known of a table whose rows stay. */
interface Kept {
  readonly difference: Difference;
  readonly describes: boolean;
  /** Whether its inputs have other rows. */
  readonly fed: boolean;
}

/** What an action rests on. */
interface Grounds extends Pick<Decision, "accepted" | "why"> {
  readonly loses?: readonly Loss[];
  readonly damage?: Damage | undefined;
  /** Absent: the rows that are there do not stay. */
  readonly kept?: Kept;
}

function decision(facts: TableFacts, action: PlanAction, grounds: Grounds): Decision {
  const { node, state, arrivals } = facts;
  const { accepted, why, loses = [], damage, kept } = grounds;
  const { difference, describes = false, fed = false } = kept ?? {};
  const refresh = fed ? facts.refresh() : undefined;
  // A table that is rebuilt reads all of its files.
  const arrive = action === "create" || (kept && action !== "refuse") ? (arrivals?.why ?? []) : [];
  return {
    table: node.name,
    layer: node.layer,
    baseDir: facts.baseDir,
    action,
    why: [...why, ...arrive],
    loses,
    accepted,
    ...(action === "refuse" && (loses.length > 0 || damage) && { accept: fullName(node) }),
    ...costOf(facts, action, kept !== undefined),
    keeps: kept !== undefined || action === "refuse",
    addedStreams: difference?.addedStreams ?? [],
    addedColumns: difference?.columns.added.map((c) => c.name) ?? [],
    reshapes: difference !== undefined && columnsDiffer(difference),
    due: isDue(facts, difference),
    describes,
    damage,
    ...(refresh && { refresh }),
    changes: action !== "refuse" && (!KEEPS_ROWS.has(action) || arrive.length > 0 || fed),
    ...(state && { generation: state.generation, version: state.version }),
  };
}

/** Actions that leave the rows of a table as they are where it has nothing to read. */
const KEEPS_ROWS: ReadonlySet<PlanAction> = new Set(["none", "settings", "rename"]);

function costOf({ mode, files, arrivals }: TableFacts, action: PlanAction, keeps: boolean): Pick<TablePlan, "files"> {
  if (!readsFiles(mode) || action === "refuse") return {};
  const count = keeps ? arrivals?.files : (files?.listed.size ?? arrivals?.files);
  return count === undefined ? {} : { files: count };
}

/** A table is not rebuilt where a reader would have to start over and lose what it cannot make again. */
function refuseForReaders(all: readonly TableFacts[], decisions: Map<string, Decision>): void {
  for (const { node, follows } of all.toReversed()) {
    const reader = decisions.get(node.name);
    if (reader?.action !== "refuse") continue;
    for (const name of follows) {
      const input = decisions.get(name);
      if (!input || input.keeps || input.action === "create") continue;
      decisions.set(name, {
        ...input,
        action: "refuse",
        keeps: true,
        changes: false,
        loses: reader.loses.map((lost) => ({ ...lost, words: `${fullName(node)}, which reads it: ${lost.words}` })),
        accept: fullName(node),
      });
    }
  }
}

/** What reads a refused table is not updated either. */
function excludeReaders(all: readonly TableFacts[], decisions: Map<string, Decision>): readonly Decision[] {
  for (const facts of all) {
    const { node, inputs } = facts;
    const own = decisions.get(node.name);
    const blocked = inputs.filter((name) => isBlocked(decisions.get(name)));
    if (!own || isBlocked(own) || blocked.length === 0) continue;
    const { files: _files, ...rest } = own;
    const why = [...renameWords(facts, true), ...blocked.map((name) => `${name}, which it reads, is not updated`)];
    decisions.set(node.name, { ...rest, action: "exclude", why, loses: [], changes: false });
  }
  return all.flatMap(({ node }) => decisions.get(node.name) ?? []);
}

const isBlocked = (decision: Decision | undefined): boolean =>
  decision?.action === "refuse" || decision?.action === "exclude";
