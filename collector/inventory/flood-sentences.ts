// Floods in one sentence each, with stored numbers only.
import { DISTINCT_MAX } from "./day-sketch.ts"
import type { FloodFacts } from "./flood.ts"
import type { Answer, SweepFacts } from "./path-sweep.ts"

/** "the bad one", "3 consumers", "more than 16 consumers". */
function whoOf({ who, isCrowded, main }: FloodFacts, noun: string, called: (id: string) => string): string {
  if (main !== "" && who.length > 1) return called(main)
  if (who.length === 0) return "Somebody"
  return who.length === 1 ? `1 ${noun}` : `${isCrowded ? "more than " : ""}${who.length} ${noun}s`
}

/** "2000 of 2040 requests; the others came from 3". */
function requestsOf({ requests, who, isCrowded, main, mainRequests }: FloodFacts): string {
  if (main === "" || who.length === 1) return `${requests} requests`
  const others = `${who.length - 1}${isCrowded ? " and more" : ""}`
  return `${mainRequests} of ${requests} requests; the others came from ${others}`
}

const manyOf = (count: number, isMore: boolean): string => `${isMore ? "more than" : "about"} ${count}`

export function pathsSentence(facts: FloodFacts, service: string, called: (id: string) => string): string {
  const many = manyOf(facts.distinct, facts.isMore)
  const who = whoOf(facts, "consumer", called)
  return `${who} asked ${service} for ${many} different paths in a day that are not there or only refuse (${requestsOf(facts)}).`
}

export function operationsSentence(facts: FloodFacts, service: string, called: (id: string) => string): string {
  const many = manyOf(facts.distinct, facts.isMore)
  const who = whoOf(facts, "consumer", called)
  return `${who} asked ${service} for ${many} different operations in a day that are not there, only refuse or found no place (${requestsOf(facts)}).`
}

export function hostsSentence(facts: FloodFacts, called: (id: string) => string): string {
  const many = manyOf(facts.distinct, facts.isMore)
  const who = whoOf(facts, "consumer", called)
  return `${who} asked for ${many} different host names in a day that nobody serves or that found no place (${requestsOf(facts)}).`
}

export function credentialsSentence(facts: FloodFacts): string {
  const many = manyOf(facts.distinct, facts.isMore)
  const who = whoOf(facts, "network", (prefix) => `Network ${prefix}`)
  return `${who} showed ${many} different credentials in a day that found no place among consumers (${requestsOf(facts)}).`
}

export function sweepSentence(facts: SweepFacts, service: string, called: (id: string) => string): string {
  const { paths, consumers, answer, firstUs, lastUs } = facts
  const [first, ...others] = consumers
  const who = first === undefined ? "Somebody" : others.length === 0 ? called(first) : `${consumers.length} consumers`
  const isMore = paths >= DISTINCT_MAX
  const many = manyOf(isMore ? DISTINCT_MAX : paths, isMore)
  const within = lengthOf(lastUs - firstUs)
  return `${who} asked ${service} for ${many} different paths within ${within}, hardly one of them twice, and each was answered alike (${answerText(answer)}).`
}

function answerText({ status, contentType, bytes }: Answer): string {
  return `status ${status}, ${contentType === "" ? "no content type" : contentType}, ${bytes} bytes`
}

/** "40 s", "12 min", "5 h". */
function lengthOf(us: number): string {
  const seconds = Math.max(1, Math.ceil(us / 1_000_000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
