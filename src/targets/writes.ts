/**
 * What the settings of a table put into the statement that makes it. The treatments of a target hold it next to the words
 * that tell of it, and the compiler asks them: what is left out is not written, whatever the table says.
 */
import type { TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import type { Words } from "../settings/parts.ts";
import { forItsSetting } from "../settings/setting.ts";
import type { SETTINGS } from "../settings/settings.ts";
import type { Support } from "../settings/support.ts";
import { type Feature, type SettingFeature, settingUses } from "./features.ts";
import { ofStoredTable } from "./views.ts";

/** Parts of a statement that makes a table. */
export interface Parts {
  /** A word before the kind of the table. */
  readonly word?: string;
  /** What follows the declaration of a column. */
  readonly column?: { readonly name: string; readonly sql: string };
  /** What stands among the columns. */
  readonly constraint?: string;
  readonly comment?: string;
  /** A clause before the comment. */
  readonly layout?: string;
  readonly properties?: Words;
  /** A clause after the properties. */
  readonly governance?: string;
}

type Uses = { [N in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[N]["uses"]>[number] }[keyof typeof SETTINGS];
type ValueOf<F, U> = U extends { readonly feature: infer G; readonly value: infer V }
  ? F extends G
    ? V
    : never
  : never;

interface Cell<Value, Context> extends Support {
  readonly writes?: (value: Value, table: TableNode, context: Context) => Parts;
}

/** What a target does with every feature. Parts are written in the order of the cells. */
export type Cells<Context> = {
  readonly [F in Feature]: F extends SettingFeature ? Cell<ValueOf<F, Uses>, Context> : Support;
};

/** The parts that the settings of a table give. */
export function partsOf<Context extends { readonly kinds: ReadonlyMap<string, TableKind> }>(
  table: TableNode,
  context: Context,
  target: { readonly name: string; readonly cells: Cells<Context> },
): readonly Parts[] {
  const { name, cells } = target;
  return inOrder(settingUses(table, context.kinds), cells).flatMap(({ feature, value, definition }) => {
    if (definition) {
      const own = definition.treatments[name];
      return own && isWritten(own) && own.properties ? [{ properties: own.properties(forItsSetting(value)) }] : [];
    }
    const cell = cells[feature as SettingFeature];
    const isThere = cell.writes && isWritten(ofStoredTable(feature as Feature, table, cell));
    return isThere ? [cell.writes(forItsSetting(value), table, context)] : [];
  });
}

const inOrder = (uses: ReturnType<typeof settingUses>, cells: object): ReturnType<typeof settingUses> => {
  if (uses.length < 2) return uses;
  const order = Object.keys(cells);
  return uses.toSorted((a, b) => order.indexOf(a.feature) - order.indexOf(b.feature));
};

const isWritten = ({ does }: Support): boolean => does === "native" || does === "emulated";
