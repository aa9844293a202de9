// How a receiver knows that a message is ours, whole and fresh: HMAC-SHA-256 over the time and the body.
//
//   Sonde-Signature: t=1795428000,v1=5257a869...      v1 = hex(HMAC-SHA-256(secret, "1795428000." + body))
import { createHmac } from "node:crypto"

export function signatureOf(secret: Uint8Array, atSeconds: number, body: Uint8Array): string {
  const mac = createHmac("sha256", secret).update(`${atSeconds}.`).update(body).digest("hex")
  return `t=${atSeconds},v1=${mac}`
}
