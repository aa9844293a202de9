// What the store keeps of endpoints: what people see, what is counted apart below them (routes), and what is counted by hour.
//
//   endpoint e1 "/users/{word}"  <-- routes e1 "/users/mueller", e7 "/users/schmidt", e9 (all the other values)
//
// A route is what is counted apart: method, path as the sensor says it, operation key. An endpoint is a group of routes under an id of its
// own, at first that of its first route; ids of routes that are no endpoint's find the endpoint of the route. Windows, totals and series
// are kept by route, so regrouping is a change of `RouteRecord.endpoint` and holds for the past. Most endpoints have one route.

/** A mergeable quantile sketch, serialised; see shared/sketch/quantile-sketch.ts. */
export type SketchBytes = Uint8Array

/** A parameter of an endpoint. */
export interface ParameterRecord {
  readonly in: "path" | "query" | "header" | "cookie"
  readonly name: string
  /** Requests that carried it; of these, the ones that were answered without an error. */
  requests: number
  accepted?: number
  /** Value kinds seen and how often: {"int": 120, "word": 3}. */
  kinds: Record<string, number>
  /** Requests by pseudonym (hex) of the value, of query parameters whose values leave as pseudonyms; at most 16. */
  values: Record<string, number>
  /** There were more values than `values` holds: no enumeration. */
  isOpen: boolean
  firstSeenUs: number
  lastSeenUs: number
}

/** What calls inside one URL looked like: GraphQL, JSON-RPC, gRPC, ... */
export interface CallRecord {
  /** Exchanges by kind of call. */
  kinds: Record<string, number>
  /** Exchanges by root field, method of a batch or subprotocol: names, bounded. */
  fields: Record<string, number>
  /** Greatest seen; -1 unknown. */
  depth: number
  aliases: number
  /** Most operations in one message, 0 when there was none. */
  batch: number
}

/** A success without a credential. */
export interface OpenSample {
  readonly atUs: number
  /** The path as the sensor says it. */
  readonly path: string
  readonly status: number
  /** Pseudonym of the client's address; key of the exchange (hex), "" unknown. */
  readonly client: string
  readonly exchange: string
}

/** Successful exchanges in 30 days of event time. */
export interface AuthWindow {
  /** A multiple of 30 days, µs. */
  readonly startUs: number
  /** By scheme, without those that are `unseen`. */
  schemes: Record<string, number>
  /** By weak form of their credential (inventory/posture/weak-forms.ts). */
  weak: Record<string, number>
  /** Of those in `schemes`: with lossy evidence. */
  lossy: number
  /** Not in `schemes`: no credential was seen, and fields of the head could not be decoded. */
  unseen: number
  /** Of those without a credential: the first ones. */
  open: readonly OpenSample[]
}

/** How successful exchanges were authenticated; inventory/auth-facts.ts. */
export interface AuthRecord {
  /** The newest window that has any, and the one of the 30 days before it where that has some; oldest first. */
  windows: readonly AuthWindow[]
  /** By weak form of their credential, over all time. */
  weak: Record<string, number>
}

/** What changed in bodies; told in the change feed, and kept as history. */
export interface SchemaChange {
  readonly atUs: number
  /** schema.field.new, schema.field.gone, schema.type.changed, status.new, type.new. */
  readonly kind: string
  /** Path of the field ("items[].note"), "" for status.new and type.new. */
  readonly field: string
  /** For schema.type.changed: the types before and now, "int" and "int|string". */
  readonly before: string
  readonly now: string
}

/**
 * Bodies of one direction, status and content type, as what schemas are merged from; inventory/schema/. Answers without a body are
 * there too, with content type "".
 */
export interface BodiesRecord {
  readonly direction: "request" | "response"
  /** Of the answer; of requests' bodies 0: those of requests that were not refused with 4xx. */
  readonly status: number
  readonly contentType: string
  /** All of them: with a shape, without one, absorbed. */
  bodies: number
  firstSeenUs: number
  lastSeenUs: number
  /**
   * By full shape: bodies, first and last sight. Bounded; the rarest is absorbed into `fields`. Shape 0: bodies without one (not looked
   * into, incomplete, of a kind that has none).
   */
  shapes: Record<string, readonly [bodies: number, firstSeenUs: number, lastSeenUs: number]>
  /** By line of a shape ("items[].id:int"): the same, of shapes that were absorbed. */
  fields: Record<string, readonly [bodies: number, firstSeenUs: number, lastSeenUs: number]>
  /** Bodies whose shape was absorbed without its text being known. */
  unread: number
  /** The newest changes, oldest first; bounded. */
  changes?: readonly SchemaChange[]
}

