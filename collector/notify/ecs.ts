// A notice as Elastic Common Schema 8.11: one JSON object in one line, of printable ASCII only (anything else as \u escapes), so that no
// receiver need guess its encoding.
import { clip, fit } from "./clip.ts"
import type { IncidentNotice } from "./notice.ts"
import { severityOf } from "./severity.ts"

const NAME_MAX = 200

/** At most `bytes`: long texts are cut first. */
export function ecsOf(notice: IncidentNotice, version: string, madeMs: number, bytes: number): string {
  return fit((most) => toAscii(JSON.stringify(render(notice, version, madeMs, most))), bytes)
}

function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function render(notice: IncidentNotice, version: string, madeMs: number, most: number): object {
  const { kind, incident } = notice
  const name = (text: string): string => clip(text, Math.min(NAME_MAX, most))
  const { consumer, service, endpoint, sensor, verdict } = incident
  const sentence = clip(incident.summary, most)
  return {
    "@timestamp": incident.lastEvent ?? new Date(madeMs).toISOString(),
    ecs: { version: "8.11.0" },
    message: sentence,
    event: {
      kind: "alert",
      category: ["intrusion_detection"],
      type: ["info"],
      action: `incident-${kind}`,
      id: notice.id,
      code: name(incident.kind),
      provider: "sonde",
      module: "sonde",
      dataset: "sonde.incident",
      severity: severityOf(notice).ecs,
      risk_score: incident.score,
      start: incident.firstEvent ?? undefined,
      end: incident.lastEvent ?? undefined,
      created: new Date(madeMs).toISOString(),
      reason: sentence,
    },
    rule: { name: name(incident.kind), category: name(incident.lane) },
    observer: {
      vendor: "Sonde",
      product: "Sonde",
      type: "api-sensor",
      version,
      name: sensor === null ? undefined : name(sensor),
    },
    organization: { id: notice.tenant },
    user: consumer === null ? undefined : { id: consumer.id, name: name(consumer.name) },
    service: service === null ? undefined : { id: service.id, name: name(service.name) },
    http: endpoint === null ? undefined : { request: { method: name(endpoint.method) } },
    url: endpoint === null ? undefined : { path: name(endpoint.template) },
    labels: {
      incident: incident.id,
      version: String(notice.version),
      lane: incident.lane,
      state: incident.state,
      verdict: verdict === null ? undefined : name(verdict),
      detections: clip(incident.detections.join(" "), most),
    },
    tags: kind === "test" ? ["sonde", "test"] : ["sonde"],
  }
}
