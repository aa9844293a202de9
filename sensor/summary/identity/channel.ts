// What a conversation came through: the TLS session as far as it tells who the client is. One object for equal channels.
//
// In:  what TLS says of the session (Secured), null for plain text.   Out: a Channel. Bounded: CHANNELS are remembered.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import type { Secured } from "../../flow/secured.ts"
import { certificateBytes } from "./certificate.ts"

const CHANNELS = 4096

export interface Channel {
  /** Distinct for each record ever made; 0 for plain text. */
  readonly id: number
  readonly version: string
  readonly alpn: string
  readonly ja4: string
  /**
   * What of JA4 stays the same from one session of a client to the next: its first four letters and the ciphers. The number and
   * hash of extensions change when a session is resumed.
   */
  readonly software: string
  /** The client's certificate (certificateBytes), null without. */
  readonly certificate: Buffer | null
}

export const PLAIN_CHANNEL: Channel = { id: 0, version: "", alpn: "", ja4: "", software: "", certificate: null }

/** True when the channel is what that session tells now. */
export function isChannelOf(channel: Channel, { version, alpn, ja4, clientCertificate }: Secured): boolean {
  const hasCertificate = clientCertificate !== null
  return (
    channel.version === version &&
    channel.alpn === alpn &&
    channel.ja4 === ja4 &&
    (channel.certificate !== null) === hasCertificate
  )
}

export class Channels {
  readonly #known = new StringInterner<Channel>(CHANNELS)
  #nextId = 1

  of(secured: Secured | null): Channel {
    if (secured === null) return PLAIN_CHANNEL
    const { version, alpn, ja4, clientCertificate } = secured
    const certificate =
      clientCertificate === null ? null : certificateBytes(clientCertificate.der, clientCertificate.commonName)
    const key = `${version}\n${alpn}\n${ja4}\n${certificate?.toString("latin1") ?? ""}`
    const known = this.#known.find(key)
    if (known !== undefined) return known
    const [first = "", ciphers = ""] = ja4.split("_")
    const software = ja4 === "" ? "" : `${first.slice(0, 4)}_${ciphers}`
    const channel = { id: this.#nextId++, version, alpn, ja4, software, certificate }
    this.#known.add(key, channel)
    return channel
  }
}
