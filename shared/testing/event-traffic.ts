// Traffic as a B2B API has it, for tests and benchmarks: repeatable, and without loading a test library.
import {
  type ApiEvent,
  type Client,
  EMPTY_CALL,
  EMPTY_FORM,
  type Form,
  type Identity,
  NO_NUMBERS,
  NO_STRINGS,
  type Operation,
  type Server,
} from "../event/api-event.ts"

export interface TrafficOptions {
  readonly events: number
  readonly clients: number
  readonly operations: number
  /** Distinct object ids asked for. */
  readonly objects: number
}

export const B2B_TRAFFIC: TrafficOptions = { events: 10_000, clients: 40, operations: 12, objects: 50_000 }

/** Repeatable traffic: as many credentials as clients, JSON over HTTP/1.1, two services, 1 in 50 answers an error. */
export function trafficEvents(options: TrafficOptions): ApiEvent[] {
  const random = lcg(7)
  const pseudonym = (): string => (random() * 2 ** 48).toString(16).split(".")[0]!.padStart(12, "0")
  const clients = Array.from(
    { length: options.clients },
    (_, i): Client => ({
      address: pseudonym(),
      prefix: pseudonym(),
      addressClass: "private",
      fieldOrder: (random() * 2 ** 32) >>> 0,
      userAgentFamily: `partner-sdk-${i % 5}`,
      userAgentHash: (random() * 2 ** 32) >>> 0,
      ja4: "",
      alpn: "",
      hops: 0,
      forwardedPrefix: "",
    }),
  )
  const identities = Array.from(
    { length: options.clients },
    (_, i): Identity => ({
      scheme: i % 2 === 0 ? "bearer-jwt" : "api-key",
      location: i % 2 === 0 ? "authorization" : "header:x-api-key",
      credential: pseudonym(),
      principal: pseudonym(),
      name: i % 2 === 0 ? `partner-${i}` : "",
      issuer: i % 2 === 0 ? "https://login.example.com/" : "",
      scopeHash: (random() * 2 ** 32) >>> 0,
      keyIdHash: 0,
      algorithm: i % 2 === 0 ? "RS256" : "",
      lifetimeLog2: i % 2 === 0 ? 12 : -1,
      expired: false,
      ageLog2: -1,
      formerCredential: "",
      formerPrincipal: "",
      rule: "default",
    }),
  )
  const servers = ["api.example.com", "billing.example.com"].map(
    (authority): Server => ({ address: pseudonym(), addressClass: "private", port: 443, authority, zone: "", tls: "" }),
  )
  const operations = Array.from(
    { length: options.operations },
    (_, i): Operation => ({
      protocol: 2,
      method: i % 4 === 3 ? "POST" : "GET",
      path: `/v1/collection-${i}/{int}`,
      extension: "",
      pathFlags: 0,
      operationKey: "",
      query: i % 2 === 0 ? ["expand:word", "page:int"] : NO_STRINGS,
      headers: ["x-request-id:uuid"],
      cookies: NO_STRINGS,
    }),
  )
  const forms = Array.from(
    { length: options.operations },
    (): Form => ({
      contentType: "application/json",
      contentEncoding: "",
      kind: "json",
      coarseShape: (random() * 2 ** 32) >>> 0,
      fullShape: (random() * 2 ** 32) >>> 0,
    }),
  )
  const objects = Array.from({ length: options.objects }, () => Math.floor(random() * 2 ** 48))
  const valuesOf = Array.from({ length: 23 }, () => Math.floor(random() * 2 ** 32))
  let timeUs = 1_790_000_000_000_000
  return Array.from({ length: options.events }, (): ApiEvent => {
    const who = Math.floor(random() * options.clients)
    const what = Math.floor(random() * options.operations)
    const isError = random() < 0.02
    timeUs += Math.floor(random() * 400)
    const firstByteUs = 500 + Math.floor(random() * random() * 40_000)
    return {
      startUs: timeUs - Math.floor(random() * 3000),
      firstByteUs,
      totalUs: firstByteUs + 50 + Math.floor(random() * 500),
      exchangeKey: Math.floor(random() * 2 ** 48),
      state: 0,
      flags: 0,
      anomalies: NO_NUMBERS,
      client: clients[who]!,
      server: servers[what % 2]!,
      identity: identities[who]!,
      operation: operations[what]!,
      request: what % 4 === 3 ? forms[what]! : EMPTY_FORM,
      response: forms[what]!,
      requestBytes: what % 4 === 3 ? Math.floor(random() * 900) : 0,
      responseBytes: Math.floor(200 + random() * random() * 8000),
      status: isError ? 404 : 200,
      items: what % 3 === 0 ? Math.floor(random() * 50) : -1,
      objects: [objects[Math.floor(random() * random() * options.objects)]!],
      requestClasses: NO_STRINGS,
      responseClasses: NO_STRINGS,
      call: EMPTY_CALL,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
      tenantMatch: -1,
      queryValues:
        what % 2 === 0 ? [valuesOf[Math.floor(random() * 3)]!, valuesOf[3 + Math.floor(random() * 20)]!] : NO_NUMBERS,
      returned: NO_NUMBERS,
      returnedTotal: -1,
      weakObjects: NO_NUMBERS,
      queryObjects: NO_NUMBERS,
      bodyObjects: NO_NUMBERS,
      step: 0,
      pageLimit: -1,
      pageOffset: -1,
    }
  })
}

/** Numerical Recipes' linear congruential generator: repeatable, good enough for sizes. */
export function lcg(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
