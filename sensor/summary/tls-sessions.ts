// A TLS session becomes a note: who talked to whom, how it was protected, how much of it was read; and nothing that may not leave.
//
// In:  accounts of sessions (TlsReceiver).   Out: TlsNotes. Of names only those of hosts and issuers leave: a server name goes the
// way of a Host, addresses among the names of a certificate are replaced by pseudonyms, mailboxes and persons are left out.
import { createHash } from "node:crypto"
import { StringInterner } from "../../shared/bytes/interner.ts"
import type { Server, TlsNote } from "../../shared/event/api-event.ts"
import type { CertificateNames } from "../tls/certificate.ts"
import { cipherName } from "../tls/cipher-names.ts"
import { TLS_REASON_NAMES } from "../tls/tls-reason.ts"
import { TLS_STATE_NAMES, type TlsAccount, type TlsReceiver } from "../tls/tls-receiver.ts"
import { Addresses, addressText } from "./addresses.ts"
import { displayName } from "./identity/display-name.ts"
import { SUMMARY_DEFAULTS, type SummaryOptions } from "./options.ts"
import { Domain, type PseudonymKey, type Pseudonyms } from "./privacy/pseudonym.ts"
import { publishedAuthority } from "./privacy/published-host.ts"
import { writtenAuthority } from "./target.ts"

const SERVERS = 4096
const PROTOCOL = /^[\x21-\x7e]{1,32}$/
const HOST = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])$/

/** What a note holds as pseudonyms, for the local debugging view. */
export interface PlainTls {
  readonly clientAddress: string
  readonly serverAddress: string
  /** As sent. */
  readonly serverName: string
}

export interface TlsSink {
  /** The note is the receiver's to keep. `plain`: in the local debugging view only. */
  tls(note: TlsNote, plain: PlainTls | null): void
}

export class TlsSessions implements TlsReceiver {
  readonly #sink: TlsSink
  readonly #addresses: Addresses
  readonly #certificates: Pseudonyms
  readonly #servers = new StringInterner<Server>(SERVERS)
  readonly #options: SummaryOptions

  constructor(sink: TlsSink, key: PseudonymKey, options: Partial<SummaryOptions> = {}) {
    this.#sink = sink
    this.#options = { ...SUMMARY_DEFAULTS, ...options }
    this.#addresses = new Addresses(key, this.#options.networks, this.#options.addressMode)
    this.#certificates = key.of(Domain.credential)
  }

  onTls(account: TlsAccount): void {
    const { flow, client, certificate, clientCertificate } = account
    const address = this.#addresses.of(flow, client)
    const { reveal } = this.#options
    this.#sink.tls(
      {
        startUs: account.startUs,
        totalUs: account.totalUs,
        client: address.pseudonym,
        clientPrefix: address.prefix,
        clientClass: address.addressClass,
        server: this.#serverOf(account),
        version: account.version,
        alpn: PROTOCOL.test(account.alpn) ? account.alpn : "",
        ja4: account.ja4,
        cipher: cipherName(account.cipher),
        certificateNames: certificate === null ? [] : this.#hostsOf(certificate),
        certificateIssuer: certificate === null ? "" : issuerOf(certificate),
        clientName: clientCertificate === null ? "" : displayName(clientCertificate.subject, false),
        clientCertificate: clientCertificate === null ? "" : this.#pseudonymOf(clientCertificate.der),
        requestBytes: account.requestBytes,
        responseBytes: account.responseBytes,
        state: TLS_STATE_NAMES[account.state],
        reason: TLS_REASON_NAMES[account.reason],
        isResumed: account.isResumed,
        hasEarlyData: account.hasEarlyData,
        isContinued: !account.isFirst,
      },
      reveal ? plainOf(account) : null,
    )
  }

  #serverOf({ flow, client, serverName, version }: TlsAccount): Server {
    const address = this.#addresses.of(flow, client === 0 ? 1 : 0)
    const port = client === 0 ? flow.port1 : flow.port0
    const key = `${address.id} ${port} ${flow.zone} ${version} ${serverName}`
    let server = this.#servers.find(key)
    if (server === undefined) {
      server = {
        address: address.pseudonym,
        addressClass: address.addressClass,
        port,
        authority: this.#published(writtenAuthority(serverName, port).authority),
        zone: flow.zone === 0 ? "" : this.#options.zoneName(flow.zone),
        tls: version,
      }
      this.#servers.add(key, server)
    }
    return server
  }

  #hostsOf({ names }: CertificateNames): string[] {
    return names.filter((name) => HOST.test(name) || ADDRESS.test(name)).map((name) => this.#published(name))
  }

  #published(authority: string): string {
    return publishedAuthority(authority, (text) => this.#addresses.ofText(text))
  }

  /** The same as that of the credential which requests inside the session are attributed to. */
  #pseudonymOf(der: Uint8Array): string {
    const text = Buffer.from(`cert\n${createHash("sha256").update(der).digest("hex")}`)
    return this.#certificates.text(text, 0, text.length)
  }
}

/** Who signs only for himself may be a person. */
function issuerOf({ issuer, subject }: CertificateNames): string {
  return issuer === subject && !HOST.test(issuer.toLowerCase()) ? "" : authorityName(issuer)
}

const NAME_MAX = 64
const DIGITS_MAX = 8
const WORD = /^(?:[A-Za-z]{1,24}|[A-Za-z]{0,6}\d{1,4}[A-Za-z]?\d?)$/

/** Name of a certificate authority: words, and short numbers as in "RSA 2048 SHA256 CA-1"; "" for what is none. */
function authorityName(text: string): string {
  if (text.length > NAME_MAX || !/[A-Za-z]/.test(text) || text.replace(/\D/g, "").length > DIGITS_MAX) return ""
  return text.split(/[ .,&()'/-]+/).every((word) => word === "" || WORD.test(word)) ? text : ""
}

function plainOf({ flow, client, serverName }: TlsAccount): PlainTls {
  return {
    clientAddress: addressText(flow, client),
    serverAddress: addressText(flow, client === 0 ? 1 : 0),
    serverName,
  }
}
