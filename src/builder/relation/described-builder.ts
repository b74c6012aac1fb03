/** The run-time side of `Described`: the settings that relations and change events share. */

import type { ColumnFacts } from "../../ast/relation.ts";
import type { MaskNode, TableSettings } from "../../ast/settings.ts";
import { callerLocation } from "../../core/location.ts";
import { checkText, checkWords } from "../../core/text.ts";
import { columnRecord, unknownColumn } from "../expr/record.ts";
import { type Callback, namesOf } from "./arguments.ts";
import { checkProperties, functionName } from "./setting-nodes.ts";

type Words = Readonly<Record<string, string>>;
type MaskArgument = string | { readonly function: string; readonly using?: Callback };

export abstract class DescribedBuilder {
  abstract toSettings(): TableSettings;
  /** The columns that the settings may name. */
  protected abstract storedColumns(): readonly ColumnFacts[];
  protected abstract set(change: Partial<TableSettings>): this;

  comment(comment: string): this {
    return this.set({ comment: checkText("a comment", comment, callerLocation()) });
  }

  owner(owner: string): this {
    return this.set({ owner: checkText("an owner", owner, callerLocation()) });
  }

  tags(tags: Words): this {
    const added = checkWords("a tag", tags, callerLocation());
    return this.set({ tags: Object.freeze({ ...this.toSettings().tags, ...added }) });
  }

  properties(properties: Words): this {
    const at = callerLocation();
    const added = checkWords("a property", properties, at);
    checkProperties(Object.keys(added), at);
    return this.set({ properties: Object.freeze({ ...this.toSettings().properties, ...added }) });
  }

  clusterBy(columns: Callback | "auto"): this {
    if (columns === "auto") return this.set({ clusterBy: "auto" });
    return this.set({ clusterBy: this.#names(columns, "clusterBy") });
  }

  partitionBy(columns: Callback): this {
    return this.set({ partitionBy: this.#names(columns, "partitionBy") });
  }

  private(): this {
    return this.set({ private: true });
  }

  mask(masks: Readonly<Record<string, MaskArgument>>): this {
    const at = callerLocation();
    const known = this.storedColumns().map((c) => c.name);
    const added = Object.entries(masks).map(([column, given]): MaskNode => {
      if (!known.includes(column)) throw unknownColumn(column, known, at);
      const { function: name, using } = typeof given === "string" ? { function: given, using: undefined } : given;
      return Object.freeze({
        column,
        function: functionName(name, at),
        using: using ? this.#names(using, "mask") : Object.freeze([]),
      });
    });
    const kept = this.toSettings().masks.filter((mask) => !added.some((a) => a.column === mask.column));
    return this.set({ masks: Object.freeze([...kept, ...added]) });
  }

  rowFilter(name: string, columns: Callback): this {
    const at = callerLocation();
    return this.set({
      rowFilter: Object.freeze({ function: functionName(name, at), on: this.#names(columns, "rowFilter") }),
    });
  }

  with<T>(apply: (table: this) => T): T {
    return apply(this);
  }

  #names(columns: Callback, what: string): readonly string[] {
    const at = callerLocation();
    return namesOf(columns(columnRecord(this.storedColumns(), 0, at)), what, at);
  }
}
