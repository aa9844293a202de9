// The analysis as the inventory knows it: exchanges and changes of context in, each into the journal and at once into the analysis; at a
// checkpoint, the piece of the journal and the incidents that changed, and now and then a snapshot of everything.
//
//   restart   snapshot --> journal since --> the same state, to the bit --> redelivered messages
//
// A snapshot takes as long as 30,000 exchanges (its size over the disk's speed), so it is taken when the journal since the last one
// has `snapshotExchanges`: a restart replays at most those, at some 100,000 a second.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { ConsumerSubject, EndpointSubject } from "../baseline/subjects.ts"
import { type Consumer, consumerKey } from "../consumer/consumer.ts"
import type { AnalysisNote, EndpointFacts } from "../incident/notes.ts"
import type { EditHandler } from "../inventory/edits.ts"
import type { Endpoint } from "../inventory/endpoint.ts"
import type { Route } from "../inventory/route.ts"
import type { Service } from "../inventory/service.ts"
import type { Watched, Watcher, WatcherContext, WatcherKind } from "../inventory/watcher.ts"
import type { DocumentChange, StoredDocument } from "../store/documents.ts"
import type { Store, StoredState, WatchRows } from "../store/store.ts"
import type { Analysis } from "./analysis.ts"
import { openAnalysis } from "./backtest.ts"
import { noteOf } from "./document-notes.ts"
import { JournalWriter } from "./journal.ts"
import { packed } from "./snapshot.ts"
import { WatchEdits } from "./watch-edits.ts"

export interface WatchOptions {
  /** Exchanges in the journal since the last snapshot that make the next one due. */
  readonly snapshotExchanges: number
  /** Messages of a piece of the journal, bytes. */
  readonly pieceBytes: number
}

export const DEFAULT_WATCH_OPTIONS: WatchOptions = {
  snapshotExchanges: 500_000,
  pieceBytes: 2 * 1024 * 1024,
}

/** At a route: its endpoint as the analysis knows it. */
class WatchedRoute implements Watched {
  readonly subject: EndpointSubject | null
  readonly endpoint: Endpoint
  readonly template: string
  readonly status: string

  /** `subject`: as it was noted last, which is not always what the endpoint is by now. */
  constructor(subject: EndpointSubject | null, endpoint: Endpoint) {
    this.subject = subject
    this.endpoint = endpoint
    this.template = subject?.template ?? endpoint.template
    this.status = subject?.status ?? endpoint.status
  }

  isPresent(endpoint: Endpoint): boolean {
    return endpoint === this.endpoint && endpoint.template === this.template && endpoint.status === this.status
  }
}

class WatchedConsumer implements Watched {
  readonly subject: ConsumerSubject | null
  readonly name: string
  readonly partner: string | null

  constructor(subject: ConsumerSubject | null, { name, partner }: Consumer) {
    this.subject = subject
    this.name = name
    this.partner = partner
  }
}

export class Watch implements Watcher {
  readonly analysis: Analysis
  readonly handlers: readonly EditHandler[]
  readonly #journal: JournalWriter
  readonly #context: WatcherContext
  readonly #options: WatchOptions
  /** Exchanges in the journal since the snapshot. */
  #since: number

  constructor(
    analysis: Analysis,
    journal: JournalWriter,
    since: number,
    context: WatcherContext,
    options: WatchOptions,
  ) {
    this.analysis = analysis
    this.#journal = journal
    this.#since = since
    this.#context = context
    this.#options = options
    const { documents, limits, reached, mint } = context
    const apply = (note: AnalysisNote): void => this.#apply(note)
    this.handlers = [new WatchEdits({ analysis, documents, limits, reached, mint, apply })]
    for (const service of context.services()) {
      for (const endpoint of service.table.endpoints()) {
        for (const route of endpoint.routes) {
          const subject = analysis.subjects.endpoint(endpoint.id)
          if (subject !== null) route.watched = new WatchedRoute(subject, endpoint)
        }
      }
    }
  }

  begin(bytes: Uint8Array, events: readonly ApiEvent[]): void {
    this.#journal.begin(bytes, events)
  }

  end(): void {
    this.#journal.end()
  }

  note(event: ApiEvent, route: Route | null, consumer: Consumer): void {
    const known = consumer.watched as WatchedConsumer | null
    const isKnown = known !== null && known.name === consumer.name && known.partner === consumer.partner
    const from = isKnown ? known.subject : this.#consumer(consumer)
    if (from === null) return
    let to: EndpointSubject | null = null
    if (route !== null) {
      const watched = route.watched as WatchedRoute | null
      to = watched?.isPresent(route.endpoint) === true ? watched.subject : this.#endpoint(route)
    }
    this.#journal.add(event, from.ordinal, to?.ordinal ?? -1)
    this.#since++
    this.analysis.note(event, from, to)
  }

