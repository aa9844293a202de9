// The contract between sensor and collector: one ApiEvent an exchange, many events and their envelope a batch.
//
// Most of what an event says repeats: the same client, credential, service and operation, exchange after exchange. So an
// event holds references to small immutable records (Client, Server, Identity, Operation, Form) that the sensor interns;
// a batch carries each record once and columns of indices and numbers. What costs bytes and time is only what changes.
//
// Nothing here holds a raw address, credential, object id, header, cookie or query value, or body byte.
// Pseudonym: HMAC-SHA-256 under the tenant's key, domain-separated, truncated to 48 bits, as 12 hex digits.

/**
 * Version of this contract. A newer collector reads older events; an unknown version is refused and counted.
 * 2 (2026-11-24): Call, TlsNote, and the fields of Client, Server, Identity and ApiEvent that stand after those of version 1.
 * 3 (2026-11-24): ApiEvent.queryValues.
 * 4 (2026-11-25): ApiEvent.returned to pageOffset: objects that are not in the path, and how requests step through them.
 */
export const EVENT_VERSION = 4

/** Index = sensor's Protocol. */
export const PROTOCOL_NAMES = ["http/0.9", "http/1.0", "http/1.1", "http/2", "websocket"] as const
/** Index = sensor's ExchangeState. */
export const STATE_NAMES = ["complete", "bodyGap", "requestOnly", "responseOnly", "unpaired"] as const
export const State = { complete: 0, bodyGap: 1, requestOnly: 2, responseOnly: 3, unpaired: 4 } as const
/** Bit i of `flags` = FLAG_NAMES[i]. */
export const FLAG_NAMES = [
  "gap",
  "truncated",
  "oneWay",
  "midstream",
  "sampled",
  "retransmitted",
  "resynchronised",
  "early",
  "upgraded",
  "ambiguous",
  "pushed",
  "earlyData",
  "streamReset",
] as const
/** A request alone whose `exchangeKey` says which exchange it is, and does not prove which response belongs to it. */
export const AMBIGUOUS_FLAG = 512
/** Bytes of the exchange were lost. */
export const GAP_FLAG = 1
export const TRUNCATED_FLAG = 2
export const ONE_WAY_FLAG = 4

export type AddressClass = "private" | "public" | "loopback" | "link-local" | "multicast" | "unspecified" | string

/** Who sent the request, as far as the network and the client software tell. */
export interface Client {
  /** Pseudonym of the address (domain "address"). */
  readonly address: string
  /** Pseudonym of its /24 (IPv4) or /48 (IPv6). */
  readonly prefix: string
  /** private, public, ..., or the name of a configured network. */
  readonly addressClass: AddressClass
  /** 32-bit hash of the request's field names in order; 0 unknown. */
  readonly fieldOrder: number
  /** Product of the User-Agent ("curl", "partner-sdk"), "" when absent. */
  readonly userAgentFamily: string
  /** 32-bit keyed hash of the whole User-Agent; 0 when absent. */
  readonly userAgentHash: number
  /** JA4 of the ClientHello that the session was read through, "" when there was none. */
  readonly ja4: string
  /** Protocol that TLS negotiated (ALPN), "" unknown. */
  readonly alpn: string
  /** Proxies named in front of the client by a trusted proxy, 0 when there is none. */
  readonly hops: number
  /** Pseudonym of the prefix of the address that a trusted proxy forwards for, "" when there is none. */
  readonly forwardedPrefix: string
}

/** Where the request went. */
export interface Server {
  /** Pseudonym of the address. Plain in `display` only when configuration allows (privacy.addresses: plain). */
  readonly address: string
  readonly addressClass: AddressClass
  readonly port: number
  /** Host (or :authority), lower case, without the default port; "" when none was sent or the request was not seen. */
  readonly authority: string
  /** VLAN and tunnel identity, "" when there is none. */
  readonly zone: string
  /** TLS version that the session was read through ("1.2", "1.3"), "" for plain text. */
  readonly tls: string
}

