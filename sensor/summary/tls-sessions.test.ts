import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import type { TlsNote } from "../../shared/event/api-event.ts"
import { DarkLedger } from "../dark-ledger.ts"
import { Flow } from "../flow/flow.ts"
import { localKey } from "../key-file.ts"
import { TlsReason } from "../tls/tls-reason.ts"
import { type TlsAccount, TlsState } from "../tls/tls-receiver.ts"
import { Addresses } from "./addresses.ts"
import type { SummaryOptions } from "./options.ts"
import { Domain } from "./privacy/pseudonym.ts"
import { type PlainTls, TlsSessions } from "./tls-sessions.ts"

const KEY = localKey()
const FLOW = new Flow(4, Int32Array.of(0, 0, 0, 0x0a000001, 0, 0, 0, 0x0a000002 | 0), 40_000, 8443, 0, 0)
const CERTIFICATE = { names: [], subject: "", issuer: "", der: new Uint8Array(0) }
const ACCOUNT: TlsAccount = {
  flow: FLOW,
  client: 0,
  isFirst: true,
  startUs: 1e15,
  totalUs: 5,
  requestBytes: 700,
  responseBytes: 9000,
  serverName: "api.example.com",
  version: "1.3",
  alpn: "h2",
  ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
  cipher: 0x1301,
  certificate: null,
  clientCertificate: null,
  state: TlsState.unread,
  reason: TlsReason.noKeys,
  isResumed: false,
  hasEarlyData: true,
}

function notesOf(accounts: readonly Partial<TlsAccount>[], options: Partial<SummaryOptions> = {}) {
  const notes: TlsNote[] = []
  const plain: (PlainTls | null)[] = []
  const dark = new DarkLedger({
    tls: (note, beside) => {
      notes.push(note)
      plain.push(beside)
    },
  })
  const sessions = new TlsSessions(dark, KEY, options)
  for (const account of accounts) sessions.onTls({ ...ACCOUNT, ...account })
  return { notes, plain, dark }
}

/** A name of its own for each number, without digits, which would be folded. */
const lettersOf = (i: number): string => String(i).replace(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)))
const noteOf = (account: Partial<TlsAccount>): TlsNote => notesOf([account]).notes[0]!

test("a session becomes a note, its addresses pseudonyms", () => {
  const addresses = new Addresses(KEY, [])
  const [client, server] = [addresses.of(FLOW, 0), addresses.of(FLOW, 1)]
  const { notes, plain } = notesOf([{}])
  assert.deepEqual(notes[0], {
    startUs: 1e15,
    totalUs: 5,
    client: client.pseudonym,
    clientPrefix: client.prefix,
    clientClass: "private",
    server: {
      address: server.pseudonym,
      addressClass: "private",
      port: 8443,
      authority: "api.example.com",
      zone: "",
      tls: "1.3",
    },
    version: "1.3",
    alpn: "h2",
    ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
    cipher: "TLS_AES_128_GCM_SHA256",
    certificateNames: [],
    certificateIssuer: "",
    clientName: "",
    clientCertificate: "",
    requestBytes: 700,
    responseBytes: 9000,
    state: "unread",
    reason: "no-keys",
    isResumed: false,
    hasEarlyData: true,
    isContinued: false,
  })
  assert.deepEqual(plain, [null])
})

test("in the local view the plain facts come beside it", () => {
  assert.deepEqual(notesOf([{}], { reveal: true }).plain, [
    { clientAddress: "10.0.0.1", serverAddress: "10.0.0.2", serverName: "api.example.com" },
  ])
})

test("of a certificate the names of hosts leave, addresses as pseudonyms, mailboxes and persons not", () => {
  const names = [
    "api.example.com",
    "*.example.net",
    "10.0.0.2",
    "[2001:db8:0:0:0:0:0:1]",
    "Jane Doe",
    "jane@example.com",
    "a b.c",
    "",
  ]
  const { certificateNames } = noteOf({ certificate: { ...CERTIFICATE, names } })
  const ip = new Addresses(KEY, []).of(FLOW, 1).pseudonym
  assert.deepEqual(certificateNames.slice(0, 3), ["api.example.com", "*.example.net", `ip-${ip}`])
  assert.equal(certificateNames.length, 4)
  assert.match(certificateNames[3]!, /^ip-[0-9a-f]{12}$/)
})

