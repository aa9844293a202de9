// What a client looks like from outside: its address, its software, the order in which it writes fields.
//
// In:  a description.   Out: the Client record of its events, and the lines of its heads in a capture.
import { type Client, EMPTY_FORM } from "../../shared/event/api-event.ts"
import { type Draws, hashText, pseudonymText } from "./draws.ts"

export const NO_FORM = EMPTY_FORM

export interface Software {
  readonly family: string
  readonly userAgent: string
  /** Order of the fields that every request has. */
  readonly order: readonly HeadField[]
}

export type HeadField =
  | "Host"
  | "User-Agent"
  | "Accept"
  | "Accept-Encoding"
  | "credential"
  | "Content-Type"
  | "Content-Length"

const ORDERS: readonly (readonly HeadField[])[] = [
  ["Host", "User-Agent", "Accept", "credential", "Content-Type", "Content-Length"],
  ["Host", "credential", "Accept", "Accept-Encoding", "User-Agent", "Content-Type", "Content-Length"],
  ["Accept", "Content-Type", "credential", "User-Agent", "Host", "Accept-Encoding", "Content-Length"],
  ["Content-Type", "credential", "Host", "Accept-Encoding", "User-Agent", "Content-Length"],
]
const FAMILIES = [
  "okhttp",
  "python-requests",
  "Apache-HttpClient",
  "Java-http-client",
  "axios",
  "SAP-NetWeaver",
  "guzzle",
  "dotnet-client",
]

export function drawSoftware(draws: Draws): Software {
  const family = draws.pick(FAMILIES)
  return {
    family,
    userAgent: `${family}/${draws.integer(1, 12)}.${draws.integer(0, 30)}.${draws.integer(0, 9)}`,
    order: draws.pick(ORDERS),
  }
}

/** The same software, a version on. */
export function upgraded(software: Software, draws: Draws): Software {
  return {
    family: software.family,
    userAgent: `${software.family}/${draws.integer(13, 20)}.${draws.integer(0, 30)}.0`,
    order: draws.pick(ORDERS),
  }
}

/** Software at an address. */
export class ClientPrint {
  readonly address: string
  readonly software: Software
  /** By the field of the credential: of requests without and with a body. */
  readonly #records = [new Map<string, Client>(), new Map<string, Client>()] as const

  constructor(address: string, software: Software) {
    this.address = address
    this.software = software
  }

  /** Names of the fields of a request with or without a body; `credentialField` is where the credential goes, "" nowhere. */
  fieldNames(hasBody: boolean, credentialField: string): string[] {
    return this.software.order
      .filter((name) => (hasBody || !name.startsWith("Content-")) && (credentialField !== "" || name !== "credential"))
      .map((name) => (name === "credential" ? credentialField : name))
  }

  record(hasBody: boolean, credentialField: string): Client {
    const records = this.#records[hasBody ? 1 : 0]
    const known = records.get(credentialField)
    if (known !== undefined) return known
    const record: Client = {
      address: pseudonymText(this.address),
      prefix: pseudonymText(`${prefixOf(this.address)} prefix`),
      addressClass: this.address.startsWith("10.") ? "private" : "public",
      fieldOrder: hashText(this.fieldNames(hasBody, credentialField).join(" ").toLowerCase()),
      userAgentFamily: this.software.family.toLowerCase(),
      userAgentHash: hashText(this.software.userAgent),
      ja4: "",
      alpn: "",
      hops: 0,
      forwardedPrefix: "",
    }
    records.set(credentialField, record)
    return record
  }
}

/** The /24 of an IPv4 address. */
export const prefixOf = (address: string): string => address.slice(0, address.lastIndexOf("."))

/** An address in a prefix that nobody else has, for numbers below 60,000. */
export const addressIn = (network: number, host: number): string =>
  `${[81, 91, 145, 185][network & 3]}.${20 + ((network >> 10) & 63)}.${(network >> 2) & 255}.${host}`