/** Which credential and principal sent the request, and the rule that said so. */
export interface Identity {
  /** none, basic, bearer-jwt, bearer-opaque, api-key, cookie, digest, negotiate, sigv4, hmac, mtls. */
  readonly scheme: string
  /** Where the credential was: "authorization", "header:x-api-key", "query:api_key", "cookie:sid", "" for none. */
  readonly location: string
  /** Pseudonym of the credential (domain "credential"), "" for none. */
  readonly credential: string
  /** Pseudonym of the principal (domain "principal"): user, client id, key; for none, of address and client fingerprint. */
  readonly principal: string
  /** Display name where the rules allow it (Basic user, JWT azp / client_id / appid / sub), else "". */
  readonly name: string
  readonly issuer: string
  /** 32-bit keyed hashes; 0 when absent. */
  readonly scopeHash: number
  readonly keyIdHash: number
  /** JWT alg, "" otherwise. */
  readonly algorithm: string
  /** log2 of the token's lifetime in seconds (exp - iat), -1 unknown. */
  readonly lifetimeLog2: number
  /** log2 of the token's age in seconds when the request was sent (from iat), -1 unknown. */
  readonly ageLog2: number
  /** exp lies before the request. */
  readonly expired: boolean
  /** While two key epochs overlap: the same credential and principal under the former key; "" otherwise. */
  readonly formerCredential: string
  readonly formerPrincipal: string
  /** Name of the rule that decided. */
  readonly rule: string
}

/** What was asked for: everything about the request that is the same for all requests of this kind. */
export interface Operation {
  /** Index into PROTOCOL_NAMES. */
  readonly protocol: number
  /** "" when the request was not seen. */
  readonly method: string
  /**
   * Path with typed tokens: strong kinds as "{int}", "{uuid}", text otherwise ("/v1/orders/{int}"). Braces in text are
   * percent-encoded. "" when the request was not seen. "*" and authority forms stay as they are ("*", "{authority}").
   */
  readonly path: string
  /** Known file extension split off the last token ("json"), "" otherwise. The path does not include it. */
  readonly extension: string
  /** Bit set of PathFlag. */
  readonly pathFlags: number
  /** GraphQL operation, RPC method, SOAP action, gRPC "pkg.Service/Method"; "" when the path says it all. */
  readonly operationKey: string
  /** Parameter names with the kind of their value, in order of name: "expand:word", "page:int". Never values. */
  readonly query: readonly string[]
  /** Names of non-standard request fields and of cookies, lower case, with kind, sorted: "x-api-version:date". */
  readonly headers: readonly string[]
  readonly cookies: readonly string[]
}

export const PathFlag = {
  encodedSlash: 1,
  matrixParameter: 2,
  dotSegment: 4,
  emptySegment: 8,
  tooManySegments: 16,
} as const

/** What was asked for inside one URL: the operation that the body or the query names. Interned; EMPTY_CALL when there is none. */
export interface Call {
  /** graphql, json-rpc, mcp, soap, xml-rpc, odata-batch, grpc, grpc-web, connect, websocket, sse; "" for none. */
  readonly kind: string
  /** The operation: "query GetOrders", "orders.list", "tools/call search", "pkg.Service/Method"; also Operation.operationKey. */
  readonly key: string
  /** GraphQL root fields, methods of a batch, the WebSocket subprotocol: at most 16, sorted, each once. Names, never values. */
  readonly fields: readonly string[]
  /** GraphQL: depth of the selection, aliases, -1 unknown. */
  readonly depth: number
  readonly aliases: number
  /** Operations in one message, 1 when there is one, 0 when there is none. */
  readonly batch: number
}

/** What a body looked like. Interned; `Form` of an absent body is EMPTY_FORM. */
export interface Form {
  /** Media type without parameters, lower case; "" when not stated. */
  readonly contentType: string
  readonly contentEncoding: string
  /**
   * none, json, ndjson, form, multipart, xml, protobuf (also inside gRPC), msgpack, cbor, text, binary, and "unread" when the body was
   * not looked into.
   */
  readonly kind: string
  /** 32-bit hash over top-level keys and their types; 0 when there is none. */
  readonly coarseShape: number
  /** 32-bit hash over all paths and types; 0 when there is none. Its text travels once in a ShapeNote. */
  readonly fullShape: number
}

/**
 * The text of a full shape: sent when a sensor first meets it (and again after it has forgotten it), and again, at most 16
 * times, when a data class of one of its fields was decided or revoked. A later note of a shape takes the place of the former.
 */
