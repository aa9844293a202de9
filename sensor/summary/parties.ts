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
import { type Address, type Addresses, addressBytes, addressText } from "./addresses.ts"
import type { SummaryCounters } from "./counters.ts"
import { FlowFacts, type PlainAddresses, type ServerEntry } from "./flow-facts.ts"
import type { Layout } from "./head-layout.ts"
import { type HeadMemo, isSteady } from "./head-memo.ts"
import { Channels, isChannelOf, PLAIN_CHANNEL } from "./identity/channel.ts"
import type { Credential } from "./identity/credential.ts"
import type { Credentials } from "./identity/credentials.ts"
import type { Forwarding } from "./identity/forwarding.ts"
import type { RuleSet, RuleSets } from "./identity/rule-sets.ts"
import type { Media } from "./media.ts"
import { Domain, type PseudonymKey } from "./privacy/pseudonym.ts"
import { publishedAuthority } from "./privacy/published-host.ts"
import { AUTHORITY_MAX, type Target, writtenAuthority } from "./target.ts"
import { type Agent, Agents, NO_AGENT } from "./user-agent.ts"

const CLIENT_KEY_BYTES = 17
const CLIENTS = { entries: 16_384, keyBytes: 16_384 * CLIENT_KEY_BYTES }
/** Bytes before the authority in the key of a server. */
const SERVER_KEY_BYTES = 11
const SERVERS = { entries: 4096, keyBytes: 256 * 1024 }
/** Name of the rule that matches when no other does. */
export const ANONYMOUS_RULE = "client"
const ANONYMOUS_KEY_BYTES = 24
const NO_FIELDS: readonly number[] = []
const ANONYMOUS = { entries: 8192, keyBytes: 8192 * ANONYMOUS_KEY_BYTES }

