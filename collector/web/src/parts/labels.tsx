// Words with a meaning of their own: methods, paths, postures, schemes, statuses.
import { compact, percent, share } from "../format.ts"
import type { Counts, EndpointLabel } from "../types/common.ts"
import type { Posture } from "../types/endpoints.ts"

export function Method({ name }: { readonly name: string }) {
  return <span class={`method ${name.toLowerCase()}`}>{name}</span>
}

/** A template with its variable parts in colour. */
export function Path({ template, operation }: { readonly template: string; readonly operation?: string | null }) {
  return (
    <span class="path">
      {template.split(/(\{[^}]*\}|\/)/).map((part) =>
        part === "/" ? (
          <>
            <wbr />/
          </>
        ) : part.startsWith("{") ? (
          <span class="kind">{part}</span>
        ) : (
          part
        ),
      )}
      {operation ? <span class="operation">{operation}</span> : null}
    </span>
  )
}

/** A host that may take a second line, before a dot or its port rather than anywhere. */
export function Host({ name }: { readonly name: string }) {
  return (
    <>
      {name.split(/(?=[.:])/).map((part, i) => (
        <>
          {i === 0 ? null : <wbr />}
          {part}
        </>
      ))}
    </>
  )
}

export function EndpointLink({ endpoint }: { readonly endpoint: EndpointLabel }) {
  return (
    <a
      data-main
      href={`/endpoints/${encodeURIComponent(endpoint.id)}`}
      title={[endpoint.method, endpoint.template, endpoint.operation ?? ""].join(" ").trimEnd()}
    >
      <Method name={endpoint.method} />
      <Path template={endpoint.template} operation={endpoint.operation} />
    </a>
  )
}

export const POSTURES: Readonly<Record<Posture, readonly [tone: string, name: string, meaning: string]>> = {
  consistent: ["good", "Authenticated", "At least 95 % of successful exchanges carry a credential."],
  partial: ["warn", "Partly", "Some successful exchanges carry a credential, others do not."],
  missing: ["bad", "None", "No successful exchange carries a credential."],
  unknown: ["", "Withheld", "Too few successful exchanges, or too much of the evidence is lossy, to say."],
}

export function PostureBadge({ posture, why = "" }: { readonly posture: Posture; readonly why?: string }) {
  const [tone, name, meaning] = POSTURES[posture]
  return (
    <span class={`badge ${tone}`} title={why === "" ? meaning : why}>
      {name}
    </span>
  )
}

const STATUSES: Readonly<Record<string, string>> = {
  documented: "good",
  shadow: "bad",
  zombie: "warn",
  orphan: "info",
  rogue: "bad",
}

/** Standing against the specifications; nothing is said while there are none. */
export function StatusBadge({ status, why = "" }: { readonly status: string; readonly why?: string }) {
  return status === "unknown" ? null : (
    <span class={`badge ${STATUSES[status] ?? ""}`} title={why}>
      {status}
    </span>
  )
}

/** Owner and labels as people gave them. */
export function Labels({ labels }: { readonly labels: readonly string[] }) {
  return (
    <span class="badges">
      {labels.map((label) => (
        <span key={label} class="badge info">
          {label}
        </span>
      ))}
    </span>
  )
}

export function Scheme({ name }: { readonly name: string }) {
  return <span class={`badge ${name === "none" ? "" : "info"}`}>{name === "none" ? "no credential" : name}</span>
}

export function DataClasses({ classes }: { readonly classes: Counts }) {
  return (
    <span class="badges">
      {Object.keys(classes).map((name) => (
        <span key={name} class="badge violet">
          {name}
        </span>
      ))}
    </span>
  )
}

/** "1.5 %" of errors, loud from 5 % on. */
export function ErrorShare({ errors, requests }: { readonly errors: number; readonly requests: number }) {
  if (errors === 0) return <span class="faint">0</span>
  const part = share(errors, requests)
  return (
    <span class={part >= 0.05 ? "badge warn" : ""} title={`${compact(errors)} of ${compact(requests)}`}>
      {percent(part)}
    </span>
  )
}

const STATUS_TONES = ["idle", "info", "good", "info", "warn", "bad"]
export const statusTone = (status: string): string => STATUS_TONES[Number(status[0])] ?? "idle"