export interface ShapeNote {
  readonly shape: number
  /**
   * "path:type" a line, sorted: "items[].id:int", "customer.email:string". Object keys that are ids are folded to "{}". A field
   * whose data class is decided has it after the type: "customer.email:string#email", "card:int|string#card". The last "#" of
   * a line that follows the last ":" begins it. The class holds at some place with this shape; whether at the one in question is
   * in `requestClasses` and `responseClasses` of its events.
   */
  readonly paths: readonly string[]
}

/** One exchange. */
export interface ApiEvent {
  /** Packet time of the request's first byte (of the response's, when the request was not seen), µs since 1970. */
  startUs: number
  /** From the request's last byte to the response's first byte, µs; -1 unknown. */
  firstByteUs: number
  /** From first byte of the exchange to its last, µs; -1 unknown. */
  totalUs: number
  /**
   * 48-bit key, the same for both halves and all copies of one exchange at all sensors of a tenant; 0 unknown. Two halves of
   * one key belong together for certain, unless the request's flags say "ambiguous" or a state is "unpaired".
   */
  exchangeKey: number
  /** Index into STATE_NAMES. */
  state: number
  /** Bit set in the order of FLAG_NAMES. */
  flags: number
  /** Anomaly codes, ascending. */
  anomalies: readonly number[]
  client: Client
  server: Server
  identity: Identity
  operation: Operation
  request: Form
  response: Form
  /** Body bytes as sent (content coding kept). */
  requestBytes: number
  responseBytes: number
  /** 0 when the response was not seen. */
  status: number
  /** Elements of the response's collection (its top-level array, or the only array in its top level); -1 unknown. */
  items: number
  /**
   * Objects asked for: 48-bit pseudonyms (domain "object") of the strong path tokens in order, at most 8, as numbers;
   * the k-th belongs to the k-th {kind} of `operation.path`.
   */
  objects: readonly number[]
  /** Data classes per direction: "email=3" means about 2^3 values seen. Sorted. */
  requestClasses: readonly string[]
  responseClasses: readonly string[]
  call: Call
  /** Messages each way where an exchange consists of them (gRPC, gRPC-Web, Connect streams, WebSocket, SSE); -1 elsewhere. */
  requestMessages: number
  responseMessages: number
  /** gRPC status (0 to 16), of a WebSocket conversation its close code (1000 to 4999); -1 unknown or none. */
  outcome: number
  /** Bit set of HeadPart: what of the heads could not be decoded, because the connection was joined or lost bytes. */
  unknown: number
  /** 1: the tenant that the credential names is in the path; 0: the path names another; -1: unknown. */
  tenantMatch: number
  /**
   * Values of query parameters, so that distinct ones can be counted and not known: 32-bit pseudonyms (domain "value", the parameter's
   * name included), the k-th of the k-th entry of `operation.query`. 0: not told, because it is no word, code or small number, looks like
   * a secret, or the parameter has too many. NO_NUMBERS when none is told.
   */
  queryValues: readonly number[]
  /**
   * Ids that the response gave, as the low 32 bits of their object pseudonyms (an id that is asked for in a path later has the same one in
   * `objects`), ascending, each once, at most 512. Told once a day (event time) and principal at a sensor: what this principal was given
   * before on the same day may be left out, and so may ids of a view (a response to a path that ends with an object, other than 201) beyond
   * 32 views a second and principal.
   */
  returned: readonly number[]
  /** Distinct ids that the response gave, told or not; -1 where its body was not read, is incomplete, or is a view whose ids were left out. */
  returnedTotal: number
  /**
   * 48-bit object pseudonyms of the tokens of the path that travel as text and have a digit in them, in order, at most 4. Versions ("v1")
   * are none.
   */
  weakObjects: readonly number[]
  /**
   * 48-bit object pseudonyms of the query's values that identify something, the k-th of the k-th entry of `operation.query`, 0 where it is
   * none. NO_NUMBERS when none is.
   */
  queryObjects: readonly number[]
  /** Low 32 bits of the object pseudonyms of ids in the request's body, ascending, each once, at most 8. NO_NUMBERS beyond 32 bodies a second and principal. */
  bodyObjects: readonly number[]
  /**
   * Signed distance of the last numeric object of the path (or of the query, where the path has none) from the one that the same principal
   * asked for by the same operation before: its sign times (1 + floor(log2 |distance|)), so that 1 and -1 mean neighbours. 0: unknown, or
   * the same one.
   */
  step: number
  /**
   * floor(log2) of a parameter that says how many (limit, per_page, first) and of one that says from where (offset, page, skip), 0 for the
   * values 0 and 1; -1: not said, or no number.
   */
  pageLimit: number
  pageOffset: number
}