test("the issuer leaves unless it may be a person: who signs for himself, a mailbox", () => {
  const issuerOf = (issuer: string, subject: string): string =>
    noteOf({ certificate: { ...CERTIFICATE, issuer, subject } }).certificateIssuer
  assert.equal(issuerOf("Example Edge CA 3", "api.example.com"), "Example Edge CA 3")
  for (const name of ["R11", "WE1", "GTS CA 1C3", "Let's Encrypt Authority X3", "DigiCert TLS RSA SHA256 2020 CA-1"])
    assert.equal(issuerOf(name, "api.example.com"), name)
  for (const value of [
    "4111 1111 1111 1111",
    "SSN 123-45-6789",
    "030 1234567",
    "f81d4fae7dec11d0a765",
    "a\nb",
    "x@y.z",
  ])
    assert.equal(issuerOf(value, "api.example.com"), "")
  assert.equal(issuerOf("Jane Doe", "Jane Doe"), "")
  assert.equal(issuerOf("api.example.com", "api.example.com"), "api.example.com")
  assert.equal(issuerOf("jane@example.com", "x"), "")
})

test("the client's certificate is named like that of a request inside the session", () => {
  const der = Buffer.from("certificate")
  const note = noteOf({ clientCertificate: { ...CERTIFICATE, der, subject: "partner-nine" } })
  const text = Buffer.from(`cert\n${createHash("sha256").update(der).digest("hex")}`)
  assert.equal(note.clientName, "partner-nine")
  assert.equal(note.clientCertificate, KEY.of(Domain.credential).text(text, 0, text.length))
  assert.equal(noteOf({ clientCertificate: { ...CERTIFICATE, der, subject: "jane@example.com" } }).clientName, "")
})

test("whatever a client sends as name or protocol, only what may leave does", () => {
  const odd = noteOf({ serverName: "10.0.0.2", alpn: "\x00\xff" })
  assert.match(odd.server.authority, /^ip-[0-9a-f]{12}$/)
  assert.equal(odd.alpn, "")
  assert.doesNotMatch(noteOf({ serverName: "a\x1b[31m\n" }).server.authority, /[\x00-\x1f]/)
  assert.equal(noteOf({ cipher: 0x0a0b }).cipher, "0x0a0b")
  assert.equal(noteOf({ cipher: 0 }).cipher, "")
})

test("the dark ledger: a row a server, version and reason, the largest first; sessions by their first part", () => {
  const { dark } = notesOf([
    {},
    { isFirst: false },
    { serverName: "big.example.com", responseBytes: 1e6, version: "1.2" },
    { serverName: "read.example.com", state: TlsState.read, reason: TlsReason.none },
    { serverName: "", certificate: { ...CERTIFICATE, names: ["named.example.com"] } },
    { serverName: "", reason: TlsReason.midstream, version: "", responseBytes: 1 },
  ])
  const lines = dark.text().split("\n")
  assert.deepEqual(
    lines.slice(0, 4).map((line) => line.replaceAll(/ {2,}/g, "|")),
    [
      "TLS seen and not read:",
      "|big.example.com:8443|TLS 1.2|1 session|1000700 bytes|no-keys",
      "|api.example.com:8443|TLS 1.3|1 session|19400 bytes|no-keys",
      "|named.example.com:8443|TLS 1.3|1 session|9700 bytes|no-keys",
    ],
  )
  assert.match(lines[4]!, /^ {2}[0-9a-f]{12}:8443 +TLS +1 session +701 bytes {2}midstream$/)
  assert.deepEqual([lines.length, dark.rows().length], [6, 4])
  assert.equal(notesOf([]).dark.text(), "")
})

test("the dark ledger is bounded, and its text short; in the local view a hostile name cannot move the terminal", () => {
  const accounts = Array.from({ length: 1100 }, (_, i) => ({
    serverName: `${lettersOf(i)}.example.com`,
    requestBytes: i,
  }))
  const rows = notesOf(accounts).dark.rows()
  assert.equal(rows.length, 1025)
  assert.deepEqual([rows.at(-1)!.server, rows.at(-1)!.sessions], ["", 76])
  assert.equal(
    rows.reduce((sum, row) => sum + row.bytes, 0),
    accounts.reduce((sum, one) => sum + one.requestBytes + 9000, 0),
  )
  const text = notesOf(accounts).dark.text()
  assert.equal(text.split("\n").length, 23)
  assert.match(text, /and 1005 more/)
  assert.doesNotMatch(notesOf([{ serverName: "\x1b[2J" }], { reveal: true }).dark.text(), /\x1b/)
})
