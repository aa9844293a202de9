// Every option of the sensor, declared once. cli.ts settles them; each stage gets its own part, already checked.

import { NATS_ACCESS_OPTIONS, NATS_URL } from "../shared/bus/options.ts"
import type { Command } from "../shared/config/help.ts"
import type { Options, ValuesOf } from "../shared/config/options.ts"
import { isSubjectToken } from "../shared/event/subjects.ts"
import { parseMetricsAddress } from "./daemon/metrics-address.ts"
import { parseZoneMap, ZONE_RULES_MAX } from "./decode/zone-map.ts"
import { KEYLOG_OPTIONS, KEYLOG_SOCKET_OPTIONS, TLS_KEY_OPTIONS } from "./key-input/options.ts"
import { LIVE_OPTIONS } from "./live-options.ts"
import { PUBLISH_OPTIONS } from "./publish/publish-options.ts"
import { ADDRESS_MODES } from "./summary/addresses.ts"
import { OBJECT_MODES } from "./summary/objects/objects.ts"
import { PATH_MODES } from "./summary/privacy/path-privacy.ts"
import { VALUE_MODES } from "./summary/query-values.ts"
import { SUMMARY_SETTINGS } from "./summary/settings.ts"

export { LIVE_OPTIONS }

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB
const S = 1_000_000

const token = (text: string): string | null =>
  isSubjectToken(text) ? null : 'letters, digits, "-" and "_", at most 64 of them'

/** What the program takes that spreads packets between workers (capture/filter/fanout-program.ts). */
export const TUNNEL_PORTS_MAX = 64

const port = (text: string): string | null =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? null : "UDP ports, 1 to 65535"

const fewPorts = (ports: readonly string[]): string | null =>
  ports.length <= TUNNEL_PORTS_MAX ? null : `at most ${TUNNEL_PORTS_MAX} ports`

const zoneRule = (rule: string): string | null =>
  parseZoneMap([rule]).mistakes.length === 0
    ? null
    : "rules such as vni:17=vni:18, vni:100-199=vni:100 or erspan:*=none"

const zoneRules = (rules: readonly string[]): string | null =>
  parseZoneMap(rules).mistakes.length === 0
    ? null
    : `at most ${ZONE_RULES_MAX} rules, none of which counts as an id that another one counts as something else`

