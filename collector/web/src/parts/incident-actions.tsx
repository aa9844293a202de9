// What people decide about an incident.
import { query, send, useApi } from "../api.ts"
import type { Page } from "../types/common.ts"
import type { Budget, Detection, Incident } from "../types/incidents.ts"
import { Offered } from "./access.tsx"
import { dayAfter, ExceptionButton } from "./exceptions.tsx"
import { EditButton, type Field } from "./form.tsx"
import { detectionName } from "./incident-labels.tsx"

const NOTE: Field = {
  name: "reason",
  label: "Note",
  kind: "area",
  hint: "Kept with the incident and in the audit log.",
}

const EFFECTS: Readonly<Record<string, string>> = {
  malicious: "What it did since its first event is taken out of what is usual, so that it cannot be learned.",
  benign: "The same evidence stays closed for two weeks, unless it becomes ten times less likely.",
  expected:
    "The present level is what is usual from now on, and an exception for each of its detections holds for 90 days of event time.",
}

function stateSender(id: string) {
  return async (body: Record<string, string>): Promise<Incident> =>
    send<Incident>("POST", `/incidents/${encodeURIComponent(id)}/state`, body)
}

function CloseButton({ incident }: { readonly incident: Incident }) {
  const post = stateSender(incident.id)
  return (
    <EditButton
      label="Close"
      title="Close this incident"
      fields={[
        {
          name: "verdict",
          label: "It was",
          kind: "choice",
          required: true,
          options: [
            ["malicious", "malicious: an attack"],
            ["benign", "benign: nothing"],
            ["expected", "expected: it is meant to be so"],
          ],
        },
        NOTE,
        { name: "owner", label: "Owner of the exception", hint: "Only for expected: who answers for it." },
      ]}
      submit="Close the incident"
      effect={({ verdict = "malicious" }) => EFFECTS[verdict] ?? ""}
      send={async ({ verdict = "", reason = "", owner = "" }) => {
        const isOwned = verdict === "expected" && owner.trim() !== ""
        await post({ state: "closed", verdict, reason, ...(isOwned ? { owner: owner.trim() } : {}) })
        return `The incident is closed as ${verdict}.`
      }}
    />
  )
}

function AllowButton({ incident }: { readonly incident: Incident }) {
  const now = useApi<Budget>("/incident-budget").body?.nowAt ?? incident.lastEvent
  const detections = useApi<Page<Detection>>("/detections?limit=100").body?.items ?? []
  const { consumer, partner, endpoint, kind } = incident
  const isKnown = detections.some(({ name }) => name === kind)
  return (
    <ExceptionButton
      label="Make an exception"
      scope={{
        consumer: consumer?.id ?? "",
        endpoint: consumer === null ? (endpoint?.id ?? "") : "",
        detection: isKnown ? kind : "",
        until: dayAfter(now),
      }}
      offered={{
        consumers: consumer === null ? [] : [[consumer.id, consumer.name]],
        partners: partner === null ? [] : [[partner.id, partner.name]],
        endpoints: endpoint === null ? [] : [[endpoint.id, endpoint.name]],
        detections: detections.map(({ name }) => [name, detectionName(name)]),
      }}
    />
  )
}

export function IncidentActions({ incident }: { readonly incident: Incident }) {
  const { id, state, consumer, kind } = incident
  const post = stateSender(id)
  const isClosed = state === "closed"
  return (
    <div class="buttons">
      {state === "open" ? (
        <EditButton
          label="Acknowledge"
          title="Acknowledge this incident"
          fields={[NOTE]}
          submit="Acknowledge"
          effect={() => "It says that somebody looks at it. What comes later is still added to it."}
          send={async ({ reason = "" }) => {
            await post({ state: "acknowledged", reason })
            return "The incident is acknowledged."
          }}
        />
      ) : null}
      {isClosed ? (
        <EditButton
          label="Open again"
          title="Open this incident again"
          fields={[NOTE]}
          submit="Open again"
          effect={() => "What its verdict did to what is usual is not undone; exceptions that it made can be removed."}
          send={async ({ reason = "" }) => {
            await post({ state: "open", reason })
            return "The incident is open again."
          }}
        />
      ) : (
        <CloseButton incident={incident} />
      )}
      {incident.sensor === null ? <AllowButton incident={incident} /> : null}
      {incident.sensor === null ? (
        <Offered needs="analyst">
          <a class="button small" href={`/backtest${query({ detection: kind, consumer: consumer?.id })}`}>
            Back-test
          </a>
        </Offered>
      ) : null}
      <a class="button small" href={`/audit${query({ subject: id })}`}>
        Audit
      </a>
    </div>
  )
}
