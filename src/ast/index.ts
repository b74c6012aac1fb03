/**
 * `medallion/ast`: the types of a pipeline as data, for tools that read `p.toNode()` or a manifest. Every node has an id
 * and is frozen; `kind` tells expressions and relations apart.
 *
 * @packageDocumentation
 */
export type { SqlType, StructField } from "../types/types.ts";
export type {
  Additivity,
  AggregateNode,
  Called,
  CallNode,
  CaseNode,
  CastNode,
  ColumnNode,
  ExprNode,
  FunctionName,
  LiteralNode,
  NodeBase,
  OrderNode,
  ParamNode,
  PluginName,
  RawNode,
  StructNode,
  ValueFacts,
  WindowFrame,
  WindowNode,
} from "./expr.ts";
export type {
  ChangeFlowNode,
  Layer,
  PipelineNode,
  QueryTableNode,
  ScdTableNode,
  TableNode,
} from "./pipeline.ts";
export type {
  AggregateStepNode,
  AsOfJoinNode,
  ChangesNode,
  ColumnFacts,
  DedupeNode,
  JoinNode,
  JoinType,
  LimitNode,
  LookupNode,
  NamedExpr,
  OnChange,
  ProjectNode,
  RelationNode,
  SnapshotsNode,
  SourceNode,
  SourceOptions,
  TableKind,
  TableRefNode,
  UnionNode,
  WhereNode,
} from "./relation.ts";
export type {
  ExpectationNode,
  FlowNode,
  ForeignKeyNode,
  MaskNode,
  RefreshPolicy,
  RowFilterNode,
  TableSettings,
  ViolationAction,
} from "./settings.ts";
