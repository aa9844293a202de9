// What can happen to a spool, at random: nothing that was handed over leaves without being acknowledged, counted or named.
import assert from "node:assert/strict"
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import fc from "fast-check"
import { parseBusAddress } from "../../../shared/event/event-stream.ts"
import { JetStreamLink } from "../jetstream.ts"
import { type Message, PublisherCounters } from "../link.ts"
import { type Pending, PendingQueue } from "../pending-queue.ts"
import { FakeDisk } from "./fake-disk.ts"
import { adoptPlaces, takePlace } from "./folder.ts"
import { leaveLock, takeLock } from "./lock.ts"
import { Spool, type SpoolOptions } from "./spool.ts"

const root = mkdtempSync(join(tmpdir(), "sonde-spool-faults-"))
after(() => rmSync(root, { recursive: true }))
let places = 0
const newPlace = (): string => join(root, String(++places))
const KIB = 1024
const SIZE = 1000

function message(sequence: number): Message {
  const bytes = Buffer.alloc(SIZE, sequence % 251)
  bytes.writeDoubleLE(sequence)
  return { bytes, sequence, events: (sequence % 5) + 1 }
}

/** A spool that is used, killed and found again, and what should be in it. */
class Trial {
  readonly place = newPlace()
  readonly options: Partial<SpoolOptions>
  said: string[] = []
  counters = new PublisherCounters()
  queue!: PendingQueue
  readonly disk = new FakeDisk()
  #run = 0
  #sequence = 0

  constructor(options: Partial<SpoolOptions> = {}) {
    this.options = options
    this.start()
  }

  start(): void {
    this.#run++
    this.#sequence = 0
    this.said = []
    this.counters = new PublisherCounters()
    const say = (sentence: string): void => void this.said.push(sentence)
    const names = { tenant: "t", sensor: "s" }
    const options = { place: this.place, names, bytesMax: 64 * KIB, say, write: this.disk.write, ...this.options }
    this.queue = new PendingQueue(this.counters, new Spool(this.counters.spool, options), 8 * SIZE)
  }

  push(count = 1): void {
    for (let i = 0; i < count; i++) {
      const one = message(++this.#sequence)
      this.counters.exchanges += one.events
      this.queue.push(one, `run${this.#run}`)
    }
  }

  get waiting(): readonly Pending[] {
    return this.queue.oldest(Number.MAX_SAFE_INTEGER)
  }

  names(): string[] {
    return this.waiting.map(({ boot, sequence }) => `${boot}/${sequence}`)
  }

  files(): string[] {
    return readdirSync(this.place).filter((name) => name.endsWith(".spool"))
  }

  /** Every exchange is acknowledged, dropped by reason or waiting; of this run and of earlier ones. */
  checkSums(): void {
    const { exchanges, acknowledged, dropped, spool } = this.counters
    const [own, inherited] = [false, true].map((is) =>
      this.waiting.filter(({ isInherited }) => isInherited === is).reduce((sum, { events }) => sum + events, 0),
    )
    const lost = Object.values(dropped).reduce((sum, events) => sum + events, 0)
    assert.equal(exchanges, acknowledged + lost + own!)
    assert.equal(spool.inheritedExchanges, spool.inheritedAcknowledged + spool.inheritedDropped + inherited!)
    const bytes = this.files().reduce((sum, name) => sum + statSync(join(this.place, name)).size, 0)
    assert.equal(spool.heldBytes, bytes)
    assert.ok(bytes <= 64 * KIB)
    assert.equal(new Set(this.names()).size, this.waiting.length)
  }
}

type Step = "push" | "acknowledge" | "send" | "kill" | "stop" | "tear" | "full" | "free"
const STEPS: readonly Step[] = ["push", "acknowledge", "send", "kill", "stop", "tear", "full", "free"]

function tear(trial: Trial, amount: number): void {
  const name = trial.files().at(-1)
  if (name === undefined) return
  const path = join(trial.place, name)
  if (amount % 2 === 0) appendFileSync(path, Buffer.alloc(amount + 1, 0xa5))
  else truncateSync(path, Math.max(0, statSync(path).size - amount * 20))
}

function take(trial: Trial, step: Step, amount: number): void {
  const { queue } = trial
  if (step === "push") trial.push(amount)
  else if (step === "send") for (const pending of queue.oldest(amount)) pending.attempts++
  else if (step === "acknowledge") {
    const window = queue.oldest(8)
    for (let i = 0; i < Math.min(amount, window.length); i++)
      queue.acknowledge(window[(i * 3 + amount) % window.length]!)
  } else if (step === "full" || step === "free") trial.disk.isFull = step === "full"
  else restart(trial, step, amount)
}

/** What is on disk when a run ends is what the next one finds, but for a torn end. */
function restart(trial: Trial, step: Step, amount: number): void {
  const onDisk = trial.waiting.filter(({ place }) => place !== null).map(({ boot, sequence }) => `${boot}/${sequence}`)
  trial.disk.isFull = false
  if (step === "stop") trial.queue.leave()
  if (step === "tear") tear(trial, amount)
  trial.start()
  const found = new Set(trial.names())
  // A tear may take the last records; those that were acknowledged in the same file may be found once more.
  const missing = onDisk.filter((name) => !found.has(name))
  if (step !== "tear") assert.deepEqual(missing, [])
  else assert.ok(missing.length <= (amount * 20) / SIZE + 1, `${missing.length} missing`)
  for (const pending of trial.waiting) {
    const bytes = trial.queue.bytesOf(pending)
    assert.equal(Buffer.from(bytes!).readDoubleLE(), pending.sequence)
  }
}

test("property: appended, sent, acknowledged, killed, stopped, torn, disk full: the sums hold after each step", () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 30 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const trial = new Trial()
      for (const [name, amount] of steps) {
        take(trial, name, amount)
        trial.checkSums()
      }
      trial.queue.leave()
      rmSync(trial.place, { recursive: true })
    }),
    { numRuns: 30 },
  )
})

