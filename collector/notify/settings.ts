// Channels as an operator writes them.
//
//   [[notify]]
//   name = "siem"                       # shown in states, and what commands call it
//   kind = "syslog"                     # webhook, syslog, nats
//   lanes = ["high"]                    # optional: both lanes without it
//   address = "siem.example.com:6514"
//   transport = "tls"                   # udp, tcp, tls
//   format = "cef"                      # cef, ecs
//
// In:  the tables of the file.   Out: settings in their order, or every mistake. Files are named here and read in open-channels.ts.
import type { Options, OptionTable } from "../../shared/config/options.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { LANES } from "./channel.ts"
import type { Transport } from "./syslog.ts"
import { NAME, Table } from "./table.ts"

export const CHANNELS_MAX = 32
/** RFC 5426 section 3.2 wants receivers to take 2048 octets; 8192 is what is usual over streams. */
const UDP_BYTES = 2048
const STREAM_BYTES = 8192
/** local0 of RFC 5424 table 1. */
const FACILITY = 16

interface Common {
  readonly name: string
  readonly lanes: readonly string[]
}

/** A file that only its owner may read, or the name of a systemd credential; "" for none. */
export interface SecretPlace {
  readonly file: string
  readonly credential: string
}

export interface WebhookTable extends Common {
  readonly kind: "webhook"
  readonly url: string
  readonly secret: SecretPlace
  readonly ca: string
}

export interface SyslogTable extends Common {
  readonly kind: "syslog"
  readonly host: string
  readonly port: number
  readonly transport: Transport
  readonly format: "cef" | "ecs"
  readonly facility: number
  readonly bytesMax: number
  /** Files; "" for none. */
  readonly ca: string
  readonly certificate: string
  readonly key: SecretPlace
}

export interface NatsTable extends Common {
  readonly kind: "nats"
  readonly url: string
  /** The seed of an nkey. */
  readonly nkey: SecretPlace
  readonly ca: string
  readonly subject: string
  readonly isJetStream: boolean
}

export type ChannelTable = WebhookTable | SyslogTable | NatsTable

const COMMON = ["name", "kind", "lanes"]
const KEYS: Readonly<Record<ChannelTable["kind"], readonly string[]>> = {
  webhook: [...COMMON, "url", "secret", "secret-credential", "ca"],
  syslog: [
    ...[...COMMON, "address", "transport", "format", "facility", "bytes"],
    ...["ca", "certificate", "key", "key-credential"],
  ],
  nats: [...COMMON, "url", "nkey", "nkey-credential", "ca", "subject", "jetstream"],
}

export function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username === "" && password === "" && hash === ""
}

/** "siem:514", "[2001:db8::1]:6514"; null when it is neither. */
export function parseAddress(text: string): { host: string; port: number } | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port }
}

/** Tokens with dots between; none of a wildcard, none of the subjects that sensors and servers use. */
export function isNoticeSubject(text: string): boolean {
  const isSubject = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text) && text.length <= 200
  return isSubject && !/^(sonde\.(ev|health)|_INBOX)(\.|$)/.test(text)
}

function secretPlace(table: Table, key: string, isNeeded: boolean): SecretPlace {
  const credentialKey = `${key}-credential`
  const file = table.text(key, "", "a path")
  const isWord = (text: string): boolean => /^[A-Za-z0-9._-]{1,200}$/.test(text) && !/^\.+$/.test(text)
  const credential = table.text(credentialKey, "", "the name of a systemd credential", isWord)
  if (table.has(key) && table.has(credentialKey)) table.wrong(credentialKey, `excludes "${key}"`)
  if (isNeeded && !table.has(key) && !table.has(credentialKey))
    table.wrong(key, `is missing; it takes the path of a file (or "${credentialKey}" names a systemd credential)`)
  return { file, credential }
}

function readWebhook(table: Table, common: Common): WebhookTable {
  return {
    ...common,
    kind: "webhook",
    url: table.text("url", null, "an address such as https://hooks.example.com/sonde, without a user", isWebhookUrl),
    secret: secretPlace(table, "secret", true),
    ca: table.text("ca", "", "a path"),
  }
}

