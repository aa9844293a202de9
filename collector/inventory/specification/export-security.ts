// Authentication schemes that were observed, as security schemes of OpenAPI.
//
// Where a key is sent is not kept with an endpoint: it is the parameter that looks like one at the endpoints that use keys; where there is
// none, the usual name, and "x-sonde-assumed" says so.
import type { EndpointRecord, ParameterRecord } from "../../store/records.ts"
import type { JsonObject } from "./document.ts"

const KEY_NAMES =
  /^(x-)?(api|access|auth|subscription|app|client)?[-_]?(key|token|secret)$|api-?_?key|subscription-key/i
const SESSION_NAMES = /sess|sid$|auth|token/i

const FIXED: Readonly<Record<string, JsonObject>> = {
  basic: { type: "http", scheme: "basic" },
  digest: { type: "http", scheme: "digest" },
  negotiate: { type: "http", scheme: "negotiate" },
  "bearer-jwt": { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  "bearer-opaque": { type: "http", scheme: "bearer" },
  mtls: { type: "mutualTLS" },
}

export class ExportedSchemes {
  /** By scheme as sensors name it. */
  readonly #definitions = new Map<string, JsonObject>()
  #key: Pick<ParameterRecord, "in" | "name"> | null = null

  constructor(records: readonly EndpointRecord[]) {
    for (const scheme of new Set(records.flatMap(({ schemes }) => Object.keys(schemes))))
      if (scheme !== "none") this.#definitions.set(scheme, this.#define(scheme, records))
  }

  definitions(): JsonObject {
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Alternatives seen to succeed; `{}` when none was needed. */
  securityOf(schemes: Readonly<Record<string, number>>): JsonObject[] {
    const names = Object.keys(schemes).sort()
    const demanded = names.filter((name) => this.#definitions.has(name)).map((name): JsonObject => ({ [name]: [] }))
    return names.includes("none") && demanded.length > 0 ? [...demanded, {}] : demanded
  }

  /** A parameter that stands among the schemes does not stand among the parameters, too. */
  isKey({ in: place, name }: Pick<ParameterRecord, "in" | "name">): boolean {
    return this.#key !== null && this.#key.in === place && this.#key.name === name
  }

  #define(scheme: string, records: readonly EndpointRecord[]): JsonObject {
    const fixed = FIXED[scheme]
    if (fixed !== undefined) return fixed
    if (scheme === "cookie") {
      const cookie = mostUsed(records, scheme, ({ in: place, name }) => place === "cookie" && SESSION_NAMES.test(name))
      return {
        type: "apiKey",
        in: "cookie",
        name: cookie?.name ?? "session",
        ...(cookie === null ? { "x-sonde-assumed": true } : {}),
      }
    }
    if (scheme === "api-key") {
      this.#key = mostUsed(records, scheme, ({ in: place, name }) => place !== "path" && KEY_NAMES.test(name))
      const { in: place, name } = this.#key ?? { in: "header", name: "X-Api-Key" }
      return { type: "apiKey", in: place, name, ...(this.#key === null ? { "x-sonde-assumed": true } : {}) }
    }
    // Signatures and what is not known: the field that carries it.
    return { type: "apiKey", in: "header", name: "Authorization", "x-sonde-scheme": scheme }
  }
}

function mostUsed(
  records: readonly EndpointRecord[],
  scheme: string,
  isCandidate: (parameter: ParameterRecord) => boolean,
): ParameterRecord | null {
  const requests = new Map<string, { readonly parameter: ParameterRecord; count: number }>()
  for (const record of records) {
    if (record.schemes[scheme] === undefined) continue
    for (const parameter of record.parameters.filter(isCandidate)) {
      const known = requests.get(`${parameter.in} ${parameter.name}`) ?? { parameter, count: 0 }
      known.count += parameter.requests
      requests.set(`${parameter.in} ${parameter.name}`, known)
    }
  }
  let best: { readonly parameter: ParameterRecord; count: number } | null = null
  for (const one of requests.values()) if (best === null || one.count > best.count) best = one
  return best?.parameter ?? null
}
