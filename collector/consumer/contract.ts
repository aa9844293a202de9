// A partner's contract, read: what it may call, from where, when, how much, and which data classes it may be given.
//
// In:  the texts of a ContractRecord. Out: patterns that are ready to compare, and a sentence for each text that is none.
// What is not said is allowed.
import type { ContractRecord } from "../store/documents.ts"
import { matchesGlob } from "./glob.ts"
import { type Hours, parseHours } from "./hours.ts"

/** An endpoint as contracts name it. */
export interface EndpointName {
  /** Id of its service, and what people call it. */
  readonly service: string
  readonly serviceName: string
  readonly method: string
  readonly template: string
  /** "" when the path says it all. */
  readonly operation: string
}

interface EndpointPattern {
  /** Name or id of the service; "*" any. */
  readonly service: string
  readonly methods: readonly string[] | null
  readonly path: string
}

export interface Contract {
  readonly endpoints: readonly EndpointPattern[]
  readonly networks: readonly string[]
  readonly hours: readonly Hours[]
  readonly requestsPerDay: number | null
  readonly requestsPerHour: number | null
  readonly dataClasses: readonly string[]
}

export interface Mistake {
  /** "contract.hours[1]". */
  readonly place: string
  /** Ends with a full stop. */
  readonly sentence: string
}

export const NO_CONTRACT: ContractRecord = {
  endpoints: [],
  networks: [],
  hours: [],
  requestsPerDay: null,
  requestsPerHour: null,
  dataClasses: [],
}

const isMethods = (text: string): boolean => text === "*" || /^[A-Z]+(?:,[A-Z]+)*$/.test(text)

/** "api.example.com GET /v1/orders/*", "GET,HEAD /v1/*", "/v1/*", "api.example.com". */
export function parseEndpointPattern(text: string): EndpointPattern | string {
  const trimmed = text.trim()
  const slash = trimmed.search(/(?:^|\s)\//)
  const path = slash < 0 ? "*" : trimmed.slice(slash).trim()
  const words = (slash < 0 ? trimmed : trimmed.slice(0, slash)).split(/\s+/).filter((word) => word !== "")
  const last = words.at(-1)
  const methods = last !== undefined && isMethods(last) ? words.pop()! : "*"
  const service = words.pop() ?? "*"
  const isEmpty = trimmed === "" || (slash < 0 && service === "*" && methods === "*")
  if (words.length > 0 || isEmpty)
    return `"${text}" is not like "api.example.com GET /v1/orders/*": service, method and path, of which each may be left out.`
  return { service, methods: methods === "*" ? null : methods.split(","), path }
}

function parseNetwork(text: string): string | null {
  if (/^[0-9a-f.:]+\/\d{1,3}$/i.test(text.trim()))
    return `"${text}" cannot be compared: sensors tell addresses of clients as pseudonyms. Name the network in the sensor's settings and write that name, or the pseudonym of a prefix.`
  return /^[\w.*-]{1,64}$/.test(text) ? null : `"${text}" is no name of a network and no pseudonym of a prefix.`
}

function parseDataClass(text: string): string | null {
  return /^[a-z*][a-z0-9*_-]{0,63}$/.test(text) ? null : `"${text}" is no name of a data class, like email or iban.`
}

function parseQuota(value: number | null): string | null {
  return value === null || (Number.isSafeInteger(value) && value >= 0) ? null : `${value} is no number of requests.`
}

/** Mistakes are added to `mistakes`; what has one is left out. */
export function parseContract(record: ContractRecord, mistakes: Mistake[]): Contract {
  const say = (place: string, sentence: string): null => {
    mistakes.push({ place: `contract.${place}`, sentence })
    return null
  }
  const read = <T>(field: string, texts: readonly string[], parse: (text: string) => T | string): T[] =>
    texts.flatMap((text, i) => {
      const parsed = parse(text)
      if (typeof parsed !== "string") return [parsed]
      say(`${field}[${i}]`, parsed)
      return []
    })
  const names = (field: string, texts: readonly string[], mistakeIn: (text: string) => string | null): string[] =>
    read(field, texts, (text) => mistakeIn(text) ?? { text }).map(({ text }) => text)
  const quota = (field: "requestsPerDay" | "requestsPerHour"): number | null => {
    const mistake = parseQuota(record[field])
    return mistake === null ? record[field] : say(field, mistake)
  }
  return {
    endpoints: read("endpoints", record.endpoints, parseEndpointPattern),
    networks: names("networks", record.networks, parseNetwork),
    hours: read("hours", record.hours, parseHours),
    requestsPerDay: quota("requestsPerDay"),
    requestsPerHour: quota("requestsPerHour"),
    dataClasses: names("dataClasses", record.dataClasses, parseDataClass),
  }
}

export function allowsEndpoint({ endpoints }: Contract, name: EndpointName): boolean {
  return endpoints.length === 0 || endpoints.some((pattern) => fits(pattern, name))
}

function fits({ service, methods, path }: EndpointPattern, name: EndpointName): boolean {
  if (methods !== null && !methods.includes(name.method)) return false
  if (!matchesGlob(service, name.serviceName) && service !== name.service) return false
  if (matchesGlob(path, name.template)) return true
  return name.operation !== "" && matchesGlob(path, `${name.template} ${name.operation}`)
}

/** `network`: a sensor's word for the address; `prefix`: pseudonym of the address's network. */
export function allowsNetwork({ networks }: Contract, network: string, prefix: string): boolean {
  return networks.length === 0 || networks.some((name) => matchesGlob(name, network) || name === prefix)
}

export function allowsDataClass({ dataClasses }: Contract, name: string): boolean {
  return dataClasses.length === 0 || dataClasses.some((pattern) => matchesGlob(pattern, name))
}
