// The audit log through the real server: pages, one subject, a cursor that is not ours, a file.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { AuditRecord } from "../store/documents.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { makeSeed } from "./fake-seed.ts"
import { startApi } from "./server.ts"

const entry = (sequence: number, subject: string): AuditRecord => ({
  sequence,
  atUs: Date.UTC(2026, 10, 24, 12, sequence) * 1000,
  who: "console",
  action: "pin.add",
  subject,
  reason: "periods",
  edit: { path: "/reports/{period}" },
  before: null,
  sentence: `Entry ${sequence}.`,
})

test("the audit log: newest first, a page at a time, of one subject, as a file", async () => {
  const store = await openSqliteStore(":memory:")
  await store.commit({ ...makeSeed(), audit: [entry(1, "pin_1"), entry(2, "sv_1"), entry(3, "pin_1")] })
  const api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1.2.3",
  })
  const get = (query: string) => fetch(`${api.address.url}/api/v1/audit${query}`)
  const sequences = async (query: string) => {
    const body = (await (await get(query)).json()) as { items: AuditRecord[]; next: string | null; total: number }
    return [body.items.map(({ sequence }) => sequence), body.next, body.total]
  }
  try {
    assert.deepEqual(await sequences(""), [[3, 2, 1], null, 3])
    assert.deepEqual(await sequences("?limit=2"), [[3, 2], "2", 3])
    assert.deepEqual(await sequences("?limit=2&cursor=2"), [[1], null, 3])
    assert.deepEqual(await sequences("?subject=pin_1&limit=1"), [[3], "3", 2])
    assert.deepEqual(await sequences("?subject=pin_1&limit=1&cursor=3"), [[1], null, 2])
    assert.deepEqual(await sequences("?subject=none"), [[], null, 0])
    const { items } = (await (await get("?limit=1")).json()) as { items: unknown[] }
    assert.deepEqual(items[0], {
      sequence: 3,
      at: "2026-11-24T12:03:00.000Z",
      who: "console",
      action: "pin.add",
      subject: "pin_1",
      reason: "periods",
      sentence: "Entry 3.",
      edit: { path: "/reports/{period}" },
      before: null,
    })
    assert.equal((await get("?cursor=x")).status, 400)
    assert.equal((await get("?who=x")).status, 400)
    const csv = await (await get("?format=csv&subject=sv_1")).text()
    assert.match(
      csv,
      /^sequence,at,who,action,subject,reason,sentence\r\n2,2026-11-24T12:02:00\.000Z,console,pin\.add,sv_1,periods,Entry 2\.\r\n$/,
    )
  } finally {
    await api.close()
    await store.close()
  }
})
