// Who sent a request, where to, and with what type of body: everything that is the same for the requests between two parties
// whose heads agree but for their targets and ids. Found once, and taken over as long as nothing that it rests on has changed.
import type { Client, Identity, Server } from "../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import type { Address } from "./addresses.ts"
import type { CookieJar } from "./cookies.ts"
import type { Layout } from "./head-layout.ts"
import type { HeadMemo } from "./head-memo.ts"
import type { Credential } from "./identity/credentials.ts"
import type { Media } from "./media.ts"
import type { CredentialSource } from "./operations.ts"
import type { FlowFacts } from "./parties.ts"

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
  /** Where the credential is; null: none. */
  readonly source: CredentialSource | null
  /** Null: none, the client stands for itself. */
  readonly credential: Credential | null
  /** While the credential has not expired. */
  readonly identity: Identity
  readonly media: Media
}

export class Sender implements SenderFacts {
  readonly layout: Layout
  readonly jar: CookieJar
  readonly client: Client
  readonly server: Server
  readonly source: CredentialSource | null
  readonly credential: Credential | null
  readonly identity: Identity
  readonly media: Media
  readonly #clientAddress: Address
  readonly #serverAddress: Address
  readonly #serverPort: number
  readonly #zone: number
  /** Of the head; null: it had no stencil, and nobody can tell whether the next one is like it. */
  readonly #memo: HeadMemo | null
  /** Bit i: this rests on the value of field i. */
  readonly #watched: number

  constructor(facts: SenderFacts, flow: FlowFacts, head: HttpHead, memo: HeadMemo | null) {
    this.#clientAddress = flow.clientAddress
    this.#serverAddress = flow.serverAddress
    this.#serverPort = flow.serverPort
    this.#zone = flow.zone
    this.layout = facts.layout
    this.jar = facts.jar
    this.client = facts.client
    this.server = facts.server
    this.source = facts.source
    this.credential = facts.credential
    this.identity = facts.identity
    this.media = facts.media
    this.#memo = memo
    this.#watched = watchedFields(head, facts.source)
  }

  /** True when the flow joins the same two addresses and the same port of the server, in the same zone. */
  isBetween(flow: FlowFacts): boolean {
    return (
      this.#clientAddress === flow.clientAddress &&
      this.#serverAddress === flow.serverAddress &&
      this.#serverPort === flow.serverPort &&
      this.#zone === flow.zone
    )
  }

  /** True when the head, between the same two parties, says the same of its sender, except perhaps where the credential is. */
  isOf(head: HttpHead, memo: HeadMemo | null): boolean {
    return memo !== null && memo === this.#memo && (head.stencil!.changing & this.#watched) === 0
  }

  /** True when the credential is at the same place. One in the target may have another value there. */
  hasSource(source: CredentialSource | null): boolean {
    const own = this.source
    if (own === null || source === null) return own === source
    return own.location === source.location && own.index === source.index && own.location.kind !== "query"
  }
}

function watchedFields(head: HttpHead, source: CredentialSource | null): number {
  let fields = 0
  for (const name of WATCHED) {
    const i = head.known[name]!
    if (i >= 0) fields |= 1 << i
  }
  const kind = source?.location.kind
  return kind === "authorization" || kind === "field" ? fields | (1 << source!.index) : fields
}
