/** A pipeline of accounts: units, balances, identifiers, histories and personal data. `queries.ts` asks things of it. */
import { pipeline, source, t } from "medallion";

export const ledger = pipeline("ledger")
  .bronze({
    tx_raw: source.json("tx/*.json", {
      tx_id: t.bigint(),
      account: t.string().id("account"),
      day: t.date(),
      at: t.timestamp(),
      amount: t.decimal(12, 2).unit("EUR"),
      usd: t.decimal(12, 2).unit("USD"),
      rate: t.decimal(12, 6).rate(),
      holder: t.string().pii("name"),
      iban: t.string().pii("iban"),
      kind: t.enum(["in", "out"]),
    }),
    bal_raw: source.csv("bal/*.csv", {
      account: t.string().id("account"),
      day: t.date(),
      balance: t.decimal(14, 2).unit("EUR").balance(),
      branch: t.bigint().id("branch"),
    }),
    acc_raw: source.csv("acc/*.csv", {
      account: t.string().id("account"),
      holder: t.string().pii("name"),
      branch: t.bigint().id("branch"),
      limit: t.decimal(12, 2).unit("EUR"),
      op: t.string(),
      at: t.timestamp(),
    }),
  })
  .silver(($) => ({
    tx: $.tx_raw.key((x) => x.tx_id),
    bal: $.bal_raw,
    acc: $.acc_raw.dedupe({ key: (a) => a.account, orderBy: (a) => a.at.desc() }).key((a) => a.account),
  }))
  .scd2(($) => ({
    history: $.acc_raw.changes({
      key: (a) => a.account,
      sequenceBy: (a) => a.at,
      columns: ({ op, ...rest }) => rest,
    }),
  }));
