// Who talks to whom on a flow: the Client and Server of its exchanges, remembered on the flow itself.
//
// In:  a conversation, then heads.   Out: FlowFacts, with what the last request of the flow was, so that the next one, which is
// mostly the same, is recognised by comparing bytes. Equal records are one object while remembered.
import { ByteInterner, isSameSpan } from "../../shared/bytes/interner.ts"
import { SIP_KEY_BYTES, SipHash } from "../../shared/bytes/siphash.ts"
import type { Client, Identity, Server } from "../../shared/event/api-event.ts"
import type { Flow, Side } from "../flow/flow.ts"
import type { Conversation } from "../http/exchange-receiver.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import { type Address, Addresses, type AddressMode, addressBytes, addressText, type NamedNetwork } from "./addresses.ts"
import { type CookieJar, NO_COOKIES } from "./cookies.ts"
import type { SummaryCounters } from "./counters.ts"
import type { Layout } from "./head-layout.ts"
import { type HeadMemo, isSteady } from "./head-memo.ts"
import type { Credential, Credentials } from "./identity/credentials.ts"
import type { Media } from "./media.ts"
import { Domain, type PseudonymKey } from "./pseudonym.ts"
import { publishedAuthority } from "./published-host.ts"
import type { Sender } from "./sender.ts"
import { AUTHORITY_MAX, type Target, writtenAuthority } from "./target.ts"
import { type Agent, Agents, NO_AGENT } from "./user-agent.ts"

const CLIENTS = { entries: 16_384, keyBytes: 16_384 * 12 }
const SERVERS = { entries: 4096, keyBytes: 256 * 1024 }
/** Name of the rule that matches when no other does. */
export const ANONYMOUS_RULE = "client"
const ANONYMOUS_KEY_BYTES = 20
const ANONYMOUS = { entries: 8192, keyBytes: 8192 * ANONYMOUS_KEY_BYTES }

interface ServerEntry {
  /** Authority as sent. */
  readonly raw: Uint8Array
  readonly server: Server
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
  clientAddress!: Address
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
  clientRecord!: Client | null
  server!: ServerEntry | null
  credential!: Credential | null
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
    this.layout = null
    this.agent = NO_AGENT
    this.clientRecord = null
    this.server = null
    this.credential = null
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

  remember(sender: Sender): void {
    this.#senderBefore = this.#sender
    this.#sender = sender
  }
}

export class Parties {
  readonly #addresses: Addresses
  readonly #agents: Agents
  readonly #credentials: Credentials
  readonly #exchanges: SipHash
  readonly #clients = new ByteInterner<Client>(CLIENTS)
  readonly #servers = new ByteInterner<ServerEntry>(SERVERS)
  readonly #anonymous = new ByteInterner<Identity>(ANONYMOUS)
  readonly #key: Buffer = Buffer.alloc(1024)
  readonly #view = new DataView(this.#key.buffer, this.#key.byteOffset, this.#key.length)
  readonly #counters: SummaryCounters
  readonly #noMedia: Media
  readonly #zoneName: (zone: number) => string

  constructor(
    key: PseudonymKey,
    credentials: Credentials,
    networks: readonly NamedNetwork[],
    zoneName: (zone: number) => string,
    noMedia: Media,
    counters: SummaryCounters,
    addressMode: AddressMode,
  ) {
    this.#addresses = new Addresses(key, networks, addressMode)
    this.#agents = new Agents(key)
    this.#exchanges = new SipHash(key.derive(Domain.exchange).subarray(0, SIP_KEY_BYTES))
    this.#credentials = credentials
    this.#zoneName = zoneName
    this.#noMedia = noMedia
    this.#counters = counters
  }

