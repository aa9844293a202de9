import assert from "node:assert/strict"
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writevSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import fc from "fast-check"
import { type Message, PublisherCounters } from "../link.ts"
import { PendingQueue } from "../pending-queue.ts"
import { leaveToSuccessor, type SpoolCounters } from "./counters.ts"
import { FakeDisk } from "./fake-disk.ts"
import { adoptPlaces, placeOf } from "./folder.ts"
import { Spool, type SpoolOptions } from "./spool.ts"

const root = mkdtempSync(join(tmpdir(), "sonde-spool-"))
after(() => rmSync(root, { recursive: true }))
let places = 0
const newPlace = (): string => join(root, String(++places))
const MIB = 1 << 20
const names = { tenant: "t", sensor: "s" }

function message(sequence: number, size = 100): Message {
  const bytes = Buffer.alloc(size, sequence % 251)
  if (size >= 8) bytes.writeDoubleLE(sequence)
  return { bytes, sequence, events: (sequence % 5) + 1 }
}

interface Opened {
  readonly queue: PendingQueue
  readonly counters: PublisherCounters
  readonly said: string[]
}
function open(place: string, options: Partial<SpoolOptions> = {}, memoryMax = 64 * MIB): Opened {
  const counters = new PublisherCounters()
  const said: string[] = []
  const spool = new Spool(counters.spool, {
    place,
    names,
    bytesMax: 16 * MIB,
    say: (one) => void said.push(one),
    ...options,
  })
  return { queue: new PendingQueue(counters, spool, memoryMax), counters, said }
}
const push = ({ queue }: Opened, boot: string, from: number, to: number, size?: number): void => {
  for (let sequence = from; sequence <= to; sequence++) queue.push(message(sequence, size), boot)
}
/** What the server would be sent, in order. */
function contents({ queue }: Opened): string[] {
  return queue.oldest(Number.MAX_SAFE_INTEGER).map((pending) => {
    const bytes = queue.bytesOf(pending)!
    assert.deepEqual(Buffer.from(bytes), message(pending.sequence, bytes.length).bytes)
    return `${pending.boot}/${pending.sequence}`
  })
}
const filesOf = (place: string): string[] => readdirSync(place).filter((name) => name.endsWith(".spool"))

test("a run that is killed leaves what was not acknowledged; the next sends it first, in order", () => {
  const place = newPlace()
  const killed = open(place)
  push(killed, "one", 1, 50)
  for (const pending of killed.queue.oldest(10)) killed.queue.acknowledge(pending)
  assert.equal(killed.counters.acknowledged, 30)
  assert.equal(statSync(place).mode & 0o777, 0o700)
  assert.equal(statSync(join(place, filesOf(place)[0]!)).mode & 0o777, 0o600)

  const next = open(place)
  assert.match(next.said[0]!, /holds 50 batches \(150 exchanges\) of an earlier run: they are sent first\.$/)
  push(next, "two", 1, 3)
  assert.deepEqual(contents(next), [...Array.from({ length: 50 }, (_, i) => `one/${i + 1}`), "two/1", "two/2", "two/3"])
  for (const pending of next.queue.oldest(99)) next.queue.acknowledge(pending)
  assert.deepEqual(
    [next.counters.acknowledged, next.counters.spool.inheritedExchanges, next.counters.spool.inheritedAcknowledged],
    [9, 150, 150],
  )
  assert.equal(next.queue.leave(), 0)
  assert.deepEqual(readdirSync(place), [])
  assert.equal(next.counters.spool.heldBytes, 0)
})

test("a server that answers: one file, begun anew again and again", () => {
  const place = newPlace()
  const opened = open(place)
  for (let sequence = 1; sequence <= 400; sequence++) {
    push(opened, "b", sequence, sequence, 50_000)
    opened.queue.acknowledge(opened.queue.oldest(1)[0]!)
    assert.ok(opened.counters.spool.heldBytes < 2 * MIB)
  }
  assert.equal(filesOf(place).length, 1)
})

