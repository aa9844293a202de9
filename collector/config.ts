// Every option of the collector, declared once. cli.ts settles them and hands each part its own.

import { NATS_ACCESS_OPTIONS, NATS_URL } from "../shared/bus/options.ts"
import type { Command } from "../shared/config/help.ts"
import type { Options, ValuesOf } from "../shared/config/options.ts"
import { isSubjectToken } from "../shared/event/subjects.ts"
import { STORE_FOLDER } from "./collector-options.ts"
import { AHEAD_US } from "./consume/admission.ts"
import { NOTIFY_OPTIONS } from "./notify/settings.ts"
import { RETENTION_OPTIONS } from "./retention-options.ts"

const S = 1_000_000

/** "127.0.0.1:8470", "[::1]:8470" -> host and port; null when it is neither. */
export function parseListen(text: string): { host: string; port: number } | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3] ?? -1)
  const host = match?.[1] ?? match?.[2]
  return host === undefined || port < 0 || port > 65_535 ? null : { host, port }
}

export const RUN_OPTIONS = {
  read: {
    kind: "list",
    sentence: "Captures read by an embedded sensor (- for stdin); reading one again counts nothing twice.",
    default: [],
    placeholder: "FILE",
  },
  interface: {
    kind: "list",
    sentence: "Interfaces watched by an embedded sensor; sonde-sensor run takes more of them, in several threads.",
    default: [],
    placeholder: "NAME",
  },
  filter: {
    kind: "text",
    sentence: "Take only packets of --interface that match, in tcpdump's words.",
    default: "",
    placeholder: "BPF",
  },
  keylog: {
    kind: "text",
    sentence: "Keys of TLS sessions that the embedded sensor sees, as SSLKEYLOGFILE has programs write them.",
    default: "",
    placeholder: "FILE",
  },
  exit: { kind: "flag", sentence: "End when the input of --read is applied.", default: false },
  nats: {
    kind: "text",
    sentence: "Server to take events from; a password in it only from the environment or the file.",
    ...NATS_URL,
  },
  ...NATS_ACCESS_OPTIONS,
  durable: {
    kind: "text",
    sentence: "Name of the consumer that remembers the position in the stream.",
    default: "sonde-collector",
    placeholder: "NAME",
    check: (text: string) => (isSubjectToken(text) ? null : 'letters, digits, "-" and "_", at most 64 of them'),
  },
  data: STORE_FOLDER,
  ...RETENTION_OPTIONS,
  listen: {
    kind: "text",
    sentence: "Address and port of API and console.",
    default: "127.0.0.1:8470",
    placeholder: "ADDR:PORT",
    check: (text: string) => (parseListen(text) === null ? "an address and a port, like 127.0.0.1:8470" : null),
  },
  "tls-certificate": {
    kind: "text",
    sentence: "Certificate chain (PEM) of API and console; with --tls-key. Both are read again on SIGHUP.",
    default: "",
    placeholder: "FILE",
  },
  "tls-key": { kind: "text", sentence: "Its private key, mode 0600.", default: "", placeholder: "FILE" },
  "host-name": {
    kind: "list",
    sentence:
      "Name under which API and console may be asked, beside their own; beyond loopback any where none is given.",
    default: [],
    placeholder: "NAME",
  },
  "plain-http": {
    kind: "flag",
    sentence: "Listen beyond loopback without TLS, because a proxy in front speaks it.",
    default: false,
  },
  "checkpoint.interval": {
    kind: "duration",
    sentence: "Longest time between two checkpoints.",
    default: S,
    min: 10_000,
    max: 60 * S,
  },
  "join.window": {
    kind: "duration",
    sentence: "How long half an exchange waits for the half that another sensor sees, and how far apart copies may be.",
    default: 60 * S,
    min: S,
    max: 600 * S,
  },
  "sensor.silence": {
    kind: "duration",
    sentence: "A running sensor of which nothing was heard for this long is silent; sensors are heard every 10 s.",
    default: 30 * S,
    min: S,
    max: 3600 * S,
  },
  "sensor.ahead": {
    kind: "duration",
    sentence: "Batches from --nats are refused when their times are further ahead of the server's clock than this.",
    default: AHEAD_US,
    min: 60 * S,
    max: 400 * 86_400 * S,
  },
  "key-file": {
    kind: "text",
    sentence: "Pseudonym key of the embedded sensor; made in the data folder when not given.",
    default: "",
    placeholder: "FILE",
  },
  partners: {
    kind: "text",
    sentence: "File of partners (TOML): who they are, which consumers are theirs, what their contracts allow.",
    default: "",
    placeholder: "FILE",
  },
  labels: {
    kind: "text",
    sentence: "File of rules that give services owners and labels (TOML, or .csv); read again on SIGHUP.",
    default: "",
    placeholder: "FILE",
  },
  ...NOTIFY_OPTIONS,
  config: { kind: "text", sentence: "Configuration file (TOML).", default: "", placeholder: "FILE" },
  "log-level": {
    kind: "text",
    sentence: "Least important log line shown.",
    default: "warn",
    values: ["info", "warn", "error", "silent"],
  },
} as const satisfies Options

export type RunValues = ValuesOf<typeof RUN_OPTIONS>

/** `options`: the collector's own and those of the sensor that it embeds. */
export const runCommand = <O extends Options>(options: O): Command & { readonly options: O } => ({
  name: "run",
  operands: "",
  sentence:
    "Collects events from a NATS server, or from captures or interfaces through an embedded sensor, and serves API and console. The embedded sensor takes the settings of sonde-sensor: privacy, identities, data classes and limits, those below --log-level; with --nats they belong to the sensors.",
  options,
})
export const configCommand = <O extends Options>(options: O): Command & { readonly options: O } => ({
  name: "config",
  operands: "",
  sentence: "Prints the options of run that are in force and where each comes from.",
  options,
})
