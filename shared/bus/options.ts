// How to reach a NATS server, declared once for sensor and collector.
import type { Options, ValuesOf } from "../config/options.ts"
import { parseBusAddress } from "../event/event-stream.ts"
import type { AccessFiles } from "./access.ts"

/** What the option `nats` of both programs checks. */
export const NATS_URL = {
  default: "",
  placeholder: "URL",
  check: (text: string) =>
    text === "" || parseBusAddress(text) !== null ? null : "a server such as nats://127.0.0.1:4222",
  secretIn: (text: string) => {
    const address = parseBusAddress(text)
    return address?.pass === undefined && address?.token === undefined ? null : "a password or token"
  },
} as const

export const NATS_ACCESS_OPTIONS = {
  "nats-credentials": {
    kind: "text",
    sentence: "File with the seed of this program's nkey, mode 0600; read again at each connection.",
    default: "",
    placeholder: "FILE",
  },
  "nats-ca": {
    kind: "text",
    sentence: "Authorities (PEM) that the NATS server's certificate must be signed by; TLS is then required.",
    default: "",
    placeholder: "FILE",
  },
  "nats-certificate": {
    kind: "text",
    sentence: "Certificate (PEM) shown to a NATS server that asks for one.",
    default: "",
    placeholder: "FILE",
  },
  "nats-key": { kind: "text", sentence: "Its private key, mode 0600.", default: "", placeholder: "FILE" },
} as const satisfies Options

/** `systemd`: the unit's credentials directory. */
export function accessFiles(values: ValuesOf<typeof NATS_ACCESS_OPTIONS>, systemd: string | undefined): AccessFiles {
  return {
    credentials: values["nats-credentials"],
    ca: values["nats-ca"],
    certificate: values["nats-certificate"],
    key: values["nats-key"],
    systemd: systemd ?? "",
  }
}
