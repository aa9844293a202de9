// What is known of the TLS session that a conversation was read through. Made by the TLS stage, used by those above HTTP.

export interface Secured {
  /** "1.2", "1.3". */
  readonly version: string
  /** Protocol agreed on by ALPN, "" when none was. */
  readonly alpn: string
  /** Server name that the client asked for (SNI), "" without. */
  readonly serverName: string
  readonly ja4: string
  /** Of the client's certificate where the session shows one (mTLS): DER bytes, and the common name of its subject. */
  readonly clientCertificate: { readonly der: Uint8Array; readonly commonName: string } | null
  /** The client sent application data before the handshake had ended (RFC 8446 section 2.3): it may be a replay. */
  readonly hasEarlyData: boolean
  /** How much of the client's stream came that way, from its start, in bytes of plaintext. */
  readonly earlyBytes?: number
}
