// Channels of their settings: reads the files that those name. Every mistake at once.
import { readFileSync, statSync } from "node:fs"
import { NO_ACCESS } from "../../shared/bus/access.ts"
import { readPrivateFile } from "../../shared/config/private-file.ts"
import { busName, parseBusAddress } from "../../shared/event/event-stream.ts"
import type { Channel } from "./channel.ts"
import { NatsSubject, type Publish } from "./nats.ts"
import type { ChannelTable, NatsTable, SecretPlace, SyslogTable, WebhookTable } from "./settings.ts"
import { Syslog } from "./syslog.ts"
import { Webhook } from "./webhook.ts"

/** Shorter ones can be guessed. */
export const SECRET_BYTES_MIN = 16
const KEY_BYTES_MAX = 65_536
const PEM_BYTES_MAX = 1_048_576

export interface ChannelParts {
  readonly publish: Publish
  /** systemd's credentials directory, "" for none. */
  readonly credentials: string
  readonly version: string
  /** Name of this host, and of this process. */
  readonly host: string
  readonly proc: string
  /** Wall clock, ms. */
  readonly now: () => number
}

export function openChannels(
  tables: readonly ChannelTable[],
  parts: ChannelParts,
): { readonly channels: readonly Channel[] } | { readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const channels = tables.map((table): Channel => {
    const files = new Files(table.name, parts.credentials, mistakes)
    if (table.kind === "webhook") return webhookOf(table, files, parts)
    if (table.kind === "syslog") return syslogOf(table, files, parts)
    return natsOf(table, files, parts)
  })
  return mistakes.length === 0 ? { channels } : { mistakes }
}

function webhookOf(table: WebhookTable, files: Files, { version, now }: ChannelParts): Channel {
  const secret = files.secret("secret", table.secret)
  return new Webhook({ ...table, secret, ca: files.pem("ca", table.ca), version, now })
}

/** The files are read again at each connection; here it is only said what is wrong with them. */
function natsOf(table: NatsTable, files: Files, { publish, credentials: systemd }: ChannelParts): Channel {
  const { nkey } = table
  if (nkey.file !== "" || nkey.credential !== "") files.private("nkey", nkey, undefined)
  files.pem("ca", table.ca)
  const credentials = nkey.credential === "" ? nkey.file : `${systemd}/${nkey.credential}`
  const access = { ...NO_ACCESS, credentials, ca: table.ca, systemd }
  return new NatsSubject({ ...table, access, servers: busName(parseBusAddress(table.url)!), publish })
}

function syslogOf(table: SyslogTable, files: Files, { version, host: from, proc }: ChannelParts): Channel {
  const { ca, certificate, key } = table
  const tls = {
    ca: files.pem("ca", ca),
    certificate: files.pem("certificate", certificate),
    key: certificate === "" ? null : files.private("key", key, KEY_BYTES_MAX).toString(),
  }
  return new Syslog({ ...table, tls, version, from, proc })
}

/** What a channel's settings name. */
class Files {
  readonly #channel: string
  readonly #credentials: string
  readonly #mistakes: string[]

  constructor(channel: string, credentials: string, mistakes: string[]) {
    this.#channel = channel
    this.#credentials = credentials
    this.#mistakes = mistakes
  }

  /** Without the line end that editors add. */
  secret(key: string, place: SecretPlace): Buffer {
    const bytes = this.private(key, place, undefined)
    let end = bytes.length
    while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end--
    if (bytes.length > 0 && end < SECRET_BYTES_MIN) this.#wrong(key, `holds less than ${SECRET_BYTES_MIN} bytes`)
    return bytes.subarray(0, end)
  }

  private(key: string, { file, credential }: SecretPlace, bytesMax: number | undefined): Buffer {
    if (credential !== "" && this.#credentials === "") {
      this.#wrong(`${key}-credential`, "needs systemd (LoadCredential=), which has handed over none")
      return Buffer.alloc(0)
    }
    const path = credential === "" ? file : `${this.#credentials}/${credential}`
    const read = readPrivateFile(path, this.#credentials, "a file of a secret", bytesMax)
    if ("bytes" in read && read.bytes.length > 0) return read.bytes
    this.#wrong(key, `${path} ${"bytes" in read ? "is empty" : read.mistake}`)
    return Buffer.alloc(0)
  }

  /** Null for "". */
  pem(key: string, path: string): string | null {
    if (path === "") return null
    try {
      const text = statSync(path).size > PEM_BYTES_MAX ? "" : readFileSync(path, "latin1")
      if (text.includes("-----BEGIN CERTIFICATE-----")) return text
      this.#wrong(key, `${path} holds no certificate (PEM)`)
    } catch (error) {
      this.#wrong(key, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
    return null
  }

  #wrong(key: string, what: string): void {
    this.#mistakes.push(`notify "${this.#channel}": "${key}" ${what}.`)
  }
}
