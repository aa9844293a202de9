// How the event stream is kept on the bus, and how an address of the bus is written. Plain values: sensor and collector
// each hand them to the client library, and whoever comes first makes the stream. One that is there is left as it is.

/** Settings of the JetStream stream, in the names of the server's API. Times in ns. */
export const EVENT_STREAM_SETTINGS = {
  storage: "file",
  /** Kept by age and size whoever has read them: several collectors may read, and a new one starts with history. */
  retention: "limits",
  discard: "old",
  max_age: 7 * 24 * 3600 * 1e9,
  /** Within this time a batch that is sent again is not stored again. Later ones the collector skips by position. */
  duplicate_window: 10 * 60 * 1e9,
  num_replicas: 1,
} as const

/** The server reserves a stream's size: what is asked for first, then halved until it fits, down to the least. */
export const EVENT_STREAM_BYTES_MAX = 8 * 1024 ** 3
export const EVENT_STREAM_BYTES_MIN = 64 * 1024 ** 2
/** JetStream's error code for a reservation that does not fit. */
export const STORAGE_EXCEEDED = 10047

export interface BusAddress {
  /** host:port, one or several. */
  readonly servers: readonly string[]
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  readonly isTls: boolean
}

/**
 * "nats://host:4222", "tls://user:pass@host", "nats://token@host", "host", or several with commas between (credentials
 * of the first count). Null when it is none of these.
 */
export function parseBusAddress(text: string): BusAddress | null {
  const servers: string[] = []
  let first: URL | null = null
  for (const part of text.split(",")) {
    const trimmed = part.trim()
    if (!/^[\x21-\x7e]+$/.test(trimmed)) return null
    const isUrl = trimmed.includes("://")
    if (isUrl && !/^(nats|tls):\/\//.test(trimmed)) return null
    const withScheme = isUrl ? trimmed : `nats://${trimmed}`
    if (!URL.canParse(withScheme)) return null
    const url = new URL(withScheme)
    if (url.hostname === "" || !["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "") return null
    servers.push(`${url.hostname}:${url.port === "" ? "4222" : url.port}`)
    first ??= url
  }
  if (first === null) return null
  const isTls = first.protocol === "tls:"
  const user = decode(first.username)
  const pass = decode(first.password)
  if (user === null || pass === null) return null
  if (pass !== "") return { servers, isTls, user, pass }
  return user === "" ? { servers, isTls } : { servers, isTls, token: user }
}

/** The servers as one can show them: without credentials. */
export function busName(address: BusAddress): string {
  return address.servers.join(", ")
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
