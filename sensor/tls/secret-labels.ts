// The secrets that a key log names, by their labels. NSS key log format; RFC 9850.

/** Place of a secret among those of a session. */
export const Secret = {
  /** TLS 1.0 to 1.2: 48 bytes. */
  master: 0,
  clientEarly: 1,
  clientHandshake: 2,
  serverHandshake: 3,
  clientTraffic: 4,
  serverTraffic: 5,
} as const
export type Secret = (typeof Secret)[keyof typeof Secret]

export const SECRETS = 6
/** A master secret, or the output of SHA-384. */
export const SECRET_BYTES_MAX = 48
export const RANDOM_BYTES = 32

export const SECRET_LABELS: ReadonlyMap<string, Secret> = new Map<string, Secret>([
  ["CLIENT_RANDOM", Secret.master],
  ["CLIENT_EARLY_TRAFFIC_SECRET", Secret.clientEarly],
  ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", Secret.clientHandshake],
  ["SERVER_HANDSHAKE_TRAFFIC_SECRET", Secret.serverHandshake],
  ["CLIENT_TRAFFIC_SECRET_0", Secret.clientTraffic],
  ["SERVER_TRAFFIC_SECRET_0", Secret.serverTraffic],
])

/** Lines of sound logs that decrypt no record. */
export const NEEDLESS_LABELS: ReadonlySet<string> = new Set([
  "EARLY_EXPORTER_SECRET",
  "EARLY_EXPORTER_MASTER_SECRET",
  "EXPORTER_SECRET",
  "ECH_SECRET",
  "ECH_CONFIG",
  // After a KeyUpdate: made from the one before.
  "CLIENT_TRAFFIC_SECRET_N",
  "SERVER_TRAFFIC_SECRET_N",
])

/** Lines that hold what a secret could be made from, which is not done: the premaster secret, by its encrypted form or by the random. */
export const UNSUPPORTED_LABELS: ReadonlySet<string> = new Set(["RSA", "PMS_CLIENT_RANDOM"])
