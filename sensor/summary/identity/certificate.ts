// Client certificates: of the TLS session itself, and as a proxy that ended TLS passes them on.
//
//   XFCC     By=spiffe://a;Hash=468ed33b...;Subject="CN=partner-a,O=Acme";URI=spiffe://b , ...         Envoy: the last element is the caller
//   PEM      -----BEGIN%20CERTIFICATE-----%0AMIIB...      nginx, HAProxy, AWS: escaped or with spaces for line ends
//   DER      MIIB... or :MIIB...:                         RFC 9440, IIS
//   subject  CN=partner-a,O=Acme or /O=Acme/CN=partner-a  nginx, HAProxy, Apache
//   hash     468ed33b...                                  hex, SHA-256 or SHA-1
//
// In:  the text.   Out: a Claim: the fingerprint (or what there is) is the credential, the common name the principal, because a
// renewed certificate is the same caller. What such a field says is believed only from trusted proxies.
import { createHash, X509Certificate } from "node:crypto"
import { type Claim, claim } from "./claim.ts"
import { displayName } from "./display-name.ts"
import { authParameter } from "./parameters.ts"

const SHA256_BYTES = 32

/** A certificate as it enters the tables: its SHA-256 and the common name of its subject. */
export function certificateBytes(der: Uint8Array, commonName: string): Buffer {
  return Buffer.concat([createHash("sha256").update(der).digest(), Buffer.from(commonName, "utf8")])
}

/** `fingerprint`: hex, "" unknown. */
function namedClaim(fingerprint: string, subject: string, name: string): Claim {
  const credential = fingerprint !== "" ? `cert\n${fingerprint}` : subject !== "" ? `subject\n${subject}` : ""
  if (credential === "") return claim("mtls", { credential: "", principal: "", isMalformed: true })
  return claim("mtls", {
    credential,
    principal: name === "" ? credential : `cert\n${name}`,
    name: displayName(name, false),
  })
}

/** Of the bytes that certificateBytes made. */
export function certificateClaim(bytes: Buffer): Claim {
  return namedClaim(bytes.toString("hex", 0, SHA256_BYTES), "", bytes.toString("utf8", SHA256_BYTES))
}

/** Common name in a subject of either spelling, "" without one. */
export function commonNameOf(subject: string): string {
  const match = /(?:^|[,/+]\s*|\n)CN\s*=\s*((?:\\.|[^,/+\n\\])+)/i.exec(subject)
  return match === null ? "" : match[1]!.replace(/\\(.)/g, "$1").trim().slice(0, 256)
}

/** The last element of a list whose commas may stand in quotes. */
function lastElement(text: string): string {
  let isQuoted = false
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === "\\") i++
    else if (char === '"') isQuoted = !isQuoted
    else if (char === "," && !isQuoted) from = i + 1
  }
  return text.slice(from)
}

function forwardedClaim(text: string): Claim {
  const element = lastElement(text)
  const hash = authParameter(element, "hash").toLowerCase()
  const subject = authParameter(element, "subject")
  const uri = authParameter(element, "uri")
  const name = commonNameOf(subject)
  return namedClaim(
    /^[0-9a-f]{40,128}$/.test(hash) ? hash : "",
    subject === "" ? uri : subject,
    name === "" ? uri : name,
  )
}

function derClaim(base64: string): Claim {
  const der = Buffer.from(base64, "base64")
  const fingerprint = createHash("sha256").update(der).digest("hex")
  let subject: string
  try {
    subject = new X509Certificate(der).subject ?? ""
  } catch {
    return claim("mtls", { credential: "", principal: "", isMalformed: true })
  }
  return namedClaim(fingerprint, subject, commonNameOf(subject))
}

function unescapedText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A certificate, or what a proxy says of one, in a field. */
export function certificateFieldClaim(value: string): Claim {
  if (/(?:^|[;,]\s*)(?:hash|by|subject|uri|cert|chain|dns)\s*=/i.test(value)) return forwardedClaim(value)
  const text = value.includes("%") ? unescapedText(value) : value
  const pem = /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END/.exec(text)
  if (pem !== null) return derClaim(pem[1]!)
  if (/^:?MII[A-Za-z0-9+/=\s]{40,}:?$/.test(text)) return derClaim(text.replaceAll(":", ""))
  const hash = text.replaceAll(":", "").toLowerCase()
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) return namedClaim(hash, "", "")
  return namedClaim("", text, commonNameOf(text))
}
