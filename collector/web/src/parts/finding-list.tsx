// Findings in words, with what somebody may decide about them.
import { send } from "../api.ts"
import { time } from "../format.ts"
import type { Finding, FindingState } from "../types/services.ts"
import { EditButton } from "./form.tsx"

const KINDS: Readonly<Record<string, readonly [tone: string, name: string]>> = {
  "gateway.bypass": ["bad", "gateway bypassed"],
  "server.new": ["warn", "new server"],
  "server.rogue": ["bad", "rogue server"],
  "service.dark": ["warn", "dark service"],
  "auth.missing": ["bad", "no authentication"],
  "auth.partial": ["warn", "partly authenticated"],
  "auth.conflict": ["bad", "conflicting authentication"],
  "endpoint.shadow": ["bad", "shadow endpoint"],
  "endpoint.zombie": ["warn", "zombie endpoint"],
  drift: ["warn", "drift"],
  "paths.flood": ["warn", "flood of paths"],
  "operations.flood": ["warn", "flood of operations"],
  "hosts.flood": ["warn", "flood of hosts"],
  "credentials.flood": ["warn", "flood of credentials"],
}

export const FINDING_KINDS = Object.entries(KINDS).map(([kind, [, name]]) => [kind, name] as const)

export function FindingBadge({ kind }: { readonly kind: string }) {
  const weak = kind.startsWith("auth.weak.") ? `weak: ${kind.slice(10)}` : kind
  const [tone, name] = KINDS[kind] ?? ["warn", weak]
  return <span class={`badge ${tone}`}>{name}</span>
}

const STATES: Readonly<Record<FindingState, readonly [tone: string, name: string]>> = {
  open: ["bad", "open"],
  dismissed: ["", "dismissed"],
  gone: ["good", "gone"],
}

export function FindingStateBadge({ finding }: { readonly finding: Finding }) {
  const [tone, name] = STATES[finding.state]
  return (
    <span class={`badge ${tone}`} title={finding.goneWhy ?? finding.reason ?? ""}>
      {name}
    </span>
  )
}

/** Dismiss or open again: with a reason, which is needed to dismiss. */
export function FindingDecision({ finding }: { readonly finding: Finding }) {
  if (finding.state === "gone") return null
  const isOpen = finding.state === "open"
  const state = isOpen ? "dismissed" : "open"
  return (
    <EditButton
      label={isOpen ? "Dismiss" : "Open again"}
      about={finding.service.name === "" ? finding.kind : `${finding.kind} at ${finding.service.name}`}
      title={isOpen ? "Dismiss this finding" : "Open this finding again"}
      fields={[
        { name: "reason", label: "Reason", required: isOpen, hint: "Kept with the finding and in the audit log." },
      ]}
      submit={isOpen ? "Dismiss" : "Open again"}
      effect={() =>
        isOpen
          ? "It leaves the list of open findings and goes on counting; it can be opened again at any time."
          : "It is back in the list of open findings."
      }
      send={async ({ reason }) => {
        await send<Finding>("POST", `/findings/${encodeURIComponent(finding.id)}/state`, { state, reason })
        return isOpen ? "The finding is dismissed." : "The finding is open again."
      }}
    >
      <p class="soft">{finding.sentence}</p>
    </EditButton>
  )
}

/** Where a finding is shown best. */
export function findingLink({ endpoint, service, consumer }: Finding): string {
  if (endpoint !== null) return `/endpoints/${encodeURIComponent(endpoint)}`
  if (service.id !== "") return `/services/${encodeURIComponent(service.id)}`
  return consumer === null ? "/ledger" : `/consumers/${encodeURIComponent(consumer)}`
}

export function FindingLines({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul class="lines">
      {findings.map((finding) => (
        <li key={finding.id} class="spread">
          <span class="what">
            <FindingBadge kind={finding.kind} />{" "}
            {finding.state === "open" ? null : <FindingStateBadge finding={finding} />}{" "}
            <a href={findingLink(finding)}>{finding.sentence}</a>
            <span class="faint"> Latest {time(finding.last)}.</span>
            {finding.reason ? <span class="faint"> Reason: {finding.reason}</span> : null}
          </span>
          <FindingDecision finding={finding} />
        </li>
      ))}
    </ul>
  )
}
