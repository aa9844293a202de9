// What people and learning add to the inventory, kept as documents: few, small, all of them in memory while the collector runs.
//
// A document has a kind, an id within the kind, perhaps the service (or another subject) it belongs to, a JSON record, and perhaps
// bytes (the text of a specification, the state of a learner). Kinds and their records are listed in DocumentKinds; each has one owner
// in the collector, which bounds how many there are (inventory/limits.ts).

/** A constraint on path templates of a service; see inventory/templates/path-learner.ts. */
export interface PinRecord {
  readonly id: string
  readonly service: string
  readonly kind: "template" | "apart"
  readonly path: string
  /** Who, when (wall clock, µs) and why. */
  readonly by: string
  readonly atUs: number
  readonly reason: string
}

/** An imported specification. Its text is in the document's bytes, as it was given. */
export interface SpecificationRecord {
  readonly service: string
  /** Chosen by whoever imports it; one of that name is replaced. */
  readonly name: string
  /** "openapi 3.1.0", "swagger 2.0". */
  readonly format: string
  readonly title: string
  /** info.version; versions of one API are told by name and this. */
  readonly version: string
  /** json or yaml. */
  readonly syntax: string
  readonly operations: number
  /** Whether all that it describes counts as outdated: what answers there is a zombie. */
  readonly isDeprecated: boolean
  /** A person said that it is in force, even beside a newer version of the same API. */
  readonly isInForce?: boolean
  /** Names of specifications that it takes the place of (older versions). */
  readonly supersedes: readonly string[]
  /** Base paths its operations hang below ("" or "/v2"). */
  readonly basePaths: readonly string[]
  /** Sentences of the validation that are no reason to refuse it. */
  readonly remarks: readonly string[]
  /** SHA-256 of the text, hex. */
  readonly digest: string
  readonly by: string
  readonly atUs: number
}

/** What people say of a service. Its id is the service's. */
export interface ServiceNoteRecord {
  readonly service: string
  /** Another name than the authority, "" for none. */
  readonly name: string
  readonly owner: string
  readonly labels: readonly string[]
  /** Listeners ("pseudonym:port") that are its gateways: traffic elsewhere is a bypass. Empty: learned. */
  readonly gateways: readonly string[]
  readonly by: string
  readonly atUs: number
}

/** A rule that gives services an owner and labels: from a file, in its order, or by hand. The first that fits decides each. */
export interface LabelRuleRecord {
  readonly id: string
  readonly place: number
  /** Where it is from: "file" or "hand". */
  readonly source: string
  /** Patterns with "*" on authority, zone, network (a sensor's name for addresses); CIDR where sensors tell addresses in plain text. "" fits all. */
  readonly authority: string
  readonly zone: string
  readonly network: string
  readonly cidr: string
  readonly owner: string
  readonly labels: readonly string[]
}

/** An endpoint's name, labels or dismissed drift by hand. Its id is the endpoint's. */
export interface EndpointNoteRecord {
  readonly endpoint: string
  readonly labels: readonly string[]
  readonly note: string
  readonly by: string
  readonly atUs: number
}

/** What a partner may do: what is not said is allowed. A violation is a fact, not an anomaly. */
export interface ContractRecord {
  /** "GET /v1/orders/*" of a service by name or id: "api.example.com GET /v1/orders/*"; empty: all. */
  readonly endpoints: readonly string[]
  /** Networks by a sensor's name for them, prefixes by pseudonym, CIDR where addresses are plain; empty: all. */
  readonly networks: readonly string[]
  /** "mon-fri 06:00-20:00 Europe/Berlin"; empty: always. */
  readonly hours: readonly string[]
  /** Requests a day and an hour; null: no quota. */
  readonly requestsPerDay: number | null
  readonly requestsPerHour: number | null
  /** Data classes that it may be given; empty: all. */
  readonly dataClasses: readonly string[]
}

/** One relationship: many credentials. Consumers name it in ConsumerRecord.partner. */
export interface PartnerRecord {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly contact: string
  readonly labels: readonly string[]
  readonly note: string
  readonly contract: ContractRecord
  /** Consumers are taken in by rule: patterns with "*" on name, issuer, scheme:name; by hand they name the partner themselves. */
  readonly rules: readonly string[]
  /** Where it is kept: "hand", or "file" when every start reads it from there. */
  readonly source: string
  readonly by: string
  readonly atUs: number
}