  /** The facts of a conversation's flow, made when it is new. */
  of(conversation: Conversation): FlowFacts {
    const { flow, client } = conversation
    const known = flow.facts
    if (known instanceof FlowFacts && known.serial === flow.serial && known.client === client) return known
    const server: Side = client === 0 ? 1 : 0
    const bytes = this.#key
    const port0 = addressBytes(flow, 0, bytes, 0)
    this.#view.setUint16(port0, flow.port0)
    const port1 = addressBytes(flow, 1, bytes, port0 + 2)
    this.#view.setUint16(port1, flow.port1)
    this.#exchanges.hash(bytes, 0, port1 + 2)
    // Facts of the same flow seen the other way round may still be in use; those of the flow before are not.
    const facts = known instanceof FlowFacts && known.serial !== flow.serial ? known : new FlowFacts()
    facts.begin(flow, client, this.#noMedia)
    facts.keyHigh = this.#exchanges.high
    facts.keyLow = this.#exchanges.low
    facts.clientAddress = this.#addresses.of(flow, client)
    facts.serverAddress = this.#addresses.of(flow, server)
    flow.facts = facts
    return facts
  }

  /** The client that sent this head. */
  client(facts: FlowFacts, head: HttpHead, layout: Layout, memo: HeadMemo | null): Client {
    const agent = this.#agentOf(facts, head, memo)
    if (facts.layout === layout && facts.agent === agent && facts.clientRecord !== null) return facts.clientRecord
    if (facts.agent !== agent || facts.habit !== layout.habit) facts.anonymous = null
    facts.layout = layout
    facts.agent = agent
    facts.habit = layout.habit
    facts.clientRecord = this.#clientOf(facts.clientAddress, agent, layout.fieldOrder)
    return facts.clientRecord
  }

  /** The client of a flow whose request was not seen. */
  unseenClient(facts: FlowFacts): Client {
    return this.#clientOf(facts.clientAddress, NO_AGENT, 0)
  }

  /** Where this request goes. */
  server(facts: FlowFacts, flow: Flow, head: HttpHead, target: Target): Server {
    const start = target.authorityStart
    const length = Math.min(target.authorityEnd - start, 2 * AUTHORITY_MAX)
    const last = facts.server
    if (last !== null && last.raw.length === length && isSameSpan(head.bytes, start, last.raw, 0, length))
      return last.server
    const entry = this.#serverOf(facts, flow, head.buffer, start, start + length)
    facts.server = entry
    return entry.server
  }

  /** The server of a flow whose request was not seen. */
  unseenServer(facts: FlowFacts, flow: Flow): Server {
    return this.#serverOf(facts, flow, this.#key, 0, 0).server
  }

  /**
   * Who the client is without a credential that names somebody: address and the zone where it means something, software, and
   * the habit of its heads that does not change from one kind of request to another. `credential`: one whose scheme tells nothing of its holder, or null.
   */
  anonymous(facts: FlowFacts, credential: Credential | null): Identity {
    if (credential === null && facts.anonymous !== null) return facts.anonymous
    const { agent, clientAddress, habit, zone } = facts
    const key = this.#key
    const view = this.#view
    view.setInt32(0, clientAddress.id, true)
    view.setInt32(4, agent.id, true)
    view.setInt32(8, habit, true)
    view.setInt32(12, credential === null ? 0 : credential.location.id, true)
    view.setInt32(16, zone, true)
    let identity = this.#anonymous.find(key, 0, ANONYMOUS_KEY_BYTES)
    if (identity === undefined) {
      const network = zone === 0 ? "" : `\n${this.#zoneName(zone)}`
      const name = `${clientAddress.pseudonym}\n${agent.hash}\n${habit}${network}`
      identity =
        credential === null
          ? this.#credentials.anonymous("none", "", ANONYMOUS_RULE, name)
          : this.#credentials.anonymous(credential.scheme, credential.location.text, credential.location.rule, name)
      this.#anonymous.add(key, 0, ANONYMOUS_KEY_BYTES, identity)
    }
    if (credential === null) facts.anonymous = identity
    return identity
  }

  plain(facts: FlowFacts, flow: Flow): PlainAddresses {
    facts.plain ??= {
      clientAddress: addressText(flow, facts.client),
      serverAddress: addressText(flow, facts.client === 0 ? 1 : 0),
    }
    return facts.plain
  }

  #agentOf(facts: FlowFacts, head: HttpHead, memo: HeadMemo | null): Agent {
    const i = head.known[FieldName.userAgent]!
    if (i < 0) return NO_AGENT
    if (memo === null || !isSteady(head, i)) return this.#agentAt(facts, head, i)
    memo.agent ??= this.#agentAt(facts, head, i)
    return memo.agent
  }

