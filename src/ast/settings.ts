/** What is said of a table in addition to its query, as a part of its node: the file of each setting declares its data. */
export type { ExpectationNode, ViolationAction } from "../settings/expectations.ts";
export type { FlowNode } from "../settings/flows.ts";
export type { MaskNode } from "../settings/mask.ts";
export type { ForeignKeyNode } from "../settings/references.ts";
export type { RefreshPolicy } from "../settings/refresh-policy.ts";
export type { RowFilterNode } from "../settings/row-filter.ts";
export type { TableSettings } from "../settings/settings.ts";
