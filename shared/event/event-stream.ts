// How the event stream is kept on the bus, and how an address of the bus is written. Plain values and one procedure:
// sensor and collector each have their own client library at hand, and whoever comes first makes the stream. One that is
// there is left as it is.
import { EVENT_SUBJECTS, STREAM } from "./subjects.ts"

/** Settings of the JetStream stream, in the names of the server's API. Times in ns. */
export const EVENT_STREAM_SETTINGS = {
  name: STREAM,
  subjects: [EVENT_SUBJECTS],
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

/** Error codes of the JetStream API. */
const STREAM_NOT_FOUND = 10059
const NAME_IN_USE = 10058
const STORAGE_EXCEEDED = 10047

/** The part of a JetStream client that makes streams; its errors carry the API's `code`. */
export interface StreamApi {
  info(name: string): Promise<unknown>
  add(settings: {
    name: string
    subjects: string[]
    storage: "file"
    retention: "limits"
    discard: "old"
    max_age: number
    max_bytes: number
    duplicate_window: number
    num_replicas: number
  }): Promise<unknown>
}

/** Makes the stream if it is not there. Rejects with the client's error when the server will not have it. */
export async function ensureEventStream(streams: StreamApi): Promise<void> {
  try {
    await streams.info(STREAM)
    return
  } catch (error) {
    if (codeOf(error) !== STREAM_NOT_FOUND) throw error
  }
  for (let bytes = EVENT_STREAM_BYTES_MAX; ; bytes /= 2) {
    try {
      await streams.add({ ...EVENT_STREAM_SETTINGS, subjects: [EVENT_SUBJECTS], max_bytes: bytes })
      return
    } catch (error) {
      // Somebody else made it in the meantime, in other ways.
      if (codeOf(error) === NAME_IN_USE) return
      if (codeOf(error) !== STORAGE_EXCEEDED || bytes <= EVENT_STREAM_BYTES_MIN) throw error
    }
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}

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
