// Exceptions: what is allowed although a detection would say otherwise, by whom, until when.
import { send } from "../api.ts"
import { compact, time } from "../format.ts"
import type { Edited } from "../types/common.ts"
import type { Exception } from "../types/incidents.ts"
import { EditButton, type Field, type Values } from "./form.tsx"
import { detectionName } from "./incident-labels.tsx"
import type { Column } from "./table.tsx"

/** How long an exception holds unless somebody says otherwise: as long as one that "expected" makes, days of event time. */
const HOLDS_DAYS = 90

/** The day so many days after an event time, "2026-11-23". */
export function dayAfter(now: string | null, days = HOLDS_DAYS): string {
  const ms = now === null ? Number.NaN : Date.parse(now)
  return Number.isNaN(ms) ? "" : new Date(ms + days * 86_400_000).toISOString().slice(0, 10)
}

export interface ExceptionScope {
  readonly consumer?: string
  readonly partner?: string
  readonly endpoint?: string
  readonly detection?: string
}

const set = (text: string | undefined): string => (text ?? "").trim()

/** What the API takes: only what is set. */
export function exceptionBody(values: Values): Record<string, string> {
  const names = ["consumer", "partner", "endpoint", "detection", "owner", "until", "reason"]
  return Object.fromEntries(names.map((name) => [name, set(values[name])]).filter(([, value]) => value !== ""))
}

export interface Offered {
  readonly consumers?: readonly (readonly [id: string, name: string])[]
  readonly partners?: readonly (readonly [id: string, name: string])[]
  readonly endpoints?: readonly (readonly [id: string, name: string])[]
  readonly detections?: readonly (readonly [name: string, title: string])[]
}

export function exceptionFields(
  scope: ExceptionScope & { readonly owner?: string; readonly until?: string; readonly reason?: string },
  { consumers = [], partners = [], endpoints = [], detections = [] }: Offered,
): Field[] {
  const choice = (
    name: keyof ExceptionScope,
    label: string,
    any: string,
    options: Offered["consumers"] = [],
  ): Field => {
    const value = scope[name] ?? ""
    const isOffered = value === "" || options.some(([id]) => id === value)
    return {
      name,
      label,
      kind: "choice",
      value,
      options: [["", any], ...options, ...(isOffered ? [] : [[value, value] as const])],
    }
  }
  return [
    choice("consumer", "Consumer", "Any", consumers),
    ...(partners.length === 0 ? [] : [choice("partner", "Partner", "Any", partners)]),
    choice("endpoint", "Endpoint", "Any", endpoints),
    choice("detection", "Detection", "All", detections),
    { name: "owner", label: "Owner", value: scope.owner ?? "", required: true, hint: "Who answers for it." },
    { name: "until", label: "Until", kind: "date", value: scope.until ?? "", required: true, hint: "Event time, UTC." },
    { name: "reason", label: "Reason", kind: "area", value: scope.reason ?? "", required: true },
  ]
}

interface ExceptionButtonProps {
  readonly label: string
  readonly scope: Parameters<typeof exceptionFields>[0]
  readonly offered: Offered
  /** Of the exception that is changed; a new one without it. */
  readonly id?: string
  readonly opened?: () => void
}

export function ExceptionButton({ label, scope, offered, id, opened }: ExceptionButtonProps) {
  const path = id === undefined ? "/exceptions" : `/exceptions/${encodeURIComponent(id)}`
  return (
    <EditButton
      label={label}
      title={id === undefined ? "Make an exception" : "Change the exception"}
      {...(id === undefined ? {} : { about: `exception ${id}` })}
      {...(opened === undefined ? {} : { opened })}
      fields={exceptionFields(scope, offered)}
      submit={id === undefined ? "Make the exception" : "Save"}
      effect={() => "Findings that it fits are held back and counted; they open no incident until it ends."}
      send={async (values) =>
        (await send<Edited>(id === undefined ? "POST" : "PUT", path, exceptionBody(values))).sentence
      }
    />
  )
}

function Scope({ row }: { readonly row: Exception }) {
  const { consumer, partner, endpoint, detection } = row
  return (
    <>
      <a data-main href={scopeLink(row)}>
        {consumer !== null ? consumer.name : partner !== null ? `consumers of ${partner.name}` : "everybody"}
      </a>
      <div class="faint">
        {detection === null ? "all detections" : detectionName(detection)}
        {endpoint === null ? "" : `, at ${endpoint}`}
      </div>
    </>
  )
}

function scopeLink({ consumer, partner, endpoint }: Exception): string {
  if (consumer !== null) return `/consumers/${encodeURIComponent(consumer.id)}`
  if (partner !== null) return `/partners/${encodeURIComponent(partner.id)}`
  return endpoint === null ? "/exceptions" : `/endpoints/${encodeURIComponent(endpoint)}`
}

export const EXCEPTION_COLUMNS: readonly Column<Exception>[] = [
  { name: "For", wrap: "name", cell: (row) => <Scope row={row} /> },
  {
    name: "Why",
    grow: true,
    cell: (row) => (
      <>
        {row.reason}
        <div class="faint">
          {row.owner} answers for it
          {row.incident === null ? null : (
            <>
              , made of{" "}
              <a class="link" href={`/incidents/${encodeURIComponent(row.incident)}`}>
                an incident
              </a>
            </>
          )}
        </div>
      </>
    ),
  },
  {
    name: "Held back",
    number: true,
    cell: (row) => <span title={`last ${time(row.lastHeldBack)}`}>{compact(row.heldBack)}</span>,
  },
  { name: "Until", sort: "until", number: true, cell: (row) => time(row.until).slice(0, 10) },
]
