// Certificates that were met, remembered: a server shows the same one in each session, and parsing costs more than comparing.
import { ByteInterner } from "../../shared/bytes/interner.ts"
import { type CertificateNames, firstCertificate, readCertificate, type Span } from "./certificate.ts"

/** A certificate has some 1 to 2 KB. */
const KNOWN = { entries: 1024, keyBytes: 2 << 20 }

export interface Certificate extends CertificateNames {
  readonly der: Uint8Array
}

export class Certificates {
  readonly #known = new ByteInterner<Certificate>(KNOWN)
  readonly #span: Span = { start: 0, end: 0 }

  /** The first one in the body of a Certificate message; null when there is none, or it does not parse. */
  first(bytes: Uint8Array, start: number, end: number, isTls13: boolean): Certificate | null {
    const span = this.#span
    if (!firstCertificate(bytes, start, end, isTls13, span)) return null
    const known = this.#known.find(bytes, span.start, span.end)
    if (known !== undefined) return known
    const names = readCertificate(bytes, span.start, span.end)
    if (names === null) return null
    const certificate = { ...names, der: Uint8Array.from(bytes.subarray(span.start, span.end)) }
    this.#known.add(bytes, span.start, span.end, certificate)
    return certificate
  }
}
