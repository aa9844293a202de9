// Schemes that sign each request under a key: what lasts is the id of the key. One table says where each scheme has it.
//
//   AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/s3/aws4_request, Signature=...     before the first "/"
//   SharedKey account:signature      Signature keyId="...",...      Hawk id="...",...      OAuth oauth_consumer_key="...",...
//
// AWS Signature Version 4, RFC 9421, draft-cavage-http-signatures, RFC 5849 (OAuth 1.0), and what vendors made of them.
import { type Claim, claim } from "./claim.ts"
import { displayName } from "./display-name.ts"
import { authParameter } from "./parameters.ts"

const SIGNING_SCHEMES: ReadonlySet<string> = new Set([
  "aws",
  "acs",
  "oss",
  "qs",
  "sharedkey",
  "sharedkeylite",
  "signature",
  "hawk",
  "mac",
  "oauth",
  "apiauth",
  "escher",
])
/** Versions and vendors' forms of signing schemes, by how they begin or end. */
const SIGNING_FORM = /hmac|^goog[14]\b|^acs\d|^bce-auth-v\d|^mauth|-signature$|^mws$|^cos$/

/** Parameters that hold the key id, the most specific first. */
const KEY_PARAMETERS: readonly string[] = [
  "oauth_consumer_key",
  "keyid",
  "credential",
  "access",
  "access_key",
  "accesskeyid",
  "app_id",
  "appid",
  "client_id",
  "username",
  "id",
]

/** Parameters that hold it in some schemes and the secret itself in others: never shown. */
const DOUBTFUL_PARAMETERS: readonly string[] = ["apikey", "api_key", "key"]

/** "AKIDEXAMPLE:signature", "bce-auth-v1/AKIDEXAMPLE/time/...": the id before the first mark. */
const PLAIN_ID = /^([^\s:/,="]{1,128})[:/]/

/** Schemes of AWS's and Google's fourth version, which name the key in a scope. */
export const isScopeScheme = (scheme: string): boolean => scheme.startsWith("aws4-") || scheme.startsWith("goog4-")

export function isSigningScheme(scheme: string): boolean {
  return SIGNING_SCHEMES.has(scheme) || SIGNING_FORM.test(scheme)
}

/** A signature under a key id: the id is what lasts. */
export function keyClaim(scheme: string, id: string, isSteady = false): Claim {
  if (id === "") return claim(scheme, { credential: "", principal: "", isSteady: false, isMalformed: true })
  const isAddress = /[/@]/.test(id)
  return claim(scheme, {
    credential: id,
    principal: `key\n${id}`,
    name: isAddress ? "" : displayName(id, scheme === "sigv4"),
    isSteady,
  })
}

/** "AKIDEXAMPLE/20240129/eu-west-1/s3/aws4_request": the key id before the first slash. */
export function sigv4Claim(scope: string): Claim {
  return keyClaim("sigv4", scope.split("/", 1)[0]!)
}

/** Parameters of a signing scheme, or one that begins with the key id. */
export function signingClaim(parameters: string): Claim {
  for (const name of KEY_PARAMETERS) {
    const id = authParameter(parameters, name)
    if (id !== "") return keyClaim("hmac", name === "credential" ? id.split("/", 1)[0]! : id)
  }
  for (const name of DOUBTFUL_PARAMETERS) {
    const id = authParameter(parameters, name)
    if (id !== "") return { ...keyClaim("hmac", id), name: "" }
  }
  const plain = PLAIN_ID.exec(parameters)
  return keyClaim("hmac", plain?.[1] ?? "")
}

/** A field or query value that is a key id, with a scope behind it or among parameters. */
export function keyIdClaim(scheme: "sigv4" | "hmac", value: string): Claim {
  if (scheme === "sigv4") return sigv4Claim(value)
  if (value.includes("=") && /[;,"]|keyid/i.test(value)) return signingClaim(value)
  return keyClaim(scheme, value)
}
