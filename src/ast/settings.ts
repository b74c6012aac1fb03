/** What is said of a table beside its query, as a part of its node: the file of each setting declares its data. */
export type { ExpectationNode, ViolationAction } from "../settings/expectations.ts";
export type { FlowNode } from "../settings/flows.ts";
export type { TableKind } from "../settings/kind.ts";
export type { RefreshPolicy } from "../settings/refresh-policy.ts";
export type { TableSettings } from "../settings/settings.ts";