/** Limits of the pipeline: the same for files and live capture. */
export const PIPELINE_OPTIONS = {
  "flow.max": {
    kind: "number",
    sentence: "Flows remembered at once; the least recently used one makes room.",
    default: 65_536,
    min: 16,
    max: 4_194_304,
  },
  "tunnel.vxlan-ports": {
    kind: "list",
    sentence: "UDP ports on which VXLAN is looked for; the header decides, not the port alone.",
    default: ["4789", "8472"],
    placeholder: "PORT",
    check: port,
    checkAll: fewPorts,
  },
  "tunnel.geneve-ports": {
    kind: "list",
    sentence: "UDP ports on which GENEVE is looked for.",
    default: ["6081"],
    placeholder: "PORT",
    check: port,
    checkAll: fewPorts,
  },
  "zones.vlan": {
    kind: "flag",
    sentence:
      "VLANs tell networks with the same addresses apart. Off: mirrors often show the two directions in different VLANs.",
    default: false,
  },
  "zones.collapse": {
    kind: "list",
    sentence:
      "Ids of tunnels that count as another one, or as none: vni:17=vni:18, vni:100-199=vni:100, erspan:*=none.",
    default: [],
    placeholder: "RULE",
    check: zoneRule,
    checkAll: zoneRules,
  },
  "defrag.memcap": {
    kind: "bytes",
    sentence: "Bytes of IP fragments held until the others come.",
    default: 16 * MIB,
    min: 512 * KIB,
    max: GIB,
  },
  "defrag.timeout": {
    kind: "duration",
    sentence: "How long, in packet time, fragments wait for the others.",
    default: 30 * S,
    min: 100_000,
    max: 120 * S,
  },
  "defrag.overlap": {
    kind: "text",
    sentence: "Whose bytes count where fragments of an IPv4 datagram overlap: the first, the last, or neither (drop).",
    default: "first",
    values: ["first", "last", "drop"],
  },
  "duplicates.mode": {
    kind: "text",
    sentence:
      "Copies that a mirror of several ports shows are dropped and counted (on) or taken for retransmissions (off).",
    default: "on",
    values: ["on", "off"],
  },
  "duplicates.window": {
    kind: "duration",
    sentence: "Within this packet time of each other, equal packets are copies.",
    default: 10_000,
    min: 200,
    max: S,
  },
  "tcp.idle-timeout": {
    kind: "duration",
    sentence: "Silence, in packet time, after which an established session is closed.",
    default: 3600 * S,
    min: S,
    max: 86_400 * S,
  },
  "tcp.reorder-horizon": {
    kind: "duration",
    sentence: "How long, in packet time, a hole is waited for before it is declared lost.",
    default: 2 * S,
    min: 1000,
    max: 60 * S,
  },
  "tcp.depth": {
    kind: "bytes",
    sentence: "Out-of-order bytes held for one stream.",
    default: MIB,
    min: 64 * KIB,
    max: GIB,
  },
  "tcp.memcap": {
    kind: "bytes",
    sentence: "Out-of-order bytes held for all streams.",
    default: 64 * MIB,
    min: MIB,
    max: 16 * GIB,
  },
  "http.head-max": {
    kind: "bytes",
    sentence: "Longest message head read.",
    default: 64 * KIB,
    min: KIB,
    max: 256 * KIB,
  },
  "tls.memcap": {
    kind: "bytes",
    sentence: "Bytes of TLS records and handshake messages held for all sessions because they came in pieces.",
    default: 16 * MIB,
    min: MIB,
    max: 4 * GIB,
  },
  ...TLS_KEY_OPTIONS,
  "body.prefix": {
    kind: "bytes",
    sentence: "Body bytes looked into, from the start of each body; 0 turns body facts off.",
    default: 64 * KIB,
    min: 0,
    max: MIB,
  },
  ...SUMMARY_SETTINGS,
  "privacy.paths": {
    kind: "text",
    sentence:
      "Words of paths that leave the sensor: all (text), those that two credentials or twenty requests used (strict), those every API has (closed). Ids and secrets never do.",
    default: "text",
    values: PATH_MODES,
  },
  "privacy.values": {
    kind: "text",
    sentence:
      "Values of query parameters: told as keyed pseudonyms (pseudonym), so that few values can be told from many, or not at all (none). Only words, codes and small numbers.",
    default: "pseudonym",
    values: VALUE_MODES,
  },
  "privacy.objects": {
    kind: "text",
    sentence:
      "Ids in bodies and queries, and how requests step through them: told as keyed pseudonyms (pseudonym), so that an id asked for can be traced to the response that gave it, or not at all (none).",
    default: "pseudonym",
    values: OBJECT_MODES,
  },
  "privacy.addresses": {
    kind: "text",
    sentence: "How addresses leave the sensor: as keyed pseudonyms, in plain text, or only by class (private, public).",
    default: "pseudonym",
    values: ADDRESS_MODES,
  },
} as const satisfies Options

/** One thread, and interfaces that the embedding program names itself. */
const { interface: _interface, workers: _workers, ...EMBEDDED_LIVE_OPTIONS } = LIVE_OPTIONS

/** What a sensor that runs inside another program takes besides its input: the same names, checks and defaults as its own. */
export const EMBEDDED_OPTIONS = { ...PIPELINE_OPTIONS, ...EMBEDDED_LIVE_OPTIONS } as const satisfies Options

/** Who is speaking, and under which key. */
export const IDENTITY_OPTIONS = {
  config: { kind: "text", sentence: "Configuration file (TOML).", default: "", placeholder: "FILE" },
  tenant: {
    kind: "text",
    sentence: "Tenant whose traffic this is.",
    default: "default",
    check: token,
    placeholder: "NAME",
  },
  sensor: { kind: "text", sentence: "Name of this sensor.", default: "sensor", check: token, placeholder: "NAME" },
  "key-file": {
    kind: "text",
    sentence: "Key of the pseudonyms, made by keygen, shared by the sensors of a tenant, mode 0600.",
    default: "",
    placeholder: "FILE",
  },
  ledger: {
    kind: "text",
    sentence: "Form of the loss ledger on stderr at the end.",
    default: "text",
    values: ["text", "json", "none"],
  },
} as const satisfies Options

export const FILTER_OPTIONS = {
  filter: {
    kind: "text",
    sentence: "Take only packets that match, in tcpdump's words: 'tcp port 80 and net 10.0.0.0/8'.",
    default: "",
    placeholder: "BPF",
  },
} as const satisfies Options

export const READ_OPTIONS = {
  format: {
    kind: "text",
    sentence:
      "What to write to stdout: an event a line (ndjson), all that would leave, a batch a line (batches), the same encoded (msgpack), or nothing after all the work, for timing (null). With --identities: a table (table, the default then), or one object (json).",
    default: "ndjson",
    values: ["ndjson", "batches", "msgpack", "null", "table", "json"],
  },
  identities: {
    kind: "flag",
    sentence: "In place of events: which rule identified how much, by service, and what stayed anonymous.",
    default: false,
  },
  reveal: {
    kind: "flag",
    sentence: "Show addresses and targets in plain text: a local debugging view, never published.",
    default: false,
  },
  ...KEYLOG_OPTIONS,
  ...FILTER_OPTIONS,
  ...IDENTITY_OPTIONS,
  ...PIPELINE_OPTIONS,
} as const satisfies Options