test("limit: batches are bounded by their number, too, whether they come or are found", () => {
  const trial = new Trial({ batchesMax: 20 })
  trial.push(30)
  assert.equal(trial.queue.length, 20)
  assert.equal(trial.names()[0], "run1/11")
  trial.checkSums()
  const fewer = new PublisherCounters()
  const { place } = trial
  const names = { tenant: "t", sensor: "s" }
  const spool = new Spool(fewer.spool, { place, names, bytesMax: 64 * KIB, batchesMax: 5, say: () => undefined })
  assert.equal(new PendingQueue(fewer, spool, 0).length, 5)
  assert.equal(spool.inherited.length, 0)
  assert.ok(fewer.spool.inheritedDropped > 0)
})

test("a full spool drops what was never sent first: what was sent may be stored already", () => {
  const trial = new Trial()
  trial.push(10)
  for (const pending of trial.queue.oldest(4)) pending.attempts = 1
  trial.push(100)
  assert.deepEqual(trial.names().slice(0, 4), ["run1/1", "run1/2", "run1/3", "run1/4"])
  assert.ok(trial.counters.dropped.spool! > 0)
  trial.checkSums()
})

test("a batch that the disk does not give back as it was is given up and counted, not sent", () => {
  const trial = new Trial({ bytesMax: 16 * KIB * KIB })
  for (let sequence = 1; sequence <= 90; sequence++) {
    trial.queue.push({ bytes: Buffer.alloc(100 * KIB), sequence, events: 2 }, "big")
  }
  const pending = trial.waiting.at(-1)!
  assert.equal(pending.bytes.length, 0)
  const { file, start } = pending.place!
  const fd = openSync(join(trial.place, `${String(file.number).padStart(8, "0")}.spool`), "r+")
  writeSync(fd, Buffer.from([1, 2, 3]), 0, 3, start + 200)
  assert.equal(trial.queue.bytesOf(pending), null)
  assert.deepEqual(trial.counters.dropped, { unreadable: pending.events })
})

test("one damaged batch costs no other; its file is not read as another's", () => {
  const trial = new Trial()
  trial.push(3)
  const [name] = trial.files()
  const bytes = readFileSync(join(trial.place, name!))
  bytes[bytes.length - SIZE - 200]! ^= 0x10
  writeFileSync(join(trial.place, name!), bytes)
  trial.start()
  assert.deepEqual(trial.names(), ["run1/1", "run1/3"])
  assert.equal(trial.said.length, 2)
  // Killed between making a file and writing to it.
  writeFileSync(join(trial.place, "00000009.spool"), "")
  trial.start()
  assert.ok(!trial.files().includes("00000009.spool"))
})

