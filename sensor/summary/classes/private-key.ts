// Private keys as text. RFC 7468 section 2 (the frame, with labels "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY",
// "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"), RFC 4880 section 6.2 ("PGP PRIVATE KEY BLOCK"); also once more in base64. And without
// a frame, the base64 of RSA keys: RFC 8017 appendix A.1.2 (version 0, a modulus), RFC 5958 section 2 (version 0, rsaEncryption).

const FRAME = Buffer.from("-----BEGIN ")
const LABEL = Buffer.from("PRIVATE KEY")
/** "-----BEGIN " in base64, as far as its own bytes decide it. */
const CODED = Buffer.from("LS0tLS1CRUdJTi")
/** Bytes of a value that are looked at: a bundle has certificates before its key. */
const VALUE_MAX = 32 * 1024
/** After "MII" and three characters of length: PKCS #8 and PKCS #1. */
const BARE = [Buffer.from("IBADANBgkqhkiG9w0BAQEFAASC"), Buffer.from("IBAAKC")]
const BARE_MIN = 100
/** Encoded bytes that hold the label of a first frame. */
const CODED_MAX = 64

const hasStart = (bytes: Uint8Array, start: number, end: number, what: Buffer): boolean => {
  if (end - start < what.length) return false
  for (let i = 0; i < what.length; i++) if (bytes[start + i] !== what[i]) return false
  return true
}

export function isPrivateKey(bytes: Uint8Array, start: number, end: number): boolean {
  const from = bytes.byteOffset + start
  if (hasStart(bytes, start, end, FRAME)) {
    const text = Buffer.from(bytes.buffer, from, Math.min(end - start, VALUE_MAX))
    for (let at = text.indexOf(LABEL); at >= 0; at = text.indexOf(LABEL, at + 1)) {
      const after = text.subarray(at + LABEL.length, at + LABEL.length + 11).latin1Slice()
      if (after.startsWith("-----") || after.startsWith(" BLOCK-----")) return true
    }
    return false
  }
  if (bytes[start] === 0x4d && bytes[start + 1] === 0x49 && bytes[start + 2] === 0x49)
    return end - start >= BARE_MIN && BARE.some((one) => hasStart(bytes, start + 6, end, one))
  if (!hasStart(bytes, start, end, CODED)) return false
  const text = Buffer.from(bytes.buffer, from, Math.min(end - start, CODED_MAX)).latin1Slice()
  return Buffer.from(text, "base64").includes(LABEL)
}
