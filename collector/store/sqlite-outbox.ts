// The outbox in SQLite. News is written inside the transaction of the checkpoint; all else here is a transaction of its own.
import type { Database, Row, Statement } from "./database.ts"
import type { NewsKind } from "./incident-news.ts"
import type { IncidentRecord } from "./incident-records.ts"
import type { ChannelRecord, Delivery, Failure, OpenChannel, Outbox } from "./outbox.ts"
import { guard } from "./sqlite-errors.ts"
import { transact } from "./transaction.ts"

export interface OutboxLimits {
  /** Pieces of news remembered, beside those that are still in a queue. */
  readonly news: number
  /** Of one channel. Counted as dropped: the oldest, which become dead letters. */
  readonly queue: number
  /** Of one channel. Counted as dropped: the oldest, which are forgotten. */
  readonly deadLetters: number
}

/** A piece of news takes 2 to 40 KB. */
export const OUTBOX_LIMITS: OutboxLimits = { news: 5_000, queue: 5_000, deadLetters: 1_000 }
/** Old news is looked for once in so many pieces. */
const FORGET_EVERY = 64
const FULL = "The queue was full."

const DELIVERY =
  "SELECT n.sequence, n.version, n.kind, n.record, d.since_us, d.tries, d.failure " +
  "FROM deliveries d JOIN incident_news n USING (sequence) WHERE d.channel = ? AND d.state = ?"

export class SqliteOutbox implements Outbox {
  readonly #database: Database
  readonly #limits: OutboxLimits
  readonly #statements: ReturnType<typeof prepareAll>

  constructor(database: Database, limits: OutboxLimits = OUTBOX_LIMITS) {
    this.#database = database
    this.#limits = limits
    this.#statements = prepareAll(database)
  }

  /** Inside the transaction of a checkpoint. */
  note(kind: NewsKind, version: number, record: IncidentRecord, text: string): void {
    const s = this.#statements
    s.news.run(record.id, version, kind, record.lane, text)
    const newest = this.#newest()
    if (newest % FORGET_EVERY === 0) s.forgetNews.run(newest - this.#limits.news)
  }

  async open(names: readonly string[]) {
    this.#transact(() => {
      const s = this.#statements
      const newest = this.#newest()
      for (const name of names) s.openChannel.run(name, newest)
      const marks = names.map(() => "?").join(", ")
      this.#database.prepare(`UPDATE channels SET is_open = 0 WHERE name NOT IN (${marks})`).run(...names)
    })
  }

  async take(channels: readonly OpenChannel[], nowUs: number) {
    const newest = guard(() => this.#newest())
    const behind = guard(() => channels.filter(({ name }) => this.#placeOf(name) < newest))
    if (behind.length === 0) return
    this.#transact(() => {
      for (const channel of behind) this.#fill(channel, newest, nowUs)
    })
  }

  async next(channel: string, nowUs: number) {
    return guard(() => {
      const row = this.#statements.next.get(channel, "queued", nowUs)
      return row === undefined ? null : deliveryOf(row as Row)
    })
  }

  async delivered(channel: string, sequence: number, atUs: number) {
    this.#transact(() => {
      this.#statements.remove.run(channel, sequence)
      this.#statements.countDelivered.run(atUs, channel)
    })
  }

  async failed(channel: string, sequence: number, { atUs, nextUs, sentence }: Failure) {
    this.#transact(() => {
      const s = this.#statements
      s.fail.run(nextUs === null ? "dead" : "queued", nextUs ?? 0, sentence, channel, sequence)
      const isDead = nextUs === null ? 1 : 0
      s.countFailed.run(atUs, sentence, 1 - isDead, isDead, channel)
      if (isDead === 1) this.#boundDead(channel)
    })
  }

  async channel(name: string) {
    return guard((): ChannelRecord | null => {
      const row = this.#statements.channel.get(name) as Row | undefined
      if (row === undefined) return null
      return {
        name,
        queued: this.#count(name, "queued"),
        deadLetters: this.#count(name, "dead"),
        delivered: Number(row.delivered),
        retried: Number(row.retried),
        dead: Number(row.dead),
        dropped: Number(row.dropped),
        lastSuccessUs: Number(row.last_success_us),
        lastFailureUs: Number(row.last_failure_us),
        lastFailure: String(row.last_failure),
      }
    })
  }

  async deadLetters(channel: string, limit: number) {
    return guard(() => this.#statements.dead.all(channel, "dead", limit).map((row) => deliveryOf(row as Row)))
  }

  async again(channel: string, incident: string, version: number, nowUs: number) {
    return this.#transact(() => {
      const found = this.#statements.deadOne.get(channel, incident, version)
      if (found === undefined) return false
      this.#statements.again.run(nowUs, nowUs, channel, Number(found.sequence))
      return true
    })
  }

  /** What came since the channel was filled last, and what then is too much. */
  #fill({ name, lanes }: OpenChannel, newest: number, nowUs: number): void {
    const s = this.#statements
    const place = this.#placeOf(name)
    const missed = newest - place - Number(s.after.get(place)?.count)
    if (missed > 0) s.countDropped.run(missed, name)
    for (const lane of lanes) s.fill.run(name, nowUs, nowUs, place, lane)
    s.movePlace.run(newest, name)
    const excess = this.#count(name, "queued") - this.#limits.queue
    if (excess <= 0) return
    s.overflow.run(FULL, name, name, excess)
    s.countDropped.run(excess, name)
    s.countFailed.run(nowUs, FULL, 0, excess, name)
    this.#boundDead(name)
  }

  #boundDead(channel: string): void {
    const excess = this.#count(channel, "dead") - this.#limits.deadLetters
    if (excess <= 0) return
    this.#statements.forgetDead.run(channel, channel, excess)
    this.#statements.countDropped.run(excess, channel)
  }

  #newest(): number {
    return Number(this.#statements.newest.get()?.sequence ?? 0)
  }

  /** Infinity for a channel that was not opened: nothing is to be taken for it. */
  #placeOf(channel: string): number {
    return Number(this.#statements.channel.get(channel)?.place ?? Number.POSITIVE_INFINITY)
  }

  #count(channel: string, state: string): number {
    return Number(this.#statements.count.get(channel, state)?.count)
  }

  #transact<T>(action: () => T): T {
    return guard(() => transact(this.#database, action))
  }
}