/** What a daemon says of itself. */
export const DAEMON_OPTIONS = {
  heartbeat: {
    kind: "duration",
    sentence: "A batch is sent at least this often while an interface is watched, empty if need be.",
    default: 10 * S,
    min: S,
    max: 600 * S,
  },
  metrics: {
    kind: "text",
    sentence: "Address and port of /metrics for Prometheus on this host; empty: none.",
    default: "",
    placeholder: "ADDR:PORT",
    check: (text: string) =>
      text === "" || parseMetricsAddress(text) !== null ? null : "a loopback address and a port, like 127.0.0.1:9470",
  },
  "status-file": {
    kind: "text",
    sentence: "File for sonde-sensor status; under systemd, by default, status.json in the unit's runtime folder.",
    default: "",
    placeholder: "FILE",
  },
} as const satisfies Options

export const RUN_OPTIONS = {
  read: {
    kind: "list",
    sentence: "Captures to publish (- for stdin); ends when all is acknowledged.",
    default: [],
    placeholder: "FILE",
  },
  nats: {
    kind: "text",
    sentence: "Server to publish to; a password in it only from the environment or the file.",
    ...NATS_URL,
  },
  ...NATS_ACCESS_OPTIONS,
  format: {
    kind: "text",
    sentence: "nats publishes; null does all the work and discards the bytes, for measuring.",
    default: "nats",
    values: ["nats", "null"],
  },
  ...PUBLISH_OPTIONS,
  boot: {
    kind: "text",
    sentence: "Id of this run; by default derived from the captures, so that reading them again counts nothing twice.",
    default: "",
    placeholder: "ID",
    check: (text: string) => (text === "" ? null : token(text)),
  },
  ...KEYLOG_OPTIONS,
  ...KEYLOG_SOCKET_OPTIONS,
  "log-level": {
    kind: "text",
    sentence: "Least important log line shown.",
    default: "info",
    values: ["info", "warn", "error", "silent"],
  },
  ...LIVE_OPTIONS,
  ...FILTER_OPTIONS,
  ...DAEMON_OPTIONS,
  ...IDENTITY_OPTIONS,
  ...PIPELINE_OPTIONS,
} as const satisfies Options

export const KEYGEN_OPTIONS = {
  rotate: {
    kind: "flag",
    sentence: "FILE holds a key: put a new one into force, and keep the present one beside it for 35 days.",
    default: false,
  },
  nats: {
    kind: "flag",
    sentence: "Make a key for --nats-credentials in FILE instead, and print its public part for sonde-collector nats.",
    default: false,
  },
  force: {
    kind: "flag",
    sentence: "With --rotate: drop a former key that is still in use.",
    default: false,
  },
} as const satisfies Options

export type PipelineValues = ValuesOf<typeof PIPELINE_OPTIONS>
export type EmbeddedValues = ValuesOf<typeof EMBEDDED_OPTIONS>
export type ReadValues = ValuesOf<typeof READ_OPTIONS>
export type RunValues = ValuesOf<typeof RUN_OPTIONS>

export const READ: Command & { options: typeof READ_OPTIONS } = {
  name: "read",
  operands: "FILE...",
  sentence:
    "Reads captures (pcap, pcapng, gzip or zstd around them, - for stdin) and writes an event a line to stdout and the loss ledger to stderr.",
  options: READ_OPTIONS,
}
export const RUN: Command & { options: typeof RUN_OPTIONS } = {
  name: "run",
  operands: "",
  sentence:
    "Watches interfaces and publishes events to a NATS server with JetStream, until SIGINT or SIGTERM; with --read it publishes captures and ends when every batch is acknowledged.",
  options: RUN_OPTIONS,
}
export const CONFIG: Command & { options: typeof RUN_OPTIONS } = {
  name: "config",
  operands: "",
  sentence: "Prints the options of run that are in force and where each comes from.",
  options: RUN_OPTIONS,
}
export const KEYGEN: Command & { options: typeof KEYGEN_OPTIONS } = {
  name: "keygen",
  operands: "FILE",
  sentence:
    "Makes a new pseudonym key in FILE, readable by its owner only; with --rotate replaces the one that is there.",
  options: KEYGEN_OPTIONS,
}
