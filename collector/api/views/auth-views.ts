// Records of the store as the API shows how an endpoint is protected.

import { conflictsOf, type Neighbours } from "../../inventory/posture/conflicts.ts"
import { WEAK_FORMS, WEAK_WORDS } from "../../inventory/posture/weak-forms.ts"
import { judgePosture } from "../../inventory/posture.ts"
import type { EndpointRecord } from "../../store/records.ts"
import type { Auth, AuthDetail } from "../auth-models.ts"
import { isoTime } from "../event-time.ts"

export function authView(record: EndpointRecord): Auth {
  const { posture, withheld, why } = judgePosture(record)
  return { posture, schemes: record.schemes, withheld, why }
}

/** `others`: the other endpoints of the service, or as many of them as were read. */
export function neighboursIn(record: EndpointRecord, others: readonly EndpointRecord[]): Neighbours {
  const sums = { endpoints: 0, successes: 0, authenticated: 0 }
  const methods: [method: string, posture: string][] = []
  for (const other of others) {
    if (other.id === record.id) continue
    const { posture, withheld, successes, authenticated } = judgePosture(other)
    if (other.template === record.template && other.operation === record.operation)
      methods.push([other.method, posture])
    if (withheld !== "") continue
    sums.endpoints++
    sums.successes += successes
    sums.authenticated += authenticated
  }
  return { ...sums, methods: Object.fromEntries(methods) }
}

export function authDetailView(record: EndpointRecord, neighbours: Neighbours): AuthDetail {
  const result = judgePosture(record)
  const { windows, weak } = record.auth
  const recent = (form: string): number => windows.reduce((sum, window) => sum + (window.weak[form] ?? 0), 0)
  return {
    basis: result.basis,
    successes: result.successes,
    authenticated: result.authenticated,
    recentSchemes: { ...result.schemes },
    windows: windows.map(({ startUs, schemes, weak: forms, lossy, unseen }) => ({
      since: isoTime(startUs),
      schemes,
      weak: forms,
      lossy,
      unseen,
    })),
    weak: WEAK_FORMS.filter((form) => (weak[form] ?? 0) > 0)
      .map((form) => ({ form, exchanges: weak[form]!, recent: recent(form), words: WEAK_WORDS[form] }))
      .sort((a, b) => b.exchanges - a.exchanges),
    conflicts: conflictsOf(record, result, neighbours).map(({ kind, sentence, samples }) => ({
      kind,
      sentence,
      samples: samples.map(({ atUs, ...sample }) => ({ at: isoTime(atUs), ...sample })),
    })),
  }
}