function deliveryOf(row: Row): Delivery {
  return {
    sequence: Number(row.sequence),
    version: Number(row.version),
    kind: row.kind as NewsKind,
    record: JSON.parse(row.record as string) as IncidentRecord,
    sinceUs: Number(row.since_us),
    tries: Number(row.tries),
    failure: String(row.failure),
  }
}

function prepareAll(database: Database) {
  const prepare = (sql: string): Statement => database.prepare(sql)
  const oldestOf = (state: string): string =>
    `channel = ? AND state = '${state}' AND sequence IN ` +
    `(SELECT sequence FROM deliveries WHERE channel = ? AND state = '${state}' ORDER BY sequence LIMIT ?)`
  return {
    news: prepare("INSERT INTO incident_news (incident, version, kind, lane, record) VALUES (?, ?, ?, ?, ?)"),
    forgetNews: prepare(
      "DELETE FROM incident_news WHERE sequence <= ? AND sequence NOT IN (SELECT sequence FROM deliveries)",
    ),
    newest: prepare("SELECT max(sequence) AS sequence FROM incident_news"),
    after: prepare("SELECT count(*) AS count FROM incident_news WHERE sequence > ?"),
    // A channel that was closed for a while goes on with the present.
    openChannel: prepare(
      "INSERT INTO channels (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE " +
        "SET place = iif(is_open, place, excluded.place), is_open = 1",
    ),
    channel: prepare("SELECT * FROM channels WHERE name = ?"),
    movePlace: prepare("UPDATE channels SET place = ? WHERE name = ?"),
    fill: prepare(
      "INSERT OR IGNORE INTO deliveries (channel, sequence, since_us, next_us) " +
        "SELECT ?, sequence, ?, ? FROM incident_news WHERE sequence > ? AND lane = ?",
    ),
    overflow: prepare(`UPDATE deliveries SET state = 'dead', failure = ? WHERE ${oldestOf("queued")}`),
    forgetDead: prepare(`DELETE FROM deliveries WHERE ${oldestOf("dead")}`),
    next: prepare(`${DELIVERY} AND d.next_us <= ? ORDER BY d.sequence LIMIT 1`),
    dead: prepare(`${DELIVERY} ORDER BY d.sequence DESC LIMIT ?`),
    deadOne: prepare(
      "SELECT d.sequence AS sequence FROM deliveries d JOIN incident_news n USING (sequence) " +
        "WHERE d.channel = ? AND d.state = 'dead' AND n.incident = ? AND n.version = ?",
    ),
    remove: prepare("DELETE FROM deliveries WHERE channel = ? AND sequence = ?"),
    fail: prepare(
      "UPDATE deliveries SET state = ?, next_us = ?, failure = ?, tries = tries + 1 WHERE channel = ? AND sequence = ?",
    ),
    again: prepare(
      "UPDATE deliveries SET state = 'queued', tries = 0, failure = '', since_us = ?, next_us = ? WHERE channel = ? AND sequence = ?",
    ),
    count: prepare("SELECT count(*) AS count FROM deliveries WHERE channel = ? AND state = ?"),
    countDelivered: prepare("UPDATE channels SET delivered = delivered + 1, last_success_us = ? WHERE name = ?"),
    countFailed: prepare(
      "UPDATE channels SET last_failure_us = ?, last_failure = ?, retried = retried + ?, dead = dead + ? WHERE name = ?",
    ),
    countDropped: prepare("UPDATE channels SET dropped = dropped + ? WHERE name = ?"),
  }
}
