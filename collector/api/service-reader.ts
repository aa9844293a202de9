// One service as its page shows it: what is asked of the store for it.
import { LabelRules } from "../inventory/labels/label-rules.ts"
import { riskOf } from "../inventory/risk.ts"
import type { Store } from "../store/store.ts"
import { notFound } from "./problem.ts"
import { findingsWhere } from "./routes/finding-routes.ts"
import type { ServiceDetail } from "./service-models.ts"
import { coverageView, darkView } from "./views/dark-views.ts"
import { findingView } from "./views/finding-views.ts"
import { orNull } from "./views/inventory-views.ts"
import { ruleWords, serviceView } from "./views/service-views.ts"

/** Servers behind TLS, and findings, shown with a service. */
const DARK_MAX = 50
const FINDINGS_MAX = 100

/** An authority without its port: what a client would ask for by SNI. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, "")
}

export async function readServiceDetail(store: Store, id: string): Promise<ServiceDetail> {
  const record = await store.service(id)
  if (record === null) throw notFound("service")
  const name = hostOf(record.authority)
  const { items } = name === "" ? { items: [] } : await store.dark({ name }, { limit: DARK_MAX })
  const dark = items.map((entry) => darkView(entry, [record])).filter(({ service }) => service !== null)
  const findings = (await findingsWhere(store, { service: id, state: "open" })).sort((a, b) => b.lastUs - a.lastUs)
  const note = (await store.document("serviceNote", id))?.record ?? null
  const rules = new LabelRules((await store.documents("labelRule")).map((stored) => stored.record)).decide(record)
  const { name: called = "", owner = "", labels = [], gateways = [], by = "" } = note ?? {}
  return {
    ...serviceView(record),
    riskFacts: riskOf(record, findings).facts.map((fact) => ({ ...fact })),
    note: { name: called, owner, labels: [...labels], gateways: [...gateways], by: orNull(by) },
    ruledBy: {
      owner: owner === "" ? ruleWords(rules.owner) : null,
      labels: labels.length === 0 ? ruleWords(rules.labels) : null,
    },
    findings: findings.slice(0, FINDINGS_MAX).map((finding) => findingView(finding, record.name)),
    identity: coverageView([record.rules]),
    dark,
  }
}