test("a disk that is full at the start is no hindrance, nor is what a killed run left of its lock", () => {
  const trial = new Trial()
  trial.push(2)
  trial.disk.isFull = true
  trial.start()
  trial.push(3)
  assert.equal(trial.queue.length, 5)
  assert.ok(trial.said.at(-1)!.includes("takes no more (ENOSPC): batches are held in memory."))
  trial.disk.isFull = false
  trial.push(1)
  trial.start()
  assert.equal(trial.queue.length, 6)
})

test("the end names the batches that wait on disk, and not those that the disk did not take", async () => {
  const disk = new FakeDisk()
  const said: string[] = []
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "s" }
  const say = (sentence: string): void => void said.push(sentence)
  const spool = new Spool(counters.spool, { place: newPlace(), names, bytesMax: 64 * KIB, say, write: disk.write })
  const address = parseBusAddress("nats://127.0.0.1:1")!
  const patienceMs = Number.POSITIVE_INFINITY
  const link = new JetStreamLink(counters, { ...names, address, boot: "b", spool, patienceMs, closeMs: 1, log: say })
  for (const sequence of [1, 2]) link.send(message(sequence))
  disk.isFull = true
  for (const sequence of [3, 4, 5]) link.send(message(sequence))
  await link.close()
  assert.match(said.at(-1)!, /^2 batches were not acknowledged: they wait in the spool/)
  assert.deepEqual([counters.spooled, counters.dropped], [5, { unreachable: 10 }])
})

test("descriptors: many files, few of them open", () => {
  const trial = new Trial({ bytesMax: 1024 * KIB })
  trial.push(900)
  assert.ok(trial.files().length >= 14)
  const open = readdirSync("/proc/self/fd").length
  for (const pending of trial.waiting) trial.queue.bytesOf(pending)
  assert.ok(readdirSync("/proc/self/fd").length - open < 3)
})

test("refused in a sentence: others' folders, files in the way", () => {
  const shared = newPlace()
  mkdirSync(shared)
  chmodSync(shared, 0o777)
  assert.throws(() => takePlace(join(shared, "w1")), /Other users may write into .*; chmod 700/)
  const file = newPlace()
  writeFileSync(file, "")
  assert.throws(() => takePlace(join(file, "w1")), /^Error: The spool .* cannot be used: ENOTDIR at /)
  assert.throws(() => adoptPlaces(file, 1), /cannot be used: ENOTDIR at /)
  assert.throws(() => takePlace("/proc/none/w1"), /cannot be used: ENOENT at /)
  assert.throws(() => takePlace(join(root, "no", "such", "w1")), /cannot be used: ENOENT at /)
  const directory = newPlace()
  mkdirSync(join(directory, "00000001.spool"), { recursive: true })
  chmodSync(directory, 0o700)
  const names = { tenant: "t", sensor: "s" }
  const spool = { place: directory, names, bytesMax: KIB, say: () => undefined }
  assert.throws(() => new Spool(new PublisherCounters().spool, spool), /cannot be used: EISDIR/)
  if (process.getuid?.() !== 0) return
  const foreign = newPlace()
  mkdirSync(foreign, { mode: 0o700 })
  chownSync(foreign, 12345, 12345)
  assert.throws(() => takePlace(foreign), /belongs to another user \(uid 12345\)/)
})

test("the lock: had by one, taken over from the dead and from what is none", () => {
  const folder = newPlace()
  mkdirSync(folder)
  assert.equal(takeLock(folder), 0)
  assert.equal(takeLock(folder), 0)
  leaveLock(folder)
  for (const stale of ["999999999-5", "nonsense", `${process.ppid}-1`]) {
    symlinkSync(stale, join(folder, "lock"))
    assert.equal(takeLock(folder), 0)
    leaveLock(folder)
  }
  writeFileSync(join(folder, "lock"), "")
  assert.equal(takeLock(folder), 0)
  assert.deepEqual(readdirSync(folder), ["lock"])
})
