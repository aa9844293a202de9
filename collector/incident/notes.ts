// What changes the context of exchanges, or is said by people: taken in by the analysis in order with them, and kept in its journal, so
// that a replay of the journal meets each at the same place.
import type { ContractRecord, ExceptionRecord } from "../store/documents.ts"

export interface EndpointFacts {
  readonly id: string
  readonly service: string
  readonly serviceName: string
  readonly method: string
  readonly template: string
  readonly operation: string
  readonly firstUs: number
  readonly serviceFirstUs: number
  readonly status: string
  readonly isOpenBySpecification: boolean
}

export type AnalysisNote =
  | {
      readonly kind: "consumer"
      readonly id: string
      /** Scheme, issuer and principal: the same in every store. The id where it is left out. */
      readonly key?: string
      readonly name: string
      readonly scheme: string
      readonly partner: string
    }
  | { readonly kind: "consumers.merged"; readonly from: string; readonly into: string }
  /** New, or known otherwise than before. */
  | { readonly kind: "endpoint"; readonly facts: EndpointFacts }
  | { readonly kind: "endpoints.merged"; readonly from: string; readonly into: string }
  | { readonly kind: "endpoint.split"; readonly parent: string; readonly fresh: EndpointFacts; readonly atUs: number }
  | { readonly kind: "partner"; readonly id: string; readonly name: string; readonly contract: ContractRecord | null }
  /** Endpoints that nobody has a reason to touch: "service METHOD /path*"; null: no more. */
  | { readonly kind: "decoy"; readonly id: string; readonly pattern: string | null }
  | {
      readonly kind: "detector"
      readonly name: string
      readonly isEnabled: boolean
      readonly values: Readonly<Record<string, number>>
    }
  | { readonly kind: "exception"; readonly id: string; readonly exception: ExceptionRecord | null }
  | {
      readonly kind: "incident.state"
      readonly id: string
      readonly state: "open" | "acknowledged" | "closed"
      readonly verdict: "" | "malicious" | "benign" | "expected"
      readonly by: string
      /** Wall clock, µs. */
      readonly atUs: number
      readonly text: string
    }
  | {
      readonly kind: "sensor"
      readonly sensor: string
      readonly what: "silent" | "back" | "blind"
      /** Event time of what it reached, µs. */
      readonly atUs: number
      readonly sentence: string
      readonly facts: Readonly<Record<string, number | string>>
    }