test("limit: a full spool drops the oldest batches, and their exchanges are counted exactly", () => {
  const place = newPlace()
  const opened = open(place)
  push(opened, "b", 1, 1000, 50_000)
  const { counters, queue } = opened
  assert.ok(counters.spool.heldBytes <= 16 * MIB)
  const kept = queue.oldest(1000)
  assert.ok(kept.length > 280 && kept.length < 330, String(kept.length))
  assert.equal(kept[0]!.sequence, 1000 - kept.length + 1)
  const total = Array.from({ length: 1000 }, (_, i) => message(i + 1, 8).events).reduce((a, b) => a + b)
  assert.equal(counters.dropped.spool! + queue.events, total)
  const bytes = filesOf(place).reduce((sum, name) => sum + statSync(join(place, name)).size, 0)
  assert.equal(bytes, counters.spool.heldBytes)
  contents(opened)
  // Of an earlier run the oldest go, too; they are in no other counter.
  const next = open(place)
  push(next, "c", 1, 100, 50_000)
  assert.ok(next.counters.spool.inheritedDropped > 0)
  assert.deepEqual(next.counters.dropped, {})
})

test("a torn end and a damaged batch are left out, counted and said; what stands before them is there", () => {
  const place = newPlace()
  push(open(place), "b", 1, 20, 1000)
  const [name] = filesOf(place)
  appendFileSync(join(place, name!), Buffer.alloc(500, 7))
  const torn = open(place)
  assert.equal(contents(torn).length, 20)
  assert.equal(torn.counters.spool.tornBytes, 500)
  assert.match(torn.said[0]!, /has 500 bytes that are no whole batch: they are left out\.$/)

  const bytes = readFileSync(join(place, name!))
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  writeFileSync(join(place, name!), bytes)
  const damaged = open(place)
  assert.equal(contents(damaged).length, 19)
  assert.ok(damaged.counters.spool.tornBytes > 1000 && damaged.counters.spool.tornBytes < 1050)

  writeFileSync(join(place, name!), "something else")
  const other = open(place)
  assert.equal(other.queue.length, 0)
  assert.deepEqual(filesOf(place), [])
  assert.ok(readdirSync(place).includes("damaged"))
})

test("property: whatever is cut off or changed, what is found was written, in order, byte for byte", () => {
  const place = newPlace()
  push(open(place), "b", 1, 30, 200)
  const [name] = filesOf(place)
  const whole = readFileSync(join(place, name!))
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.option(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }))),
      (cut, change) => {
        const trial = newPlace()
        mkdirSync(trial, { mode: 0o700 })
        const bytes = Buffer.from(whole.subarray(0, cut))
        if (change !== null && change[0] < cut) bytes[change[0]]! ^= change[1]
        writeFileSync(join(trial, name!), bytes)
        let opened: Opened
        try {
          opened = open(trial)
        } catch (error) {
          // The names themselves were changed into others.
          assert.match((error as Error).message, /holds batches of sensor/)
          return
        }
        const found = contents(opened).map((one) => Number(one.slice(2)))
        assert.ok(found.every((sequence, i) => i === 0 || sequence > found[i - 1]!))
        if (change === null)
          assert.deepEqual(
            found,
            [...found.keys()].map((i) => i + 1),
          )
        opened.queue.leave()
      },
    ),
    { numRuns: 60 },
  )
})

test("a disk that takes no more: batches are held in memory up to its limit, and go to disk when it does again", () => {
  const place = newPlace()
  const disk = new FakeDisk()
  const opened = open(place, { write: disk.write }, 5000)
  push(opened, "b", 1, 5, 1000)
  disk.isFull = true
  push(opened, "b", 6, 12, 1000)
  assert.equal(opened.counters.spool.writeErrors, 7)
  assert.deepEqual(opened.counters.dropped, { memory: message(6).events + message(7).events })
  disk.isFull = false
  push(opened, "b", 13, 13, 1000)
  assert.deepEqual(opened.said, [
    `The spool ${place} takes no more (ENOSPC): batches are held in memory.`,
    `The spool ${place} takes batches again.`,
  ])
  assert.equal(contents(opened).length, 11)
  assert.equal(contents(open(place)).length, 11)
})