  regrouped(service: Service, atUs: number): void {
    const { subjects } = this.analysis
    for (const { id, service: of } of [...subjects.endpoints]) {
      if (id === "" || of !== service.id) continue
      const endpoint = this.#context.endpointOf(id)
      if (endpoint === null || endpoint.id === id) continue
      this.#apply({ kind: "endpoint", facts: factsOf(endpoint) })
      this.#apply({ kind: "endpoints.merged", from: id, into: endpoint.id })
    }
    for (const endpoint of service.table.endpoints()) {
      for (const route of endpoint.routes) {
        const watched = route.watched as WatchedRoute | null
        if (watched === null || watched.endpoint === endpoint || watched.subject === null) continue
        if (subjects.endpoint(endpoint.id) === null && watched.subject.id !== "") {
          this.#apply({ kind: "endpoint.split", parent: watched.subject.id, fresh: factsOf(endpoint), atUs })
        }
        route.watched = null
      }
    }
  }

  mergeConsumers(former: Consumer, successor: Consumer): void {
    this.#apply({ kind: "consumers.merged", from: former.id, into: successor.id })
    former.watched = null
    successor.watched = null
  }

  noteDocuments(changes: readonly DocumentChange[]): void {
    for (const change of changes) {
      const note = noteOf(change)
      if (note !== null) this.#apply(note)
    }
  }

  /** What people said while there was no analysis yet. */
  noteStored(documents: readonly StoredDocument[]): void {
    this.noteDocuments(documents.map(({ kind, id, record }) => ({ kind, id, record })))
  }

  noteSensor(sensor: string, what: "silent" | "back" | "blind", atUs: number, sentence: string): void {
    this.#apply({ kind: "sensor", sensor, what, atUs, sentence, facts: {} })
  }

  take(): WatchRows | null {
    const journal = this.#journal.take()
    const incidents = this.analysis.takeIncidents()
    const last = journal.at(-1)
    if (last === undefined && incidents.length === 0) return null
    const isDue = last !== undefined && this.#since >= this.#options.snapshotExchanges
    const snapshot = isDue ? { sequence: last.sequence, bytes: packed(this.analysis.save()) } : null
    if (isDue) this.#since = 0
    return {
      incidents,
      journal,
      snapshot,
      reachedUs: Math.max(0, this.analysis.nowUs),
    }
  }

  #apply(note: AnalysisNote): void {
    this.#journal.note(note)
    this.analysis.apply(note)
  }

  #consumer(consumer: Consumer): ConsumerSubject | null {
    const { id, name, scheme, partner, issuer, principal } = consumer
    this.#apply({
      kind: "consumer",
      id,
      key: consumerKey(scheme, issuer, principal),
      name,
      scheme,
      partner: partner ?? "",
    })
    const subject = this.analysis.subjects.consumer(id)
    consumer.watched = new WatchedConsumer(subject, consumer)
    return subject
  }

  #endpoint(route: Route): EndpointSubject | null {
    const { endpoint } = route
    this.#apply({ kind: "endpoint", facts: factsOf(endpoint) })
    const subject = this.analysis.subjects.endpoint(endpoint.id)
    route.watched = new WatchedRoute(subject, endpoint)
    return subject
  }
}

function factsOf(endpoint: Endpoint): EndpointFacts {
  const { id, service, method, template, operation, status } = endpoint
  let firstUs = Number.POSITIVE_INFINITY
  for (const { traffic } of endpoint.routes) firstUs = Math.min(firstUs, traffic.firstSeenUs)
  return {
    id,
    service: service.id,
    serviceName: service.name,
    method,
    template,
    operation,
    firstUs,
    serviceFirstUs: service.firstSeenUs,
    status,
    isOpenBySpecification: false,
  }
}

/** The analysis behind an inventory. */
export class WatchKind implements WatcherKind {
  /** The one that was opened last. */
  watch: Watch | null = null
  readonly #options: WatchOptions

  constructor(options: Partial<WatchOptions> = {}) {
    this.#options = { ...DEFAULT_WATCH_OPTIONS, ...options }
  }

  async open(store: Store, state: StoredState, context: WatcherContext): Promise<Watch> {
    const { reached, texts } = context
    // What was counted before is in the ledger, and is counted once more by the replay.
    const counted = { ...reached }
    const { analysis, sequence, since } = await openAnalysis(store, { reached, texts, limits: context.limits })
    Object.assign(reached, counted)
    const watch = new Watch(
      analysis,
      new JournalWriter(sequence, this.#options.pieceBytes),
      since,
      context,
      this.#options,
    )
    if (sequence === 0) watch.noteStored(state.documents)
    this.watch = watch
    return watch
  }
}
