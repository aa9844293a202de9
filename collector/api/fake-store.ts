// Test support: the Store contract over plain arrays, for tests of what stands on it. Holds one checkpoint.
import type { PairCount, SeriesPoint } from "../store/records.ts"
import {
  type Checkpoint,
  type EndpointFilter,
  type Page,
  type PageRequest,
  type Store,
  type StoredState,
  StoreError,
} from "../store/store.ts"

const WINDOW_FIELDS = ["requests", "errors", "requestBytes", "responseBytes", "items"] as const

function paged<T extends { readonly id: string }>(rows: readonly T[], page: PageRequest): Page<T> {
  const sort = page.sort ?? "id"
  const field = sort.replace(/^-/, "") as keyof T
  const sign = sort.startsWith("-") ? -1 : 1
  if (rows.length > 0 && !(field in rows[0]!)) throw new StoreError("bad-sort", `no field ${String(field)}`)
  const sorted = [...rows].sort((a, b) => {
    if (a[field] === b[field]) return a.id < b.id ? -1 : 1
    return a[field] < b[field] ? -sign : sign
  })
  let from = 0
  if (page.cursor !== undefined) {
    const match = /^after:(.*)$/.exec(Buffer.from(page.cursor, "base64url").toString())
    from = sorted.findIndex((row) => row.id === match?.[1]) + 1
    if (from === 0) throw new StoreError("bad-cursor", "unknown cursor")
  }
  const items = sorted.slice(from, from + page.limit)
  const more = from + page.limit < sorted.length
  const next = more ? Buffer.from(`after:${items.at(-1)!.id}`).toString("base64url") : null
  return { items, next, total: rows.length }
}

const has = (text: string, search: string | undefined): boolean =>
  search === undefined || text.toLowerCase().includes(search.toLowerCase())

export class FakeStore implements Store {
  #held: Checkpoint | null = null
  /** Set to make every read fail as a broken disk would. */
  broken = false

  get #seed(): Checkpoint {
    if (this.broken) throw new StoreError("io", "SQLITE_IOERR: /secret/path")
    if (this.#held === null) throw new Error("commit a checkpoint first")
    return this.#held
  }

  async load(): Promise<StoredState> {
    throw new Error("not part of the fake")
  }

  async commit(checkpoint: Checkpoint): Promise<void> {
    this.#held = checkpoint
  }

  async services(page: PageRequest, search?: string) {
    return paged(
      this.#seed.services.filter((service) => has(service.name, search)),
      page,
    )
  }

  async service(id: string) {
    return this.#seed.services.find((record) => record.id === id) ?? null
  }

  async endpoints(filter: EndpointFilter, page: PageRequest) {
    const { service, method, status, consumer, search } = filter
    const name = new Map(this.#seed.services.map((record) => [record.id, record.name]))
    const used = new Set(this.#seed.days.filter((day) => day.consumer === consumer).map((day) => day.endpoint))
    const rows = this.#seed.endpoints.filter(
      (record) =>
        (service === undefined || record.service === service) &&
        (method === undefined || record.method === method) &&
        (status === undefined || record.status === status) &&
        (consumer === undefined || used.has(record.id)) &&
        has(`${record.template} ${record.operation} ${name.get(record.service)}`, search),
    )
    return paged(rows, page)
  }

  async endpoint(id: string) {
    return this.#seed.endpoints.find((record) => record.id === id) ?? null
  }

  async consumers(page: PageRequest, search?: string) {
    return paged(
      this.#seed.consumers.filter((record) => has(record.name, search)),
      page,
    )
  }

  async consumer(id: string) {
    return this.#seed.consumers.find((record) => record.id === id) ?? null
  }

  #rows(by: { consumer?: string; endpoint?: string; service?: string }, size: "hour" | "day"): PairCount[] {
    const service = new Map(this.#seed.endpoints.map((record) => [record.id, record.service]))
    return this.#seed[size === "hour" ? "hours" : "days"].filter(
      (row) =>
        (by.consumer === undefined || row.consumer === by.consumer) &&
        (by.endpoint === undefined || row.endpoint === by.endpoint) &&
        (by.service === undefined || service.get(row.endpoint) === by.service),
    )
  }

  #sum(rows: readonly PairCount[], keyOf: (row: PairCount) => string): PairCount[] {
    const sums = new Map<string, PairCount>()
    for (const row of rows) {
      const sum = sums.get(keyOf(row))
      if (sum === undefined) sums.set(keyOf(row), { ...row })
      else for (const field of WINDOW_FIELDS) sum[field] += row[field]
    }
    return [...sums.values()]
  }

  async windows(
    by: { consumer?: string; endpoint?: string },
    size: "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ) {
    return this.#rows(by, size)
      .filter((row) => row.windowUs >= sinceUs && row.windowUs < untilUs)
      .sort((a, b) => a.windowUs - b.windowUs)
      .slice(0, limit)
  }

  async series(
    by: { consumer?: string; endpoint?: string; service?: string },
    size: "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ): Promise<readonly SeriesPoint[]> {
    const rows = this.#rows(by, size).filter((row) => row.windowUs >= sinceUs && row.windowUs < untilUs)
    return this.#sum(rows, (row) => String(row.windowUs))
      .sort((a, b) => a.windowUs - b.windowUs)
      .slice(-limit)
      .map(({ windowUs, requests, errors, requestBytes, responseBytes, items }) => {
        return { windowUs, requests, errors, requestBytes, responseBytes, items }
      })
  }

  async pairs(by: { consumer?: string; endpoint?: string }, limit: number) {
    return this.#sum(this.#rows(by, "day"), (row) => `${row.consumer} ${row.endpoint}`)
      .sort((a, b) => b.requests - a.requests)
      .slice(0, limit)
  }

  async map(limit: number) {
    const service = new Map(this.#seed.endpoints.map((record) => [record.id, record.service]))
    return this.#sum(this.#rows({}, "day"), (row) => `${row.consumer} ${service.get(row.endpoint)}`)
      .map((row) => ({ ...row, service: service.get(row.endpoint)! }))
      .sort((a, b) => b.requests - a.requests)
      .slice(0, limit)
  }

  async shapes(ids: readonly number[]) {
    return this.#seed.shapes.filter((record) => ids.includes(record.shape))
  }

  async sensors() {
    return this.#seed.sensors
  }

  async ledger() {
    return this.#seed.ledger
  }

  async changes(sinceSequence: number, limit: number) {
    return this.#seed.changes.filter((change) => change.sequence > sinceSequence).slice(0, limit)
  }

  async latestChanges(limit: number) {
    return this.#seed.changes.toReversed().slice(0, limit)
  }

  async ping() {
    void this.#seed
  }

  async close() {}
}
