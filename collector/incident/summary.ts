// An incident in plain words. Every number is one of its evidence; names are those of the time when it was last written.
import type { ConsumerSubject, EndpointSubject } from "../baseline/subjects.ts"
import type { Evidence, SavedCase } from "./case.ts"

/** Pieces of evidence told beside the heaviest one. */
const OTHERS_MAX = 2

/** No model is good enough to tell smaller chances apart. */
const P_TOLD = 1e-12

export interface Told {
  readonly saved: SavedCase
  /** Heaviest first. */
  readonly evidence: readonly Evidence[]
  readonly consumer: ConsumerSubject | null
  readonly endpoint: EndpointSubject | null
}

export function summaryOf({ saved, evidence, consumer, endpoint }: Told): string {
  const [heaviest, ...others] = evidence
  if (heaviest === undefined) return ""
  const who = consumer?.name ?? (saved.sensor !== "" ? `Sensor ${saved.sensor}` : whoOf(saved, endpoint))
  const sentences = [`${who} ${heaviest.sentence}`]
  const more = others.slice(0, OTHERS_MAX).map(({ sentence }) => sentence)
  if (more.length > 0) sentences.push(`It also ${more.join("; it also ")}`)
  if (heaviest.isRule) sentences.push("This is a fact, not a chance")
  else sentences.push(`Chance if all were as usual: ${chanceOf(heaviest.p)}`)
  for (const { what, explains, sentence } of heaviest.doubts) {
    sentences.push(`${explains ? "May be explained by" : "Not explained by"} ${what}: ${sentence}`)
  }
  if (heaviest.lossyShare > 0)
    sentences.push(`${percentOf(heaviest.lossyShare)} of the exchanges behind it are incomplete`)
  return sentences.map((sentence, i) => ended(i === 0 ? sentence : capitalised(sentence))).join(" ")
}

function whoOf({ consumers }: SavedCase, endpoint: EndpointSubject | null): string {
  const where = endpoint === null ? "" : ` at ${endpoint.method} ${endpoint.template} of ${endpoint.serviceName}`
  return consumers.length === 0 ? `Something${where}` : `${consumers.length} consumers${where}`
}

function chanceOf(p: number): string {
  if (p >= 0.001) return p.toFixed(3)
  return p < P_TOLD ? "less than 1 in 10^12" : `1 in 10^${Math.floor(-Math.log10(p) + 1e-9)}`
}

function percentOf(share: number): string {
  return `${Math.max(1, Math.round(share * 100))} %`
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}

function capitalised(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`
}
