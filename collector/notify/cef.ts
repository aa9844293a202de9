// A notice as ArcSight's Common Event Format, version 0: a header with "|" between its fields, then key=value pairs.
//
// In the header "\" and "|" are escaped; in values "\", "=" and line ends are. A line end in the header has no escape: it becomes a
// space, like every other control character anywhere.
import { clip, fit } from "./clip.ts"
import type { IncidentNotice } from "./notice.ts"
import { severityOf } from "./severity.ts"

/** Letters of a name, at most. */
const NAME_MAX = 200

const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g
const CONTROLS_BUT_LINE_ENDS = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]/g

export function escapeHeader(text: string): string {
  return text.replace(CONTROLS, " ").replace(/[\\|]/g, "\\$&")
}

export function escapeValue(text: string): string {
  return text
    .replace(CONTROLS_BUT_LINE_ENDS, " ")
    .replace(/[\\=]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
}

/** At most `bytes` in UTF-8: long texts are cut first. */
export function cefOf(notice: IncidentNotice, version: string, bytes: number): string {
  return fit((most) => render(notice, version, most), bytes)
}

function render(notice: IncidentNotice, version: string, most: number): string {
  const { kind, incident } = notice
  const name = (text: string): string => clip(text, Math.min(NAME_MAX, most))
  const header = [
    "CEF:0",
    "Sonde",
    "Sonde",
    escapeHeader(version),
    escapeHeader(name(incident.kind)),
    escapeHeader(name(`API incident ${kind}: ${incident.kind}`)),
    String(severityOf(notice).cef),
  ].join("|")
  const pairs: [string, string | null | undefined][] = [
    ["externalId", notice.id],
    ["act", kind],
    ["start", millis(incident.firstEvent)],
    ["end", millis(incident.lastEvent)],
    ["suid", incident.consumer?.id],
    ["suser", incident.consumer && name(incident.consumer.name)],
    ["dhost", incident.service && name(incident.service.name)],
    ["requestMethod", incident.endpoint && name(incident.endpoint.method)],
    ["request", incident.endpoint && name(incident.endpoint.template)],
    ["cs1Label", "incident"],
    ["cs1", incident.id],
    ["cs2Label", "lane"],
    ["cs2", incident.lane],
    ["cs3Label", "detections"],
    ["cs3", clip(incident.detections.join(" "), most)],
    ["cs4Label", "state"],
    ["cs4", incident.verdict === null ? incident.state : `${incident.state} as ${name(incident.verdict)}`],
    ["cs5Label", incident.sensor && "sensor"],
    ["cs5", incident.sensor && name(incident.sensor)],
    ["cs6Label", "tenant"],
    ["cs6", notice.tenant],
    ["cn1Label", "version"],
    ["cn1", String(notice.version)],
    ["cfp1Label", "score"],
    ["cfp1", String(incident.score)],
    ["msg", clip(incident.summary, most)],
  ]
  const shown = pairs.flatMap(([key, value]) => (value == null || value === "" ? [] : [`${key}=${escapeValue(value)}`]))
  return `${header}|${shown.join(" ")}`
}

function millis(iso: string | null): string | null {
  return iso === null ? null : String(Date.parse(iso))
}
