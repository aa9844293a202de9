// What the console reads of services: where they listen, whose they are, what is found and specified.
import type { Counts, Named, Time } from "./common.ts"
import type { Dark } from "./dark.ts"

export interface Bypass {
  readonly requests: number
  readonly successes: number
  readonly authenticated: number
  readonly first: Time
  readonly last: Time
  readonly consumers: readonly { readonly id: string | null; readonly name: string; readonly requests: number }[]
}

export interface Listener {
  readonly listener: string
  readonly addressClass: string
  readonly requests: { readonly tls: number; readonly clear: number }
  readonly successes: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly role: "gateway" | "bypass" | "behind" | "unknown"
  readonly why: string
  readonly bypass: Bypass | null
}

export interface Service {
  readonly id: string
  readonly name: string
  readonly authority: string | null
  readonly zone: string | null
  readonly owner: string | null
  readonly labels: readonly string[]
  readonly risk: number
  readonly addresses: readonly string[]
  readonly listeners: readonly Listener[]
  readonly ports: readonly number[]
  readonly protocols: readonly string[]
  readonly specifications: readonly string[]
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly requests: number
  readonly errors: number
  readonly endpoints: number
  readonly conversations: number
  readonly unlisted: Counts
}

export interface IdentityCoverage {
  readonly requests: number
  readonly anonymous: number
  readonly anonymousShare: number
  readonly rules: readonly {
    readonly rule: string
    readonly scheme: string
    readonly requests: number
    readonly share: number
  }[]
}

export type FindingState = "open" | "dismissed" | "gone"

export interface Finding {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly service: Named
  readonly endpoint: string | null
  readonly consumer: string | null
  readonly first: Time
  readonly last: Time
  readonly count: number
  readonly sentence: string
  readonly state: FindingState
  readonly goneSince: Time
  readonly goneWhy: string | null
  readonly by: string | null
  readonly reason: string | null
}

export interface ServiceDetail extends Service {
  readonly riskFacts: readonly { readonly points: number; readonly sentence: string }[]
  readonly note: {
    readonly name: string
    readonly owner: string
    readonly labels: readonly string[]
    readonly gateways: readonly string[]
    readonly by: string | null
  }
  readonly ruledBy: { readonly owner: string | null; readonly labels: string | null }
  readonly findings: readonly Finding[]
  readonly identity: IdentityCoverage
  readonly dark: readonly Dark[]
}

export interface LabelRule {
  readonly id: string
  readonly source: "file" | "hand"
  readonly authority: string | null
  readonly zone: string | null
  readonly network: string | null
  readonly cidr: string | null
  readonly owner: string | null
  readonly labels: readonly string[]
  readonly services: number
  readonly remark: string | null
}
