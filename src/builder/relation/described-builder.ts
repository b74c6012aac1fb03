/** The run-time side of the settings: relations and change events have the methods that the settings' files give. */

import type { ChangesNode, RelationNode, SnapshotsNode } from "../../ast/relation.ts";
import { countArguments, miscounted } from "../../core/arity.ts";
import { markAsOurs, refuseOtherCopy } from "../../core/copies.ts";
import { describe, isRecord } from "../../core/describe.ts";
import { freeze } from "../../core/freeze.ts";
import { callerLocation, NEXT } from "../../core/location.ts";
import type { Nothing } from "../../core/total.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import type { Place } from "../../nodes/exprs.ts";
import { extension } from "../../settings/plugin-settings.ts";
import { type Callback, forItsSetting, type OtherRelation, type Setting, type Taking } from "../../settings/setting.ts";
import {
  NO_SETTINGS,
  type QueryMethods,
  SETTING_LIST,
  type SETTINGS,
  type TableMethods,
  type TableSettings,
} from "../../settings/settings.ts";
import { answer, called, checkCallback } from "../expr/callback.ts";
import { predicate } from "../expr/expression.ts";
import { SPREAD } from "../expr/no-value.ts";
import { columnRecord, unknownColumn } from "../expr/record.ts";
import type { Relation } from "../typed/relation.ts";
import { namesOf } from "./arguments.ts";
import { OWN_TABLE, refuseLoss } from "./loss.ts";

/** What a further argument may have meant. */
const ACTION = "the action is in the name: expect, expectOrDrop, expectOrFail, expectOrQuarantine";
const HELP: Readonly<Record<string, string>> = {
  expect: ACTION,
  key: "several columns are a list: key((c) => [c.day, c.shop])",
};

/** What was set since the last step, by the settings: what a table inherits, or a preset gives, is replaced by its own. */
const GIVEN = new WeakMap<TableSettings, ReadonlySet<string>>();

const NONE: ReadonlySet<string> = new Set();

/** What the table itself was given and would lose is refused. */
function refuseTwice(settings: TableSettings, name: string, method: string, isLost: boolean, at: Place): void {
  if (!isLost || !GIVEN.get(settings)?.has(name)) return;
  throw mistake(at, {
    code: "SET007",
    message: `${method} was given already, and the first would be lost`,
    help: "leave one out; columns of one key are a list: key((c) => [c.id, c.line])",
  });
}

/** Whether a value of before is not a part of what is set now. */
function loses(was: unknown, is: unknown): boolean {
  if (Array.isArray(was) && Array.isArray(is)) return was.some((one) => !is.includes(one));
  if (isRecord(was) && isRecord(is)) return Object.entries(was).some(([name, value]) => is[name] !== value);
  return was !== is;
}

export abstract class DescribedBuilder {
  readonly [SPREAD]: unknown = "table";

  abstract toNode(): RelationNode | ChangesNode | SnapshotsNode;
  abstract toSettings(): TableSettings;
  /** The same with other settings. */
  protected abstract withSettings(settings: TableSettings): this;

  set(setting: unknown, value: unknown): this {
    const settings = this.toSettings();
    const at = callerLocation();
    const [name, added] = extension(setting, value, at);
    const extensions = freeze({ ...settings.extensions, [name]: added });
    refuseTwice(settings, name, `set(${name}, …)`, loses(settings.extensions[name]?.value, added.value), at);
    return this.#given(freeze({ ...settings, extensions }), name);
  }

  with<T>(apply: (table: this) => T): T {
    const at = callerLocation();
    checkCallback(apply, "with()", at);
    const made = called(apply, [this], "with()", at);
    // Its own settings replace those of a preset.
    if (made instanceof DescribedBuilder && made.toSettings() !== NO_SETTINGS)
      GIVEN.set(made.toSettings(), GIVEN.get(this.toSettings()) ?? NONE);
    return made;
  }

  /** The same with settings of which one was given just now. */
  #given(settings: TableSettings, name: string): this {
    GIVEN.set(settings, new Set([...(GIVEN.get(this.toSettings()) ?? NONE), name]));
    return this.withSettings(settings);
  }

  #taking(name: string, now: unknown, at: Place): Taking<never> {
    const { columns } = this.toNode();
    const known = columns.map((c) => c.name);
    const ask = <T>(callback: Callback, read: (value: unknown) => T): T =>
      answer(callback, { what: `${name}()`, at, records: [columnRecord(columns, 0, at)] }, read);
    return {
      now: forItsSetting(now),
      at,
      column: (column) => {
        if (known.includes(column)) return column;
        throw unknownColumn(column, known, at);
      },
      names: (given, least) => ask(given, (value) => namesOf(value, `${name}()`, at, least)),
      condition: (rule) => ask(rule, (value) => predicate(value, at)),
      relation: (given, what) => inputOf(given, what, at),
    };
  }

  /** Gives a class the methods of the settings that its tables may have. */
  static install(prototype: DescribedBuilder, of: Setting<unknown>["of"]): void {
    for (const [name, setting] of SETTING_LIST) {
      if (setting.of !== of) continue;
      for (const [method, make] of Object.entries(setting.methods)) {
        const value = function (this: DescribedBuilder, ...given: readonly unknown[]): DescribedBuilder {
          const settings = this.toSettings();
          const at = callerLocation(NEXT);
          const most = Math.max(make.length - 1, 0);
          if (given.length > most) throw miscounted(method, most, given.length, at, HELP[method]);
          const taking = this.#taking(method, settings[name], at);
          const made = freeze({ ...settings, [name]: make(taking, ...given.map(forItsSetting)) });
          refuseTwice(settings, name, `${method}()`, loses(settings[name], made[name]), at);
          return this.#given(made, name);
        };
        Object.defineProperty(prototype, method, { value, enumerable: false });
      }
    }
  }
}

countArguments(DescribedBuilder.prototype, { fewer: "all" });
markAsOurs(DescribedBuilder.prototype, "a table");
DescribedBuilder.install(DescribedBuilder.prototype, "tables");

/** A relation that another one reads: what was set for a table of it would be lost. */
export function inputOf(value: unknown, what: string, at: Place): OtherRelation {
  const node = value instanceof DescribedBuilder ? value.toNode() : undefined;
  if (value instanceof DescribedBuilder && node && node.kind !== "changes" && node.kind !== "snapshots") {
    const settings = value.toSettings();
    refuseLoss(settings, what, { help: OWN_TABLE, at });
    return { node, key: settings.key };
  }
  refuseOtherCopy(value, at);
  throw mistake(at, { ...say("REL001"), message: `${say("REL001").message}, not ${describe(value)}` });
}

type MethodsOf<Of> = {
  [N in keyof typeof SETTINGS]: (typeof SETTINGS)[N]["of"] extends Of ? keyof (typeof SETTINGS)[N]["methods"] : never;
}[keyof typeof SETTINGS];

/** What the builders have themselves. */
type OwnMethod = "set" | "with";

type Typed = keyof QueryMethods<unknown, "streaming", unknown, unknown, unknown>;

/** A method of a setting without a typed signature is an error here by its name, and the other way round. */
export type Untyped = Nothing<
  | Exclude<MethodsOf<"tables">, keyof TableMethods<unknown, unknown>>
  | Exclude<keyof TableMethods<unknown, unknown>, MethodsOf<"tables"> | OwnMethod>
  | Exclude<MethodsOf<"queries">, keyof Relation<unknown>>
  | Exclude<Typed, MethodsOf<"tables" | "queries"> | OwnMethod>
>;
