import assert from "node:assert/strict"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { transact } from "./transaction.ts"

test("table: what is done, what is undone, and which error is told", () => {
  const database = new DatabaseSync(":memory:")
  database.exec("CREATE TABLE t (x INTEGER)")
  const fail = (): never => {
    throw new Error("the first")
  }
  let undone = 0
  for (const [sentence, after, rows] of [
    ["done", () => 7, 1],
    ["a failure", fail, 1],
    ["a failure after which SQLite has rolled back itself", () => database.exec("ROLLBACK") ?? fail(), 1],
    ["done again", () => 7, 2],
  ] as const) {
    const run = () =>
      transact(
        database,
        () => {
          database.exec("INSERT INTO t VALUES (1)")
          return after()
        },
        () => undone++,
      )
    if (sentence.startsWith("done")) assert.equal(run(), 7, sentence)
    else assert.throws(run, /^Error: the first$/, sentence)
    assert.equal(database.prepare("SELECT count(*) AS n FROM t").get()?.n, rows, sentence)
  }
  assert.equal(undone, 2)
  database.close()
})