test("a short write leaves nothing half behind", () => {
  const place = newPlace()
  let isShort = false
  const write: typeof writevSync = (fd, buffers, position) =>
    isShort ? writevSync(fd, [buffers[0]!], position) : writevSync(fd, buffers, position)
  const opened = open(place, { write })
  push(opened, "b", 1, 2)
  isShort = true
  push(opened, "b", 3, 3)
  isShort = false
  push(opened, "b", 4, 4)
  const again = open(place)
  assert.deepEqual(contents(again).sort(), ["b/1", "b/2", "b/3", "b/4"])
  assert.equal(again.counters.spool.tornBytes, 0)
})

test("memory: of many spooled batches few are kept, the others are read when they are due", () => {
  const opened = open(newPlace(), { bytesMax: 64 * MIB })
  push(opened, "b", 1, 300, 100_000)
  const kept = opened.queue.oldest(300).filter(({ bytes }) => bytes.length > 0)
  assert.equal(kept.length, 83)
  assert.equal(contents(opened).length, 300)
})

test("refused: a folder that others may read, another sensor's batches, a folder that is in use", () => {
  const loose = newPlace()
  mkdirSync(loose, { mode: 0o755 })
  assert.throws(() => open(loose), /is open to other users; chmod 700/)
  const place = newPlace()
  push(open(place), "b", 1, 1)
  assert.throws(() => open(place, { names: { tenant: "t", sensor: "other" } }), /holds batches of sensor s of tenant t/)
  // Process 1 lives, and is not this one.
  const start = readFileSync("/proc/1/stat", "utf8").split(") ")[1]!.split(" ")[19]
  const lock = (target: string): void => {
    rmSync(join(place, "lock"), { force: true })
    symlinkSync(target, join(place, "lock"))
  }
  lock(`1-${start}`)
  assert.throws(() => open(place), /is in use by process 1: each sensor needs one of its own/)
  // Its number was given to another process since.
  lock("1-12345678")
  assert.equal(open(place).queue.length, 1)
})

test("what workers left that there are no more goes to the first one", () => {
  const folder = newPlace()
  for (const worker of [0, 1, 2]) {
    const opened = open(placeOf(folder, worker))
    push(opened, `w${worker}`, 1, 2)
    assert.equal(opened.queue.leave(), 2)
    // Whoever waits until nothing is left must see that.
    assert.equal(opened.queue.length, 0)
  }
  assert.equal(adoptPlaces(folder, 2), 1)
  assert.deepEqual(contents(open(placeOf(folder, 0))), ["w0/1", "w0/2", "w2/1", "w2/2"])
  assert.equal(adoptPlaces(folder, 2), 0)
})

test("a run that died and its successor, added up: each batch is inherited, acknowledged and held once", () => {
  const place = newPlace()
  push(open(place), "one", 1, 10, 1000)
  const dies = open(place)
  push(dies, "two", 1, 10, 1000)
  const [first, second] = dies.queue.oldest(2)
  dies.queue.acknowledge(first!)
  dies.queue.drop(second!, "tooLarge")
  leaveToSuccessor(dies.counters.spool)
  const follows = open(place)
  for (const pending of follows.queue.oldest(7)) follows.queue.acknowledge(pending)
  const sum = (of: (counters: SpoolCounters) => number): number => of(dies.counters.spool) + of(follows.counters.spool)
  const ended = sum(({ inheritedAcknowledged, inheritedDropped }) => inheritedAcknowledged + inheritedDropped)
  assert.equal(
    sum(({ inheritedExchanges }) => inheritedExchanges),
    ended + follows.queue.events,
  )
  const bytes = filesOf(place).reduce((total, name) => total + statSync(join(place, name)).size, 0)
  assert.equal(
    sum(({ heldBytes }) => heldBytes),
    bytes,
  )
})
