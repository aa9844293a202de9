// What is known of a flow, and of the last request on it, so that the next one, which is mostly the same, is recognised by
// comparing references and bytes. The record goes with that of the flow.
import type { Client, Identity, Server } from "../../shared/event/api-event.ts"
import type { Flow, Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { HttpHead } from "../http/http-head.ts"
import type { Address } from "./addresses.ts"
import { type CookieJar, NO_COOKIES } from "./cookies.ts"
import type { Layout } from "./head-layout.ts"
import type { HeadMemo } from "./head-memo.ts"
import { type Channel, PLAIN_CHANNEL } from "./identity/channel.ts"
import type { Credential } from "./identity/credential.ts"
import type { RuleSet } from "./identity/rule-sets.ts"
import type { Media } from "./media.ts"
import type { Sender } from "./sender.ts"
import { type Agent, NO_AGENT } from "./user-agent.ts"

export interface ServerEntry {
  /** Authority as sent. */
  readonly raw: Uint8Array
  readonly server: Server
  readonly rules: RuleSet
}

/** Addresses in plain text: only for the local debugging view. */
export interface PlainAddresses {
  readonly clientAddress: string
  readonly serverAddress: string
}

/** What is known of a flow. The record goes with that of the flow, and stands for one after another like it. */
export class FlowFacts {
  /** Flow.serial of the flow that this is of. */
  serial!: number
  /** Side that sends the requests, for which the rest holds. */
  client!: Side
  /** Who opened the connection, or whom a trusted proxy did it for. */
  clientAddress!: Address
  /** Proxies between them: 1 when a trusted one said who called (PROXY protocol). */
  baseHops!: number
  /** That client is a trusted proxy: what it says in heads is believed. */
  isTrusted!: boolean
  /** TLS session that the flow is read through. */
  secured!: Secured | null
  channel!: Channel
  serverAddress!: Address
  serverPort!: number
  /** In which the addresses mean something. */
  zone!: number
  /** 64 keyed bits of the flow: the base of its exchange keys. */
  keyHigh!: number
  keyLow!: number
  /** Of the last request. */
  layout!: Layout | null
  agent!: Agent
  address!: Address
  hops!: number
  clientRecord!: Client | null
  server!: ServerEntry | null
  credential!: Credential | null
  /** What authenticated the connection as a whole (NTLM, Negotiate): it holds for requests without a credential. */
  #standing: Credential | null = null
  anonymous!: Identity | null
  /** Habit of the layout that `anonymous` belongs to. */
  habit!: number
  jar!: CookieJar
  requestMedia!: Media
  responseMedia!: Media
  /** Of the last two kinds of requests: a client that reads and writes has two. */
  #sender: Sender | null = null
  #senderBefore: Sender | null = null
  plain!: PlainAddresses | null

  /** `media`: of a head that says nothing of it. */
  begin(flow: Flow, client: Side, media: Media): void {
    this.serial = flow.serial
    this.client = client
    this.serverPort = client === 0 ? flow.port1 : flow.port0
    this.zone = flow.zone
    this.baseHops = 0
    this.isTrusted = false
    this.secured = null
    this.channel = PLAIN_CHANNEL
    this.layout = null
    this.agent = NO_AGENT
    this.clientRecord = null
    this.server = null
    this.credential = null
    this.#standing = null
    this.anonymous = null
    this.habit = -1
    this.jar = NO_COOKIES
    this.requestMedia = media
    this.responseMedia = media
    this.#sender = null
    this.#senderBefore = null
    this.plain = null
  }

  /** The sender of this head if it is that of an earlier one, here or on another flow, its credential aside; else null. */
  senderOf(head: HttpHead, memo: HeadMemo | null): Sender | null {
    if (this.#sender?.isOf(head, memo) === true) return this.#sender
    if (this.#senderBefore?.isOf(head, memo) === true) return this.#senderBefore
    const other = memo === null ? null : memo.sender
    if (other?.isBetween(this) !== true || !other.isOf(head, memo)) return null
    this.remember(other)
    return other
  }

  /** The flow goes through another channel than was known. */
  enter(channel: Channel): void {
    this.channel = channel
    this.clientRecord = null
    this.anonymous = null
    this.server = null
    this.#sender = null
    this.#senderBefore = null
  }

  get standing(): Credential | null {
    return this.#standing
  }

  set standing(credential: Credential) {
    this.#standing = credential
    this.#sender = null
    this.#senderBefore = null
  }

  remember(sender: Sender): void {
    this.#senderBefore = this.#sender
    this.#sender = sender
  }
}
