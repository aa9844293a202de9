// 20, contract violated: a partner does what its contract does not allow.
//
// A rule for each kind: endpoint, network, hours, data class, and quotas of an hour and a day, which count all consumers of the partner.
// Said once an hour, partner and kind (of a day's quota once a day). What was refused as the contract has it weighs half: for review.
// Gates: what is lossy is taken for what is seen of it; late exchanges do not count towards quotas; nothing is said of an unknown template.
// Known false positives: a contract that is older than what was agreed; hours at which daylight saving ends.
import { DAY_US } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import { allowsDataClass, allowsEndpoint, allowsNetwork, type Contract, parseContract } from "../consumer/contract.ts"
import { ViolationKind } from "../consumer/contract-check.ts"
import { overlapsHours } from "../consumer/hours.ts"
import type { ContractRecord } from "../store/documents.ts"
import type { Detector, DetectorParts, DetectorSpec, KnownFacts, Report } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import type { FindingSample } from "./finding.ts"
import { findingOf, named, weightOf } from "./novelty-findings.ts"

const HOUR_US = 3_600_000_000
const MINUTE_US = 60_000_000
const SAMPLES_MAX = 8

const spec: DetectorSpec = {
  name: "contract-violated",
  number: 20,
  title: "Contract violated",
  owasp: [],
  family: "posture",
  about: "Endpoints, networks, hours, quotas or data classes that the partner's contract does not allow.",
  falsePositives: ["a contract that is older than what was agreed"],
  settings: {},
}

/** Of a partner and kind. */
interface Breach {
  saidUs: number
  /** Breaches since it was said. */
  count: number
  refused: number
  samples: FindingSample[]
}

interface Counted {
  hour: number
  hourCount: number
  day: number
  dayCount: number
}

interface Saved {
  readonly breaches: ReadonlyMap<string, ReadonlyMap<ViolationKind, Breach>>
  readonly counts: ReadonlyMap<string, Counted>
}

interface Read {
  readonly record: ContractRecord
  readonly contract: Contract
  /** Minute of the last answer about hours, and the answer: zones are slow. */
  minute: number
  isOpen: boolean
  /** By ordinal of the endpoint: 1 allowed, 2 not; and the template that this is about. */
  readonly endpoints: Map<number, { readonly template: string; readonly isAllowed: boolean }>
}

class ContractViolated implements Detector {
  readonly spec = spec
  readonly #known: KnownFacts
  /** By partner; read anew when its record is another one. */
  readonly #read = new Map<string, Read>()
  #breaches = new Map<string, Map<ViolationKind, Breach>>()
  #counts = new Map<string, Counted>()

  constructor({ known }: DetectorParts) {
    this.#known = known
  }

  onSight(sight: Sight, report: Report): void {
    const { partner } = sight.consumer
    if (partner === "") return
    const record = this.#known.contractOf(partner)
    if (record === null) return
    const read = this.#contractOf(partner, record)
    const { contract } = read
    const { event, endpoint, atUs } = sight
    if (endpoint !== null && contract.endpoints.length > 0 && !this.#isEndpointAllowed(read, sight))
      this.#breach(sight, ViolationKind.endpoint, `called ${named(endpoint)}, which the contract does not name`, report)
    const { addressClass, prefix } = event.client
    if (contract.networks.length > 0 && prefix !== "" && !allowsNetwork(contract, addressClass, prefix))
      this.#breach(sight, ViolationKind.network, `came from the network ${addressClass} ${prefix}`, report)
    if (contract.hours.length > 0 && !isOpenAt(read, atUs))
      this.#breach(sight, ViolationKind.hours, "came outside the hours of the contract", report)
    if (contract.dataClasses.length > 0) this.#checkClasses(sight, contract, report)
    if ((contract.requestsPerHour !== null || contract.requestsPerDay !== null) && !sight.isLate)
      this.#count(sight, contract, report)
  }

  save(): Saved {
    return { breaches: this.#breaches, counts: this.#counts }
  }

  restore(saved: unknown): void {
    const { breaches, counts } = saved as Saved
    this.#breaches = new Map([...breaches].map(([partner, kinds]) => [partner, new Map(kinds)]))
    this.#counts = new Map(counts)
  }

  #contractOf(partner: string, record: ContractRecord): Read {
    let read = this.#read.get(partner)
    if (read?.record !== record) {
      // What has a mistake was refused when it was written, and is left out here.
      read = { record, contract: parseContract(record, []), minute: -1, isOpen: true, endpoints: new Map() }
      this.#read.set(partner, read)
    }
    return read
  }

  #isEndpointAllowed({ contract, endpoints }: Read, sight: Sight): boolean {
    const endpoint = sight.endpoint!
    let known = endpoints.get(endpoint.ordinal)
    if (known?.template !== endpoint.template) {
      known = { template: endpoint.template, isAllowed: allowsEndpoint(contract, endpoint) }
      endpoints.set(endpoint.ordinal, known)
    }
    return known.isAllowed
  }

