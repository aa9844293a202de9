// Real TLS sessions through the whole sensor and the codec into the ledger of dark APIs: every session of the capture is
// in it, with what its hello says, and none of its addresses.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { batchesOf } from "./split-capture.ts"

const CAPTURES = join(import.meta.dirname, "../../sensor/test/captures")

test("sessions of a capture without keys: counted once each, unread, with the reason", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  let sessions = 0
  for (const name of ["tls-1.2", "tls-1.3", "tls-mutual"]) {
    const batches = await batchesOf(readFileSync(join(CAPTURES, `${name}.pcap`)), name.replace(".", "-"))
    for (const batch of batches) inventory.apply(batch)
    sessions += batches.at(-1)?.envelope.ledger["tls.sessions"] ?? 0
  }
  await inventory.checkpoint()
  const { dark, ledger, services } = await store.load()
  assert.ok(sessions > 10)
  assert.equal(ledger.tlsSessions, sessions)
  assert.equal(
    dark.reduce((sum, entry) => sum + entry.sessions, 0),
    sessions,
  )
  assert.deepEqual(services, [])
  const named = dark.find((entry) => entry.port === 443)
  assert.equal(named?.name, "partner-api.example.com")
  assert.ok((named?.reasons["no-keys"] ?? 0) > 0)
  assert.deepEqual(Object.keys(named?.versions ?? {}).sort(), ["1.2", "1.3"])
  assert.ok(Object.keys(named?.ja4s ?? {}).every((ja4) => /^t1[23]d[0-9a-z]{6}_[0-9a-f]{12}_[0-9a-f]{12}$/.test(ja4)))
  assert.doesNotMatch(JSON.stringify(dark), /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/)
  await store.close()
})
