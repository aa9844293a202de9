// Who sent a request, where to, and with what type of body: everything that is the same for the requests between two parties
// whose heads agree but for their targets and ids. Found once, and taken over as long as nothing that it rests on has changed.
import type { Client, Identity, Server } from "../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import type { Address } from "./addresses.ts"
import type { CookieJar } from "./cookies.ts"
import type { FlowFacts } from "./flow-facts.ts"
import type { Layout } from "./head-layout.ts"
import type { HeadMemo } from "./head-memo.ts"
import type { Channel } from "./identity/channel.ts"
import type { Credential } from "./identity/credential.ts"
import type { RuleSet } from "./identity/rule-sets.ts"
import type { SourceList } from "./identity/sources.ts"
import type { Media } from "./media.ts"

/** Fields whose values a Sender rests on, beside that of the credential. */
const WATCHED = [
  FieldName.host,
  FieldName.cookie,
  FieldName.userAgent,
  FieldName.contentType,
  FieldName.contentEncoding,
] as const

export interface SenderFacts {
  readonly layout: Layout
  readonly jar: CookieJar
  readonly client: Client
  readonly server: Server
  /** Rules of the service. */
  readonly rules: RuleSet
  /** Where the credential may be. */
  readonly sources: SourceList
  /** Null: none, the client stands for itself. */
  readonly credential: Credential | null
  /** Of the client, where no credential names somebody; else null. */
  readonly anonymous: Identity | null
  readonly media: Media
}

export class Sender implements SenderFacts {
  readonly layout: Layout
  readonly jar: CookieJar
  readonly client: Client
  readonly server: Server
  readonly rules: RuleSet
  readonly sources: SourceList
  readonly credential: Credential | null
  readonly anonymous: Identity | null
  readonly media: Media
  readonly #clientAddress: Address
  readonly #serverAddress: Address
  readonly #serverPort: number
  readonly #zone: number
  readonly #hops: number
  readonly #channel: Channel
  readonly #standing: Credential | null
  /** Of the head; null: it had no stencil, and nobody can tell whether the next one is like it. */
  readonly #memo: HeadMemo | null
  /** Bit i: this rests on the value of field i. */
  readonly #watched: number
  /** 0: not asked for yet. */
  #principalHash = 0

  /** `forwarding`: fields that say for whom a trusted proxy asks. */
  constructor(
    facts: SenderFacts,
    flow: FlowFacts,
    head: HttpHead,
    memo: HeadMemo | null,
    forwarding: readonly number[],
  ) {
    this.#clientAddress = flow.clientAddress
    this.#serverAddress = flow.serverAddress
    this.#serverPort = flow.serverPort
    this.#zone = flow.zone
    this.#hops = flow.baseHops
    this.#channel = flow.channel
    this.#standing = flow.standing
    this.layout = facts.layout
    this.jar = facts.jar
    this.client = facts.client
    this.server = facts.server
    this.rules = facts.rules
    this.sources = facts.sources
    this.credential = facts.credential
    this.anonymous = facts.anonymous
    this.media = facts.media
    this.#memo = memo
    this.#watched = watchedFields(head, facts.sources, forwarding)
  }

  /** Pseudonym of who sends, a session being for itself. */
  get principal(): string {
    return (this.anonymous ?? this.credential!.identity!).principal
  }

  /** 32 bits of it. */
  get principalHash(): number {
    if (this.#principalHash === 0) this.#principalHash = Number.parseInt(this.principal.slice(0, 8), 16) | 0
    return this.#principalHash
  }

  /** True when the flow joins the same two addresses and the same port of the server, in the same zone and over a like channel. */
  isBetween(flow: FlowFacts): boolean {
    return (
      this.#clientAddress === flow.clientAddress &&
      this.#serverAddress === flow.serverAddress &&
      this.#serverPort === flow.serverPort &&
      this.#zone === flow.zone &&
      this.#hops === flow.baseHops &&
      this.#channel === flow.channel &&
      this.#standing === flow.standing
    )
  }

  /** True when the head, between the same two parties, says the same of its sender, except perhaps where the credential is. */
  isOf(head: HttpHead, memo: HeadMemo | null): boolean {
    return memo !== null && memo === this.#memo && (head.stencil!.changing & this.#watched) === 0
  }

  /** True when the credential is at the same place. One in the target may have another value there. */
  hasSources(sources: SourceList): boolean {
    return this.sources === sources && !sources.isInTarget
  }
}

function watchedFields(head: HttpHead, sources: SourceList, forwarding: readonly number[]): number {
  let { fields } = sources
  for (const name of WATCHED) {
    const i = head.known[name]!
    if (i >= 0) fields |= 1 << i
  }
  for (const index of forwarding) fields |= 1 << index
  return fields
}