  #agentAt(facts: FlowFacts, head: HttpHead, i: number): Agent {
    const start = head.valueStart[i]!
    const end = head.valueEnd[i]!
    const last = facts.agent.bytes
    if (last.length === end - start && isSameSpan(head.bytes, start, last, 0, last.length)) return facts.agent
    return this.#agents.of(head.buffer, start, end)
  }

  #clientOf(address: Address, agent: Agent, fieldOrder: number): Client {
    const key = this.#key
    const view = this.#view
    view.setInt32(0, address.id, true)
    view.setInt32(4, agent.id, true)
    view.setUint32(8, fieldOrder, true)
    let client = this.#clients.find(key, 0, 12)
    if (client === undefined) {
      this.#counters.made.clients++
      client = {
        address: address.pseudonym,
        prefix: address.prefix,
        addressClass: address.addressClass,
        fieldOrder,
        userAgentFamily: agent.family,
        userAgentHash: agent.hash,
        ja4: "",
        alpn: "",
        hops: 0,
        forwardedPrefix: "",
      }
      this.#clients.add(key, 0, 12, client)
    }
    return client
  }

  #serverOf(facts: FlowFacts, flow: Flow, bytes: Buffer, start: number, end: number): ServerEntry {
    const address = facts.serverAddress
    const port = facts.serverPort
    const key = this.#key
    const view = this.#view
    const raw = new Uint8Array(bytes.subarray(start, end))
    view.setInt32(0, address.id, true)
    view.setUint16(4, port, true)
    view.setInt32(6, flow.zone, true)
    key.set(raw, 10)
    const known = this.#servers.find(key, 0, 10 + raw.length)
    if (known !== undefined) return known
    const { authority: written, isOdd } = writtenAuthority(Buffer.from(raw).toString("latin1"), port)
    const own = addressText(flow, facts.client === 0 ? 1 : 0)
    const authority = publishedAuthority(written, (text) =>
      text === own ? address.pseudonym : this.#addresses.ofText(text),
    )
    if (isOdd) this.#counters.oddAuthorities++
    this.#counters.made.servers++
    const zone = flow.zone === 0 ? "" : this.#zoneName(flow.zone)
    const server = { address: address.pseudonym, addressClass: address.addressClass, port, authority, zone, tls: "" }
    const entry = { raw, server }
    this.#servers.add(key, 0, 10 + raw.length, entry)
    return entry
  }
}

/**
 * 48-bit key of an exchange: the flow's keyed bits mixed with the sequence number just past the request, which both directions
 * tell. The same at every sensor of a tenant, because nothing else enters: not the zone either, since one sensor may see
 * plainly what reaches another in a tunnel. 0 when the number is not known.
 */
export function exchangeKey(facts: FlowFacts, requestEndSeq: number): number {
  if (requestEndSeq < 0) return 0
  let high = Math.imul(facts.keyHigh ^ requestEndSeq, 0x9e3779b1)
  high = Math.imul(high ^ (high >>> 15), 0x85ebca6b)
  high ^= high >>> 13
  let low = Math.imul(facts.keyLow ^ high, 0xc2b2ae35) + requestEndSeq
  low = Math.imul(low ^ (low >>> 16), 0x27d4eb2f)
  low ^= low >>> 15
  return (high & 0xffff) * 0x1_0000_0000 + (low >>> 0) || 1
}