/** Parts of heads that can be unknown in HTTP/2. `fields`: some of the others. */
export const HeadPart = { method: 1, path: 2, authority: 4, status: 8, fields: 16 } as const
/** Bit i of `unknown` = HEAD_PART_NAMES[i]. */
export const HEAD_PART_NAMES = ["method", "path", "authority", "status", "fields"] as const

/**
 * One TLS session, read or not: the ledger of dark APIs consists of these. Sent when the session has ended, and each hour of packet
 * time while it lasts. Notes add up: each tells of the time and the bytes since the note before, so sums over notes are sums over
 * sessions; only sessions are counted by the notes that are not `isContinued`.
 */
export interface TlsNote {
  /** Packet time of its first byte, µs since 1970, and how long it lasted, µs. */
  readonly startUs: number
  readonly totalUs: number
  /** Pseudonyms of the client's address and prefix, and its class: as in Client. */
  readonly client: string
  readonly clientPrefix: string
  readonly clientClass: AddressClass
  /** `authority` is the server name (SNI), "" when none was sent or it was not seen. */
  readonly server: Server
  /** "1.0" to "1.3", "ssl3", "" unknown. */
  readonly version: string
  /** Protocol agreed on where that can be seen, else the first one offered, "" for none. */
  readonly alpn: string
  readonly ja4: string
  /** IANA name of the cipher suite, "" unknown. */
  readonly cipher: string
  /** Names in the server's certificate where it is visible, at most 8; its issuer's common name. */
  readonly certificateNames: readonly string[]
  readonly certificateIssuer: string
  /** Display name of the client certificate's subject and its pseudonym, "" when there was none or it was not visible. */
  readonly clientName: string
  readonly clientCertificate: string
  /** TLS bytes each way, those included that were lost on the way to the sensor. */
  readonly requestBytes: number
  readonly responseBytes: number
  /** read, partly, unread. */
  readonly state: string
  /**
   * Why not (all of it) was read; "" when it was. no-keys; midstream: joined after the handshake; gap: the hellos were lost; cipher;
   * bad-record: the keys do not fit; handshake: no protected byte was sent; memory; not-http.
   */
  readonly reason: string
  readonly isResumed: boolean
  readonly hasEarlyData: boolean
  /** The session has had a note before. */
  readonly isContinued: boolean
}

/** What a batch says about itself. */
export interface Envelope {
  readonly version: number
  readonly tenant: string
  readonly sensor: string
  /** Changes whenever the sequence starts anew: a random id of a run, or derived from the input when captures are read. */
  readonly boot: string
  /** 1, 2, 3, ... within (sensor, boot). */
  readonly sequence: number
  /** Number of the pseudonym key in force. */
  readonly keyEpoch: number
  /** Greatest packet time the sensor had reached when it closed the batch, µs: the watermark. */
  readonly watermarkUs: number
  /** True for the last batch of a run. */
  readonly last: boolean
  /** Loss ledger so far in this run, cumulative: dotted counter name to value ("tcp.gap_bytes": 1200). Non-zero ones only. */
  readonly ledger: Readonly<Record<string, number>>
}

export interface EventBatch {
  readonly envelope: Envelope
  readonly events: readonly ApiEvent[]
  readonly shapes: readonly ShapeNote[]
  readonly tls: readonly TlsNote[]
}

/** Coarse shapes of "[]" and "{}": any route may answer so. */
export const EMPTY_SHAPES: ReadonlySet<number> = new Set([2763699042, 1957694019])

export const EMPTY_FORM: Form = { contentType: "", contentEncoding: "", kind: "none", coarseShape: 0, fullShape: 0 }
export const EMPTY_CALL: Call = { kind: "", key: "", fields: [], depth: -1, aliases: -1, batch: 0 }
export const NO_NUMBERS: readonly number[] = Object.freeze([])
export const NO_STRINGS: readonly string[] = Object.freeze([])
