// The authority of a request, or the name that a certificate or a TLS client says, as it may leave the sensor.
//
// In:  an authority in one spelling (writtenAuthority).   Out: the same with what is not a name folded: an address is a raw address
// wherever it stands, so its pseudonym stands in its place; a label that is an id or a secret becomes its kind.
//
//   192.0.2.7:8080                 ip-3f0c21d09a7b:8080
//   ip-10-0-0-1.eu.example.net     ip-91b0c7d2e6aa.eu.example.net
//   10.0.0.1.nip.example           ip-91b0c7d2e6aa.nip.example
//   7.2.0.192.in-addr.arpa         ip-3f0c21d09a7b.in-addr.arpa
//   4821739921.tenant.example      {int}.tenant.example

import { classify, isStrong, KIND_NAMES, Kind } from "../value-class.ts"
import { isNoName } from "./name-likeness.ts"
import { isSecretLike } from "./path-secrets.ts"

/** An IPv4 address, or an IPv6 one in brackets, and what follows it. */
const LITERAL = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-f:.]+)\])(:\d+)?$/
const PORT = /:\d{1,5}$/
/** Four numbers with dashes in a label, four labels that are numbers in front of others. */
const DASHED = /(?<![0-9a-z])(?:ip-)?(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?![0-9a-z])/g
const DOTTED = /(^|[.-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=\.)/g
const REVERSED = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=\.in-addr\.arpa$)/
const NIBBLES = /^(?:[0-9a-f]\.){8,32}(?=ip6\.arpa$)/
/** Groups of an IPv6 address with dashes: "2001-db8--1". */
const GROUPS =
  /^(?=.*\d)(?:[0-9a-f]{1,4}-){2,7}(?:-(?:[0-9a-f]{1,4}-)*)?[0-9a-f]{0,4}$|^[0-9a-f]{0,4}--[0-9a-f-]*\d[0-9a-f-]*$/
/** An address as one number: hexadecimal, with or without 0x. */
const HEX_ADDRESS = /^(?:0x[0-9a-f]{1,8}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8})$/
/** Digits of a label that is a number: shorter is the number of a machine. */
const NUMBER_MIN = 5

/** In front of a pseudonym while the rest is looked at; in no host name. */
const DONE = "\0"

const isByte = (text: string): boolean => Number(text) <= 255

/** "db-001", "web1234": how machines are named. */
const MACHINE = /^[a-z]{2,3}-?\d{3,4}$/
/** Numbers side by side that are no address: of a person, of a phone. */
const NUMBERS = /(^|\.)\d{1,4}(?:-\d{1,4})?(?:[.-]\d{1,4})+(?=\.|$|-[a-z](?:\.|$))/g

/** `pseudonymOf`: of an address that is written out. */
export function publishedAuthority(authority: string, pseudonymOf: (address: string) => string): string {
  const literal = LITERAL.exec(authority)
  if (literal !== null) return `ip-${pseudonymOf(literal[1] ?? literal[2]!)}${literal[3] ?? ""}`
  const port = PORT.exec(authority)?.[0] ?? ""
  const host = port === "" ? authority : authority.slice(0, -port.length)
  const named = (parts: readonly string[], whole: string): string =>
    parts.every(isByte) ? `${DONE}ip-${pseudonymOf(parts.join("."))}` : whole
  const folded = host
    .replace(NIBBLES, "{ip}.")
    .replace(REVERSED, (whole, a: string, b: string, c: string, d: string) => named([d, c, b, a], whole))
    .replace(DASHED, (whole, a: string, b: string, c: string, d: string) => named([a, b, c, d], whole))
    .replace(DOTTED, (whole, mark: string, a: string, b: string, c: string, d: string) => {
      const text = named([a, b, c, d], "")
      return text === "" ? whole : `${mark}${text}`
    })
  const numbered = folded.replace(NUMBERS, "$1{int}")
  return `${numbered.split(".").map(publishedLabel).join(".").replaceAll(DONE, "")}${port}`
}

/** A label of a host name, unless it holds a pseudonym already. */
function publishedLabel(label: string): string {
  if (label.length < NUMBER_MIN || label.includes(DONE) || label === "{ip}") return label
  if (GROUPS.test(label)) return "{ip}"
  if (HEX_ADDRESS.test(label)) return "{hex}"
  const bytes = Buffer.from(label, "latin1")
  const kind = classify(bytes, 0, bytes.length)
  if (isStrong(kind) && kind !== Kind.float) return `{${KIND_NAMES[kind]}}`
  const isOdd = isSecretLike(bytes, 0, bytes.length, kind) || isNoName(bytes, 0, bytes.length)
  return isOdd && !MACHINE.test(label) ? "{id}" : label
}
