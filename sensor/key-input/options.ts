// The options that have to do with keys of TLS sessions.
import type { Options } from "../../shared/config/options.ts"

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB
const S = 1_000_000

/** Limits of what is kept of keys, and for them. */
export const TLS_KEY_OPTIONS = {
  "tls.keys": {
    kind: "number",
    sentence: "TLS sessions whose keys are remembered at once; the one told of first makes room.",
    default: 65_536,
    min: 16,
    max: 4_194_304,
  },
  "tls.key-life": {
    kind: "duration",
    sentence: "How long, in packet time, keys that came live are kept; those of captures stay.",
    default: 3600 * S,
    min: S,
    max: 86_400 * S,
  },
  "tls.key-wait": {
    kind: "duration",
    sentence: "How long, in packet time, TLS records wait for keys that come late.",
    default: 5 * S,
    min: 1000,
    max: 600 * S,
  },
  "tls.key-wait-bytes": {
    kind: "bytes",
    sentence: "Bytes of TLS records that wait for keys in one session; past that it stays dark.",
    default: 64 * KIB,
    min: KIB,
    max: 64 * MIB,
  },
  "tls.key-wait-memcap": {
    kind: "bytes",
    sentence: "Bytes of TLS records that wait for keys in all sessions.",
    default: 16 * MIB,
    min: 64 * KIB,
    max: 4 * GIB,
  },
} as const satisfies Options

export const KEYLOG_OPTIONS = {
  keylog: {
    kind: "text",
    sentence:
      "Keys of TLS sessions, as SSLKEYLOGFILE has programs write them: of captures read before the packets, live followed while it grows.",
    default: "",
    placeholder: "FILE",
  },
} as const satisfies Options

/** Of a live run. */
export const KEYLOG_SOCKET_OPTIONS = {
  "keylog-socket": {
    kind: "text",
    sentence: "Unix socket to make, mode 0600, that takes lines of key logs from whoever terminates TLS.",
    default: "",
    placeholder: "PATH",
  },
} as const satisfies Options