/** A consumer that seems to go on under another credential. */
export interface RotationRecord {
  readonly id: string
  readonly former: string
  readonly successor: string
  /** proposed, confirmed, rejected, withdrawn (the former came back). */
  readonly state: string
  /** 0 to 1, and what speaks for it: sentences with numbers. */
  readonly score: number
  readonly grounds: readonly string[]
  /** Event time of the proposal, µs. */
  readonly proposedUs: number
  readonly by: string
  readonly atUs: number
}

/** A finding of the inventory (not of a baseline): one a kind and subject, counted. */
export interface FindingRecord {
  readonly id: string
  /** paths.flood, operations.flood, hosts.flood, credentials.flood, server.new, gateway.bypass, auth.missing, endpoint.shadow, ... */
  readonly kind: string
  /** Id of what it is about. */
  readonly subject: string
  /** "" where it is about none. */
  readonly service: string
  readonly endpoint: string
  readonly consumer: string
  readonly firstUs: number
  readonly lastUs: number
  readonly count: number
  /** In plain words, with stored numbers only. */
  readonly sentence: string
  /** open; dismissed by somebody with a reason; gone: it does not hold any more. */
  readonly state: string
  /** Since when it does not hold any more, event time, 0 while it does; and why, one sentence. Also of dismissed ones. */
  readonly goneUs: number
  readonly goneWhy: string
  readonly by: string
  readonly reason: string
}

/** What is allowed although a detection would say otherwise. */
export interface ExceptionRecord {
  readonly id: string
  /** Whom and what it is for; "" for all. At least one of consumer, partner, endpoint is given. */
  readonly consumer: string
  readonly partner: string
  readonly endpoint: string
  /** Name of a detection, "" for all. */
  readonly detector: string
  readonly owner: string
  readonly reason: string
  /** Event time after which it holds no more, µs. */
  readonly untilUs: number
  /** Incident that it was made of, "" for none. */
  readonly incident: string
  readonly by: string
  readonly atUs: number
}

/** Settings of a detector that differ from its defaults. Its id is the detector's name. */
export interface DetectorRecord {
  readonly name: string
  readonly isEnabled: boolean
  readonly values: Readonly<Record<string, number>>
  readonly by: string
  readonly atUs: number
}

/** An endpoint that nobody has a reason to touch. */
export interface DecoyRecord {
  readonly id: string
  /** "api.example.com GET /admin/*"; patterns as in contracts. */
  readonly pattern: string
  readonly by: string
  readonly atUs: number
}

/** State of a service's path learner; it is in the document's bytes. */
export interface TemplatesRecord {
  readonly service: string
}

/** What somebody makes up that belongs to no service, by id "hosts" or "credentials": state of inventory/flood.ts. */
export interface FloodRecord {
  readonly state: unknown
}

export interface DocumentKinds {
  pin: PinRecord
  specification: SpecificationRecord
  serviceNote: ServiceNoteRecord
  labelRule: LabelRuleRecord
  endpointNote: EndpointNoteRecord
  partner: PartnerRecord
  rotation: RotationRecord
  finding: FindingRecord
  templates: TemplatesRecord
  flood: FloodRecord
  exception: ExceptionRecord
  detector: DetectorRecord
  decoy: DecoyRecord
}
export type DocumentKind = keyof DocumentKinds

/** Replaces the document of that kind and id, or (record null) removes it. `bytes` undefined leaves those that are there. */
export interface DocumentChange<Kind extends DocumentKind = DocumentKind> {
  readonly kind: Kind
  readonly id: string
  readonly record: DocumentKinds[Kind] | null
  readonly bytes?: Uint8Array
}

export interface StoredDocument<Kind extends DocumentKind = DocumentKind> {
  readonly kind: Kind
  readonly id: string
  readonly record: DocumentKinds[Kind]
  /** Null when there are none. */
  readonly bytes: Uint8Array | null
}

/** One change by a person, kept without end. */
export interface AuditRecord {
  readonly sequence: number
  /** Wall clock, µs: people act in their own time. */
  readonly atUs: number
  readonly who: string
  /** The edit's kind: "pin.add", "specification.put", ... */
  readonly action: string
  /** Id of what was changed. */
  readonly subject: string
  readonly reason: string
  /** The edit as it was asked for, and what was there before it; without long texts. */
  readonly edit: unknown
  readonly before: unknown
  /** What it did, in one sentence. */
  readonly sentence: string
}
