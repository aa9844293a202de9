// A subject of a NATS server: the notice as JSON, with its id as Nats-Msg-Id, by which JetStream drops what comes twice.
//
// How to publish is handed in (collector/consume has the client library).
import type { AccessFiles } from "../../shared/bus/access.ts"
import { type Channel, delivered, type Message, type Outcome, unreachable } from "./channel.ts"
import { reasonOf } from "./failures.ts"

export interface Publication {
  readonly url: string
  readonly access: AccessFiles
  readonly subject: string
  /** The stream must say that it has it. */
  readonly isJetStream: boolean
  readonly id: string
  readonly bytes: Uint8Array
}

/** Resolves when the server has it; rejects with a reason otherwise, within a few seconds. */
export type Publish = (publication: Publication) => Promise<void>

export interface NatsSettings {
  readonly name: string
  readonly lanes: readonly string[]
  readonly url: string
  readonly access: AccessFiles
  readonly subject: string
  readonly isJetStream: boolean
  /** The servers, without credentials. */
  readonly servers: string
  readonly publish: Publish
}

export class NatsSubject implements Channel {
  readonly kind = "nats"
  readonly name: string
  readonly lanes: readonly string[]
  readonly target: string
  readonly #settings: NatsSettings

  constructor(settings: NatsSettings) {
    this.name = settings.name
    this.lanes = settings.lanes
    this.target = `${settings.servers} ${settings.subject}`
    this.#settings = settings
  }

  async deliver({ notice }: Message): Promise<Outcome> {
    const { url, access, subject, isJetStream, publish } = this.#settings
    try {
      const bytes = Buffer.from(JSON.stringify(notice))
      await publish({ url, access, subject, isJetStream, id: notice.id, bytes })
      return delivered(isJetStream ? "The stream has it." : "The server has it.")
    } catch (error) {
      return unreachable(`${this.#settings.servers} cannot be told: ${reasonOf(error)}.`)
    }
  }

  async close(): Promise<void> {}
}
