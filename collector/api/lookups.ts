// Names for ids, and how far event time has come: small reads that several routes need beside their own.
import type { ConsumerRecord, EndpointRecord } from "../store/records.ts"
import type { Store } from "../store/store.ts"

/** Reads each id once. */
function remember<T>(read: (id: string) => Promise<T | null>): (id: string) => Promise<T | null> {
  const known = new Map<string, Promise<T | null>>()
  return (id) => {
    let answer = known.get(id)
    if (answer === undefined) {
      answer = read(id)
      known.set(id, answer)
    }
    return answer
  }
}

/** Lookups of one request: each record is read at most once, and nothing is kept after it. */
export class Lookups {
  readonly #service: (id: string) => Promise<{ readonly name: string } | null>
  readonly #consumer: (id: string) => Promise<ConsumerRecord | null>
  readonly #endpoint: (id: string) => Promise<EndpointRecord | null>

  constructor(store: Store) {
    this.#service = remember((id) => store.service(id))
    this.#consumer = remember((id) => store.consumer(id))
    this.#endpoint = remember((id) => store.endpoint(id))
  }

  async serviceName(id: string): Promise<string> {
    return (await this.#service(id))?.name ?? id
  }

  /** Names of all these services. */
  async serviceNames(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>()
    for (const id of new Set(ids)) names.set(id, await this.serviceName(id))
    return names
  }

  async consumerLabel(id: string): Promise<{ id: string; name: string; scheme: string }> {
    const record = await this.#consumer(id)
    return { id, name: record?.name ?? id, scheme: record?.scheme ?? "" }
  }

  async endpointLabel(id: string) {
    const record = await this.#endpoint(id)
    const service = record?.service ?? ""
    return {
      id,
      service,
      serviceName: service === "" ? "" : await this.serviceName(service),
      method: record?.method ?? "",
      template: record?.template ?? id,
      operation: record === null || record.operation === "" ? null : record.operation,
    }
  }
}

/** The greatest watermark of all sensors, µs: the present, as far as events go. */
export async function eventNow(store: Store): Promise<number> {
  let nowUs = 0
  for (const sensor of await store.sensors()) nowUs = Math.max(nowUs, sensor.watermarkUs)
  return nowUs
}
