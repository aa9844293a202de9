// What will the sensor be able to read: HTTP in the clear, TLS, QUIC, by server port.
import { type Finding, grouped, percent, plural, share, type Verdict } from "./finding.ts"
import type { Measurements } from "./measurements.ts"
import { Speech } from "./speech.ts"

const PORTS_LISTED = 10
const PORTS_SAID = 5

/** So much of the payload encrypted is worth a word; QUIC counts by bytes on the wire. */
const DARK_WARNING = 0.5
const QUIC_WARNING = 0.1

interface PortBytes {
  readonly port: number
  readonly count: number
}

/** The ports with the highest counts, at most PORTS_LISTED. */
function most(counts: Float64Array): PortBytes[] {
  const met: PortBytes[] = []
  for (let port = 0; port < counts.length; port++) if (counts[port]! > 0) met.push({ port, count: counts[port]! })
  return met.sort((a, b) => b.count - a.count || a.port - b.port).slice(0, PORTS_LISTED)
}

export function checkContent(m: Measurements): Finding {
  const { flows, frames, time } = m
  const bytes = flows.bytes.reduce((sum, one) => sum + one, 0)
  const http1 = flows.bytes[Speech.http1]!
  const http2 = flows.bytes[Speech.http2]!
  const tls = flows.bytes[Speech.tls]!
  const wireBytes = time.portBytes.reduce((sum, one) => sum + one, 0)
  const requests = most(flows.requests)
  const measured = {
    payloadBytes: bytes,
    http1Share: share(http1, bytes),
    http2Share: share(http2, bytes),
    tlsShare: share(tls, bytes),
    otherShare: share(flows.bytes[Speech.other]!, bytes),
    notUnderstoodShare: share(flows.bytes[Speech.unknown]!, bytes),
    quicShareOfWire: share(frames.quicBytes, wireBytes),
    requests: flows.requests.reduce((sum, one) => sum + one, 0),
    http1Ports: requests.map(({ port, count }) => ({ port, requests: count, bytes: flows.http1Bytes[port]! })),
    http2Ports: most(flows.http2Bytes).map(({ port, count }) => ({ port, bytes: count })),
    tlsPorts: most(flows.tlsBytes).map(({ port, count }) => ({ port, bytes: count })),
  }
  const check = "content"
  if (bytes === 0)
    return { check, verdict: "unknown", measured, sentence: "There is no TCP payload to judge by.", advice: null }
  const isBlind = http1 + http2 === 0
  const isQuic = measured.quicShareOfWire > QUIC_WARNING
  const verdict: Verdict = isBlind ? "bad" : measured.tlsShare > DARK_WARNING || isQuic ? "warning" : "good"
  const spoken = requests.slice(0, PORTS_SAID).map(({ port, count }) => `${port}: ${plural(count, "request")}`)
  const parts = [
    http1 > 0 ? `${percent(measured.http1Share)} HTTP/1${spoken.length > 0 ? ` (${spoken.join(", ")})` : ""}` : "",
    http2 > 0 ? `${percent(measured.http2Share)} HTTP/2 in the clear` : "",
    tls > 0 ? `${percent(measured.tlsShare)} TLS` : "",
  ].filter((part) => part !== "")
  const quic = frames.quicBytes > 0 ? `; QUIC is ${percent(measured.quicShareOfWire)} of the wire` : ""
  return {
    check,
    verdict,
    measured,
    sentence:
      parts.length === 0
        ? `No HTTP and no TLS was recognised in ${grouped(bytes)} payload bytes${quic}.`
        : `Of the payload ${parts.join(", ")}${isBlind ? "; none of it can be read" : ""}${quic}.`,
    advice: adviceOf(verdict, tls > 0, isQuic),
  }
}

function adviceOf(verdict: Verdict, hasTls: boolean, isQuic: boolean): string | null {
  if (verdict === "good") return null
  if (hasTls)
    return "Mirror behind what ends TLS (load balancer, gateway, sidecar), or hand over its keys; what stays encrypted is counted as dark, not as nothing."
  return isQuic
    ? "Let clients fall back to TCP (block UDP 443 towards these servers), or mirror behind what ends QUIC."
    : "Mirror the side on which the servers speak HTTP."
}
