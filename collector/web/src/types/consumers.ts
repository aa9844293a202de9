// What the console reads of consumers, partners, rotations, and the map.
import type { Counts, EndpointLabel, Named, SeriesPoint, Time, Usage } from "./common.ts"

export interface Consumer {
  readonly id: string
  readonly name: string
  readonly scheme: string
  readonly partner: string | null
  readonly partnerName: string | null
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly requests: number
  readonly errors: number
  readonly endpoints: number
  readonly days: number
  readonly learning: boolean
  readonly learningState: "rules" | "shrunk" | "full" | null
}

export interface Seen {
  readonly name: string
  readonly requests: number
  readonly firstSeen: Time
  readonly lastSeen: Time
}

export interface ConsumerDetail extends Consumer {
  readonly seenName: string
  readonly partnerBy: "hand" | "rule" | ""
  readonly issuer: string | null
  readonly rule: string
  readonly formerPrincipals: readonly string[]
  readonly identities: readonly {
    readonly scheme: string
    readonly issuer: string | null
    readonly principal: string
  }[]
  readonly credentialsSeen: readonly Seen[]
  readonly clients: readonly (Seen & { readonly kind: string })[]
  readonly services: readonly (Seen & { readonly id: string })[]
  readonly dataClasses: readonly (Seen & { readonly service: string; readonly direction: "request" | "response" })[]
  readonly forgotten: Counts
  readonly uses: readonly (Usage & { readonly endpoint: EndpointLabel })[]
  readonly hourly: readonly SeriesPoint[]
  readonly daily: readonly SeriesPoint[]
}

/** Caller and service: how much, and of what class. */
export interface MapEdge {
  readonly consumer: (Named & { readonly scheme: string }) | null
  readonly partner: Named | null
  readonly service: Named
  readonly requests: number
  readonly errors: number
  readonly responseBytes: number
  readonly consumers: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly dataClasses: { readonly request: Counts; readonly response: Counts }
}

export interface MapEnd extends Named {
  readonly requests: number
  readonly edges: number
}

export interface TrafficMap {
  readonly items: readonly MapEdge[]
  readonly total: number
  readonly callers: readonly MapEnd[]
  readonly services: readonly MapEnd[]
  readonly rest: { readonly edges: number; readonly requests: number; readonly sentence: string }
}

export interface Contract {
  readonly endpoints: readonly string[]
  readonly networks: readonly string[]
  readonly hours: readonly string[]
  readonly requestsPerDay: number | null
  readonly requestsPerHour: number | null
  readonly dataClasses: readonly string[]
}

export interface Partner extends Named {
  readonly owner: string
  readonly contact: string
  readonly labels: readonly string[]
  readonly note: string
  readonly rules: readonly string[]
  readonly contract: Contract
  readonly source: "hand" | "file"
  readonly consumers: number
  readonly requests: number
  readonly errors: number
  readonly firstSeen: Time
  readonly lastSeen: Time
}

export interface Violation {
  readonly kind: string
  readonly sentence: string
  readonly requests: number
  readonly windows: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly samples: readonly {
    readonly what: string
    readonly consumer: string | null
    readonly endpoint: string | null
    readonly requests: number
    readonly lastSeen: Time
  }[]
}

export interface PartnerDetail extends Partner {
  readonly by: string
  readonly changedAt: Time
  readonly requestBytes: number
  readonly responseBytes: number
  readonly members: readonly Consumer[]
  readonly uses: readonly (Usage & { readonly endpoint: EndpointLabel; readonly consumers: number })[]
  readonly dataClasses: { readonly request: Counts; readonly response: Counts }
  readonly checked: { readonly sentence: string }
  readonly violations: readonly Violation[]
  readonly hourly: readonly SeriesPoint[]
  readonly daily: readonly SeriesPoint[]
}

export interface PartnerSuggestion {
  readonly kind: string
  readonly sentence: string
  readonly name: string
  readonly rule: string | null
  readonly consumers: readonly Named[]
  readonly requests: number
}

export interface RotationEnd extends Named {
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly requests: number
}

export interface Rotation {
  readonly id: string
  readonly state: "proposed" | "confirmed" | "rejected" | "withdrawn"
  readonly former: RotationEnd
  readonly successor: RotationEnd
  readonly score: number
  readonly grounds: readonly string[]
  readonly proposedAt: Time
  readonly by: string | null
  readonly decidedAt: Time
}
