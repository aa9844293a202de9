// Stores that the programs of each earlier schema wrote from the same packets (earlier/schema-N.sql): brought to the present, they hold
// what they held.
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { WatchKind } from "../analysis/watch.ts"
import { batch, event } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { NEWEST_SCHEMA } from "./migrations.ts"
import { checkFile } from "./sqlite-check.ts"
import { DATABASE_FILE } from "./sqlite-open.ts"
import { openSqliteStore } from "./sqlite-store.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-earlier-"))
after(() => rmSync(folder, { recursive: true }))

/** Writes the store of a schema to a folder of its own. */
function earlierStore(schema: number): string {
  const directory = join(folder, String(schema))
  mkdirSync(directory)
  const database = new DatabaseSync(join(directory, DATABASE_FILE))
  // At once: one by one, each row would wait for the disk.
  database.exec("BEGIN")
  database.exec(readFileSync(join(import.meta.dirname, `earlier/schema-${schema}.sql`), "utf8"))
  database.exec("COMMIT")
  database.close()
  return directory
}

/** Of what every schema has: every row that people look at, with its counts. Increments that wait in the log are counted in. */
function contentsOf(directory: string): Record<string, unknown> {
  const database = new DatabaseSync(join(directory, DATABASE_FILE), { readOnly: true })
  const rows = (sql: string): unknown[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  const contents = {
    services: rows(
      "SELECT id, name, authority, first_seen_us, last_seen_us, requests, errors FROM services ORDER BY id",
    ),
    endpoints: rows(
      "SELECT id, service, method, template, first_seen_us, last_seen_us, requests, errors FROM endpoints ORDER BY id",
    ),
    consumers: rows(
      "SELECT id, name, scheme, first_seen_us, last_seen_us, requests, errors FROM consumers ORDER BY id",
    ),
    series: rows("SELECT * FROM series_hours ORDER BY kind, subject, window_us"),
    days: rows("SELECT * FROM series_days ORDER BY kind, subject, window_us"),
    map: rows("SELECT * FROM map ORDER BY consumer, service"),
    shapes: rows("SELECT * FROM shapes ORDER BY shape"),
    changes: rows("SELECT sequence, at_us, kind, subject, sentence FROM changes ORDER BY sequence"),
    positions: rows("SELECT * FROM positions ORDER BY sensor, boot"),
    exchanges: rows("SELECT checkpoint, json_extract(ledger, '$.exchanges') AS exchanges FROM progress"),
  }
  database.close()
  return contents
}

const SCHEMAS = Array.from({ length: NEWEST_SCHEMA - 1 }, (_, i) => i + 1)

for (const schema of SCHEMAS) {
  test(`a store of schema ${schema} is brought to schema ${NEWEST_SCHEMA}, holds what it held, and goes on`, async () => {
    const directory = earlierStore(schema)
    const before = contentsOf(directory)
    const store = await openSqliteStore(directory)
    const state = await store.load()
    assert.deepEqual(contentsOf(directory), before)
    assert.equal(state.ledger.exchanges, 31)
    const FOREVER = [0, Number.MAX_SAFE_INTEGER, 1000] as const
    for (const endpoint of state.endpoints) {
      const pairs = await store.pairs({ endpoint: endpoint.id }, 100)
      const days = await store.windows({ endpoint: endpoint.id }, "day", ...FOREVER)
      const sums = [pairs, days].map((counts) => counts.reduce((sum, { requests }) => sum + requests, 0))
      assert.deepEqual(sums, [endpoint.requests, endpoint.requests], endpoint.template)
    }
    const inventory = await Inventory.open(store, { watcher: new WatchKind() })
    assert.equal(inventory.apply(batch([event()]), 0), "applied")
    await inventory.checkpoint()
    assert.equal((await store.ledger()).exchanges, 32)
    await store.close()
    const { damage, lostReferences, schema: present } = checkFile(join(directory, DATABASE_FILE))
    assert.deepEqual([damage, lostReferences, present], [[], 0, NEWEST_SCHEMA])
  })
}
