// Records of the store as the API shows partners and rotations.

import type { Violation as ContractViolation } from "../../consumer/contract-check.ts"
import { violationSentence } from "../../consumer/violation-sentences.ts"
import type { PartnerRecord, RotationRecord } from "../../store/documents.ts"
import type { ConsumerRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { isoTime } from "../event-time.ts"
import type { Partner, Rotation, Violation } from "../partner-models.ts"
import { orNull } from "./inventory-views.ts"

/** Names of all partners by id. */
export async function partnerNames(store: Store): Promise<ReadonlyMap<string, string>> {
  const partners = await store.documents("partner")
  return new Map(partners.map(({ id, record }) => [id, record.name]))
}

/** What a partner's consumers add up to. */
export interface MemberSums {
  readonly consumers: number
  readonly requests: number
  readonly errors: number
  /** µs; 0 when there is no consumer. */
  readonly firstUs: number
  readonly lastUs: number
}

export function sumMembers(members: readonly ConsumerRecord[], consumers: number): MemberSums {
  let requests = 0
  let errors = 0
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = 0
  for (const member of members) {
    requests += member.requests
    errors += member.errors
    firstUs = Math.min(firstUs, member.firstSeenUs)
    lastUs = Math.max(lastUs, member.lastSeenUs)
  }
  return { consumers, requests, errors, firstUs: members.length === 0 ? 0 : firstUs, lastUs }
}

export function partnerView(record: PartnerRecord, sums: MemberSums): Partner {
  const { id, name, owner, contact, note, source } = record
  return {
    id,
    name,
    owner,
    contact,
    labels: [...record.labels],
    note,
    rules: [...record.rules],
    contract: { ...(record.contract as Partner["contract"]) },
    source,
    consumers: sums.consumers,
    requests: sums.requests,
    errors: sums.errors,
    firstSeen: isoTime(sums.firstUs),
    lastSeen: isoTime(sums.lastUs),
  }
}

export function violationView(violation: ContractViolation): Violation {
  const { kind, requests, windows, firstUs, lastUs, samples } = violation
  return {
    kind,
    sentence: violationSentence(violation),
    requests,
    windows,
    firstSeen: isoTime(firstUs),
    lastSeen: isoTime(lastUs),
    samples: samples.map((sample) => ({
      what: sample.what,
      consumer: orNull(sample.consumer),
      endpoint: orNull(sample.endpoint),
      service: orNull(sample.service),
      requests: sample.requests,
      firstSeen: isoTime(sample.firstUs),
      lastSeen: isoTime(sample.lastUs),
    })),
  }
}

/** `endOf`: the consumer that an id names by now. */
export function rotationView(record: RotationRecord, endOf: (id: string) => ConsumerRecord | null): Rotation {
  const end = (id: string): Rotation["former"] => {
    const consumer = endOf(id)
    return {
      id: consumer?.id ?? id,
      name: consumer?.name ?? id,
      firstSeen: isoTime(consumer?.firstSeenUs ?? 0),
      lastSeen: isoTime(consumer?.lastSeenUs ?? 0),
      requests: consumer?.requests ?? 0,
    }
  }
  return {
    id: record.id,
    state: record.state,
    former: end(record.former),
    successor: end(record.successor),
    score: record.score,
    grounds: [...record.grounds],
    proposedAt: isoTime(record.proposedUs),
    by: orNull(record.by),
    decidedAt: isoTime(record.atUs),
  }
}