function readSyslog(table: Table, common: Common): SyslogTable {
  const oneOf = (...allowed: string[]) => [allowed.join(" or "), (text: string) => allowed.includes(text)] as const
  const wanted = "a host and a port, such as siem.example.com:6514"
  const address = table.text("address", null, wanted, (text) => parseAddress(text) !== null)
  const transport = table.text("transport", "tls", ...oneOf("udp", "tcp", "tls")) as Transport
  const ca = table.text("ca", "", "a path")
  const certificate = table.text("certificate", "", "a path")
  const key = secretPlace(table, "key", false)
  if (transport !== "tls")
    for (const name of ["ca", "certificate", "key", "key-credential"])
      if (table.has(name)) table.wrong(name, 'needs transport = "tls"')
  if ((certificate !== "") !== (key.file !== "" || key.credential !== ""))
    table.wrong(certificate === "" ? "key" : "certificate", `needs "${certificate === "" ? "certificate" : "key"}"`)
  const isUdp = transport === "udp"
  return {
    ...common,
    ...(parseAddress(address) ?? { host: "", port: 0 }),
    kind: "syslog",
    transport,
    format: table.text("format", "cef", ...oneOf("cef", "ecs")) as "cef" | "ecs",
    facility: table.number("facility", FACILITY, 0, 23),
    bytesMax: table.number("bytes", isUdp ? UDP_BYTES : STREAM_BYTES, 2048, isUdp ? 65_000 : 1_048_576),
    ca,
    certificate,
    key,
  }
}

function readNats(table: Table, common: Common, tenant: string): NatsTable {
  const isServer = (text: string): boolean => parseBusAddress(text) !== null
  return {
    ...common,
    kind: "nats",
    url: table.text("url", null, "a server such as nats://127.0.0.1:4222", isServer),
    nkey: secretPlace(table, "nkey", false),
    ca: table.text("ca", "", "a path"),
    subject: table.text(
      "subject",
      `sonde.incident.${tenant}`,
      "a subject without wildcards that is not one of the events'",
      isNoticeSubject,
    ),
    isJetStream: table.flag("jetstream", false),
  }
}

const READERS = { webhook: readWebhook, syslog: readSyslog, nats: readNats } as const

/** The channels, and every mistake in them. */
export function parseChannels(
  tables: readonly OptionTable[],
  tenant = "default",
): { readonly channels: readonly ChannelTable[]; readonly mistakes: readonly string[] } {
  if (tables.length > CHANNELS_MAX)
    return { channels: [], mistakes: [`notify: there are more than ${CHANNELS_MAX} channels.`] }
  const mistakes: string[] = []
  const names = new Set<string>()
  const channels: ChannelTable[] = []
  for (const [i, raw] of tables.entries()) {
    const table = new Table(raw, i + 1)
    const kinds = Object.keys(READERS)
    const kind = table.text("kind", null, kinds.join(", "), (text) => kinds.includes(text)) as ChannelTable["kind"] | ""
    const name = table.text("name", null, "1 to 40 small letters, digits, _ and -, a letter first", (text) =>
      NAME.test(text),
    )
    if (names.has(name)) table.wrong("name", "is that of a channel before it")
    if (name !== "") names.add(name)
    const common = { name, lanes: table.list("lanes", LANES, LANES) }
    if (kind !== "") {
      table.unknownKeys(KEYS[kind], `a ${kind}`)
      channels.push(READERS[kind](table, common, tenant))
    }
    mistakes.push(...table.mistakes)
  }
  return { channels, mistakes }
}

export const NOTIFY_OPTIONS = {
  notify: {
    kind: "tables",
    sentence: "Channels that are told of incidents: webhooks, syslog receivers, NATS subjects.",
    default: [],
    mistakes: (tables) => parseChannels(tables).mistakes,
  },
} as const satisfies Options