export class Parties {
  readonly #addresses: Addresses
  readonly #agents: Agents
  readonly #credentials: Credentials
  readonly #exchanges: SipHash
  readonly #channels = new Channels()
  readonly #forwarding: Forwarding
  readonly #rules: RuleSets
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
    addresses: Addresses,
    forwarding: Forwarding,
    rules: RuleSets,
    zoneName: (zone: number) => string,
    noMedia: Media,
    counters: SummaryCounters,
  ) {
    this.#addresses = addresses
    this.#forwarding = forwarding
    this.#rules = rules
    this.#agents = new Agents(key)
    this.#exchanges = new SipHash(key.derive(Domain.exchange).subarray(0, SIP_KEY_BYTES))
    this.#credentials = credentials
    this.#zoneName = zoneName
    this.#noMedia = noMedia
    this.#counters = counters
  }

  /** The facts of a conversation's flow, made when it is new. */
  of(conversation: Conversation): FlowFacts {
    const { flow, client, secured } = conversation
    const known = flow.facts
    const isKnown = known instanceof FlowFacts && known.serial === flow.serial && known.client === client
    if (isKnown && known.secured === secured) {
      // The handshake may have told more since.
      if (secured !== null && !isChannelOf(known.channel, secured)) known.enter(this.#channels.of(secured))
      return known
    }
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
    facts.serverAddress = this.#addresses.of(flow, server)
    facts.secured = secured
    facts.channel = this.#channels.of(secured)
    this.#begin(facts, conversation)
    flow.facts = facts
    return facts
  }

  /** Who opened the connection, and whether that is to be believed about others. */
  #begin(facts: FlowFacts, { flow, client }: Conversation): void {
    const { proxied } = flow
    facts.clientAddress = this.#addresses.of(flow, client)
    facts.isTrusted = this.#forwarding.isTrusted(flow.ipVersion, flow.address, client * 4)
    if (facts.isTrusted && proxied?.serial === flow.serial) {
      const { ipVersion, words } = proxied
      this.#counters.identity.forwarded++
      facts.clientAddress = this.#addresses.at(ipVersion, words, 0)
      facts.baseHops = 1
      facts.isTrusted = this.#forwarding.isTrusted(ipVersion, words, 0)
    }
    facts.address = facts.clientAddress
    facts.hops = facts.baseHops
  }

  /** For whom a trusted proxy sent this head. */
  #trace(facts: FlowFacts, head: HttpHead, layout: Layout): void {
    const forwarded = this.#forwarding.of(head, layout)
    if (forwarded === null) {
      facts.address = facts.clientAddress
      facts.hops = facts.baseHops
      return
    }
    const { ipVersion, words } = forwarded.address
    this.#counters.identity.forwarded++
    facts.address = this.#addresses.at(ipVersion, words, 0)
    facts.hops = facts.baseHops + forwarded.hops
  }

  /** Fields that a Sender on this flow rests on, because they say for whom it asks. */
  forwardingFields(facts: FlowFacts, layout: Layout): readonly number[] {
    return facts.isTrusted ? this.#forwarding.fieldsOf(layout) : NO_FIELDS
  }

  /** The client that sent this head. */
  client(facts: FlowFacts, head: HttpHead, layout: Layout, memo: HeadMemo | null): Client {
    const agent = this.#agentOf(facts, head, memo)
    const { address, hops } = facts
    if (facts.isTrusted) this.#trace(facts, head, layout)
    const isSame = facts.address === address && facts.hops === hops && facts.agent === agent
    if (isSame && facts.layout === layout && facts.clientRecord !== null) return facts.clientRecord
    if (!isSame || facts.habit !== layout.habit) facts.anonymous = null
    facts.layout = layout
    facts.agent = agent
    facts.habit = layout.habit
    facts.clientRecord = this.#clientOf(facts, facts.address, facts.hops, agent, layout.fieldOrder)
    return facts.clientRecord
  }

  /** The client of a flow whose request was not seen. */
  unseenClient(facts: FlowFacts): Client {
    return this.#clientOf(facts, facts.clientAddress, facts.baseHops, NO_AGENT, 0)
  }

  /** Which rules hold for the service that this request goes to. */
  rules(facts: FlowFacts, flow: Flow, head: HttpHead, target: Target): RuleSet {
    return this.#rules.isUniform ? this.#rules.of("", 0) : this.#server(facts, flow, head, target).rules
  }

  /** Where this request goes. */
  server(facts: FlowFacts, flow: Flow, head: HttpHead, target: Target): Server {
    return this.#server(facts, flow, head, target).server
  }

  #server(facts: FlowFacts, flow: Flow, head: HttpHead, target: Target): ServerEntry {
    const start = target.authorityStart
    const length = Math.min(target.authorityEnd - start, 2 * AUTHORITY_MAX)
    const last = facts.server
    if (last !== null && last.raw.length === length && isSameSpan(head.bytes, start, last.raw, 0, length)) return last
    const entry = this.#serverOf(facts, flow, head.buffer, start, start + length)
    facts.server = entry
    return entry
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
    const { agent, address, habit, zone } = facts
    // What TLS tells of a proxy says nothing of those that it asks for.
    const channel = facts.hops === 0 ? facts.channel : PLAIN_CHANNEL
    const key = this.#key
    const view = this.#view
    view.setInt32(0, address.id, true)
    view.setInt32(4, agent.id, true)
    view.setInt32(8, habit, true)
    view.setInt32(12, credential === null ? 0 : credential.location.id, true)
    view.setInt32(16, zone, true)
    view.setInt32(20, channel.id, true)
    let identity = this.#anonymous.find(key, 0, ANONYMOUS_KEY_BYTES)
    if (identity === undefined) {
      const network = zone === 0 ? "" : `\n${this.#zoneName(zone)}`
      const software = channel.software === "" ? "" : `\ntls ${channel.software}`
      const name = `${address.key}\n${agent.hash}\n${habit}${software}${network}`
      const former = `${address.former}\n${agent.formerHash}\n${habit}${software}${network}`
      const { scheme, location } = credential ?? { scheme: "none", location: null }
      const rule = location === null ? ANONYMOUS_RULE : location.rule.name
      identity = this.#credentials.anonymous(scheme, location?.text ?? "", rule, name, former)
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

  #clientOf({ channel }: FlowFacts, address: Address, hops: number, agent: Agent, fieldOrder: number): Client {
    const key = this.#key
    const view = this.#view
    view.setInt32(0, address.id, true)
    view.setInt32(4, agent.id, true)
    view.setUint32(8, fieldOrder, true)
    view.setInt32(12, channel.id, true)
    view.setUint8(16, hops)
    let client = this.#clients.find(key, 0, CLIENT_KEY_BYTES)
    if (client === undefined) {
      this.#counters.made.clients++
      client = {
        address: address.pseudonym,
        prefix: address.prefix,
        addressClass: address.addressClass,
        fieldOrder,
        userAgentFamily: agent.family,
        userAgentHash: agent.hash,
        ja4: channel.ja4,
        alpn: channel.alpn,
        hops,
        forwardedPrefix: hops === 0 ? "" : address.prefix,
      }
      this.#clients.add(key, 0, CLIENT_KEY_BYTES, client)
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
    const { version } = facts.channel
    // "1.2" and "1.3" differ in their last letter.
    view.setUint8(10, version === "" ? 0 : version.charCodeAt(version.length - 1))
    key.set(raw, SERVER_KEY_BYTES)
    const known = this.#servers.find(key, 0, SERVER_KEY_BYTES + raw.length)
    if (known !== undefined) return known
    const { authority: written, isOdd } = writtenAuthority(Buffer.from(raw).toString("latin1"), port)
    const own = addressText(flow, facts.client === 0 ? 1 : 0)
    const authority = publishedAuthority(written, (text) =>
      text === own ? address.pseudonym : this.#addresses.ofText(text),
    )
    if (isOdd) this.#counters.oddAuthorities++
    this.#counters.made.servers++
    const zone = flow.zone === 0 ? "" : this.#zoneName(flow.zone)
    const { addressClass } = address
    const server = { address: address.pseudonym, addressClass, port, authority, zone, tls: version }
    const entry = { raw, server, rules: this.#rules.of(written, port) }
    this.#servers.add(key, 0, SERVER_KEY_BYTES + raw.length, entry)
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
