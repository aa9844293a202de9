// Why a session, or a part of it, was not read. The names are part of the event contract (TlsNote.reason) and of the counters.

export const TlsReason = {
  /** It was read. */
  none: 0,
  /** Nobody gave the sensor the keys of this session. */
  noKeys: 1,
  /** The session was joined after its handshake. */
  midstream: 2,
  /** Bytes of the handshake, or of the records, were lost. */
  gap: 3,
  /** The cipher suite or the version is not one that the sensor decrypts. */
  cipher: 4,
  /** A record did not decrypt under the keys given. */
  badRecord: 5,
  /** The handshake did not come to its end: refused, or broken off. */
  handshake: 6,
  /** The sensor's limit of memory was reached. */
  memory: 7,
  /** It was decrypted, and what is inside is nothing that the sensor reads. */
  notHttp: 8,
} as const
export type TlsReason = (typeof TlsReason)[keyof typeof TlsReason]

/** Index = TlsReason. */
export const TLS_REASON_NAMES = [
  "",
  "no-keys",
  "midstream",
  "gap",
  "cipher",
  "bad-record",
  "handshake",
  "memory",
  "not-http",
] as const