  #checkClasses(sight: Sight, contract: Contract, report: Report): void {
    for (const text of sight.event.responseClasses) {
      const end = text.indexOf("=")
      const name = end < 0 ? text : text.slice(0, end)
      if (!allowsDataClass(contract, name))
        this.#breach(sight, ViolationKind.dataClass, `was given ${name}, which the contract does not allow`, report)
    }
  }

  #count(sight: Sight, contract: Contract, report: Report): void {
    const { partner } = sight.consumer
    let counted = this.#counts.get(partner)
    if (counted === undefined) {
      counted = { hour: 0, hourCount: 0, day: 0, dayCount: 0 }
      this.#counts.set(partner, counted)
    }
    const hour = Math.floor(sight.atUs / HOUR_US)
    const day = Math.floor(sight.atUs / DAY_US)
    if (hour > counted.hour) Object.assign(counted, { hour, hourCount: 0 })
    if (day > counted.day) Object.assign(counted, { day, dayCount: 0 })
    counted.hourCount++
    counted.dayCount++
    const { requestsPerHour, requestsPerDay } = contract
    if (requestsPerHour !== null && counted.hourCount > requestsPerHour)
      this.#breach(
        sight,
        ViolationKind.requestsPerHour,
        `sent ${counted.hourCount} requests in an hour of ${requestsPerHour}`,
        report,
      )
    if (requestsPerDay !== null && counted.dayCount > requestsPerDay)
      this.#breach(
        sight,
        ViolationKind.requestsPerDay,
        `sent ${counted.dayCount} requests on a day of ${requestsPerDay}`,
        report,
      )
  }

  /** Said at once, and then once an hour with what came in between. */
  #breach(sight: Sight, kind: ViolationKind, what: string, report: Report): void {
    const { consumer, atUs } = sight
    let ofPartner = this.#breaches.get(consumer.partner)
    if (ofPartner === undefined) {
      ofPartner = new Map()
      this.#breaches.set(consumer.partner, ofPartner)
    }
    let breach = ofPartner.get(kind)
    if (breach === undefined) {
      breach = { saidUs: Number.NEGATIVE_INFINITY, count: 0, refused: 0, samples: [] }
      ofPartner.set(kind, breach)
    }
    const isRefused = sight.answer >= 400 && sight.answer < 500
    breach.count++
    if (isRefused) breach.refused++
    if (breach.samples.length < SAMPLES_MAX) breach.samples.push(sampleOf(sight, 0))
    const pauseUs = kind === ViolationKind.requestsPerDay ? DAY_US : HOUR_US
    // A success after refusals is not kept waiting.
    const isFirstSuccess = !isRefused && breach.refused === breach.count - 1 && breach.count > 1
    if (atUs - breach.saidUs < pauseUs && !isFirstSuccess) return
    const { count, refused, samples } = breach
    ofPartner.set(kind, { saidUs: atUs, count: 0, refused: 0, samples: [] })
    const isAllRefused = refused === count
    const { sensitivity } = sight.endpoint ?? { sensitivity: 1 }
    report.raise(
      findingOf(spec, sight, {
        p: 0,
        isRule: true,
        weight: weightOf(isAllRefused ? 0.5 : Math.max(1, sensitivity)),
        key: `${spec.name} ${kind}`,
        sentence: `${what}; ${count} ${count === 1 ? "exchange" : "exchanges"} since it was last said, ${refused} of them refused`,
        facts: { kind, exchanges: count, refused },
        doubts: [],
        sinceUs: samples[0]!.atUs,
        samples,
      }),
    )
  }
}

function isOpenAt(read: Read, atUs: number): boolean {
  const minute = Math.floor(atUs / MINUTE_US)
  if (minute !== read.minute) {
    read.minute = minute
    read.isOpen = read.contract.hours.some((hours) => overlapsHours(hours, atUs))
  }
  return read.isOpen
}

export const CONTRACT_VIOLATED: DetectorKind = { spec, create: (parts) => new ContractViolated(parts) }
