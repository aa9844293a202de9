// Floods that belong to no service: names of hosts that nobody serves, and credentials for which there was no place among consumers.
//
// In:  such requests. Out: one finding a kind, while there is a flood; documents of kind "flood" for the next checkpoint.
// Consumers are without number in the second: who shows the credentials is told by prefix of the client's address.
import type { ConsumerView } from "./batch-views.ts"
import { hashOf } from "./batch-views.ts"
import type { Documents } from "./documents.ts"
import type { Findings } from "./findings.ts"
import { Flood } from "./flood.ts"
import { credentialsSentence, hostsSentence } from "./flood-sentences.ts"

const HOSTS = "hosts"
const CREDENTIALS = "credentials"

export class Floods {
  readonly #hosts: Flood
  readonly #credentials: Flood
  readonly #documents: Documents
  readonly #dirty = new Set<Flood>()

  /** `limit`: distinct ones of a day that make a flood. */
  constructor(documents: Documents, limit: number) {
    this.#documents = documents
    const of = (id: string): Flood => {
      const stored = documents.get("flood", id)
      return stored === null ? new Flood(limit) : Flood.from(stored.state, limit)
    }
    this.#hosts = of(HOSTS)
    this.#credentials = of(CREDENTIALS)
  }

  /** `consumer`: "" for nobody known. */
  noteHost(authority: string, consumer: string, atUs: number): void {
    this.#hosts.note(hashOf(authority), consumer, atUs)
    this.#dirty.add(this.#hosts)
  }

  noteConsumer({ hash, client }: ConsumerView, atUs: number): void {
    this.#credentials.note(hash, client.prefix, atUs)
    this.#dirty.add(this.#credentials)
  }

  /** Before a checkpoint. `called`: names of consumers by id. */
  review(findings: Findings, called: (id: string) => string): void {
    const hosts = this.#take(HOSTS, this.#hosts)
    if (hosts !== null) {
      const { distinct: count, main: consumer, firstUs, lastUs } = hosts
      const sentence = hostsSentence(hosts, called)
      findings.hold("hosts.flood", HOSTS, { service: "", consumer, firstUs, lastUs, count, sentence })
    }
    const credentials = this.#take(CREDENTIALS, this.#credentials)
    if (credentials === null) return
    const { distinct: count, firstUs, lastUs } = credentials
    const sentence = credentialsSentence(credentials)
    findings.hold("credentials.flood", CREDENTIALS, { service: "", firstUs, lastUs, count, sentence })
  }

  /** Facts of a flood that has changed. */
  #take(id: string, flood: Flood) {
    if (!this.#dirty.delete(flood)) return null
    this.#documents.put("flood", id, { state: flood.toJson() })
    return flood.hasFlooded ? flood.facts() : null
  }
}