/** One exchange that showed something first: what drift and evidence point at. */
export interface SampleRecord {
  readonly atUs: number
  /** What it was the first of: inventory/sample-reasons.ts */
  readonly why: readonly string[]
  /** The path as the sensor says it. */
  readonly path: string
  readonly status: number
  readonly consumer: string
  /** Pseudonym of the client's address; key of the exchange (hex), "" unknown. */
  readonly client: string
  readonly exchange: string
  readonly requestBytes: number
  readonly responseBytes: number
  readonly latencyUs: number
  /** Full shapes, 0 for none. */
  readonly requestShape: number
  readonly responseShape: number
  readonly state: string
  readonly flags: number
}

/** What is counted of exchanges: of a route, or added up over those of an endpoint. */
export interface TrafficRecord {
  /** 0 when there was none yet. */
  firstSeenUs: number
  lastSeenUs: number
  requests: number
  errors: number
  /** Exchanges whose evidence is lossy, one-way, midstream or resynchronised: conclusions are weaker by this share. */
  lossy: number
  states: Record<string, number>
  statuses: Record<string, number>
  requestTypes: Record<string, number>
  responseTypes: Record<string, number>
  /** Auth schemes of successful exchanges. */
  schemes: Record<string, number>
  auth: AuthRecord
  anomalies: Record<string, number>
  /** "request:email" -> count. */
  dataClasses: Record<string, number>
  /** Full response shape hash -> count, bounded. */
  shapes: Record<string, number>
  /** Full request shape hash -> count, bounded. */
  requestShapes: Record<string, number>
  bodies: BodiesRecord[]
  samples: SampleRecord[]
  protocols: Record<string, number>
  /** gRPC statuses of exchanges (0 to 16), close codes of conversations (1000 to 4999). */
  outcomes: Record<string, number>
  calls: CallRecord
  /** WebSocket conversations; not among the requests. */
  conversations: number
  /** Messages of conversations and streams, to the server and to the client. */
  requestMessages: number
  responseMessages: number
  parameters: ParameterRecord[]
  /** Distinct consumers. */
  consumers: number
  latencyUs: SketchBytes
  requestBytes: SketchBytes
  responseBytes: SketchBytes
  items: SketchBytes
}

export interface EndpointRecord extends TrafficRecord {
  readonly id: string
  readonly service: string
  readonly method: string
  /** "/v1/orders/{int}". */
  template: string
  /** Operation key, "" when the path says it all. */
  readonly operation: string
  /** documented, shadow, zombie, orphan, rogue, unknown; and why, in one sentence, "" for unknown. */
  status: string
  statusWhy: string
  /** Its specification says that no credential is needed; absent otherwise. */
  isOpenBySpecification?: boolean
  /** Differences from its specification; -1 without one. */
  drift: number
  /** consistent, partial, missing, unknown: what lists filter by. */
  posture: string
  /** Endpoint that it was split from, "" for none. */
  derivedFrom: string
  labels: string[]
}

export interface RouteRecord {
  readonly id: string
  /** The endpoint that it belongs to, whose id is often the same: that of its first route. */
  readonly endpoint: string
  readonly service: string
  readonly method: string
  /** As the sensor says it, with the extension split off; of a shared leaf its template. */
  readonly path: string
  readonly extension: string
  readonly operation: string
  /** Number of the leaf in the service's learner, -1 when there is none (operations whose URL says nothing). */
  readonly leaf: number
  /** Null when it is the only one of its endpoint: then the endpoint's is its own. */
  readonly traffic: TrafficRecord | null
}

/**
 * What is kept under `from` belongs to `into`: a folded route, or a consumer that goes on as another. Of an endpoint nothing is kept but
 * its name: whoever asks for `from` means `into`, even where a route has the id `from`.
 */
export interface MergeRecord {
  readonly kind: "route" | "consumer" | "endpoint"
  readonly from: string
  readonly into: string
}

/** Quantities of a route (or, read back, of an endpoint) in an hour of event time. Sketches are merged with those that are there. */
export interface EndpointHour {
  readonly endpoint: string
  /** Start of the hour (or day), µs. */
  readonly windowUs: number
  requests: number
  errors: number
  lossy: number
  latencyUs: SketchBytes
  requestBytes: SketchBytes
  responseBytes: SketchBytes
  items: SketchBytes
}
