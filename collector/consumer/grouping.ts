// Consumers of no partner that seem to belong together: suggestions, nothing more.
//
//   issuer and name   tokens of one issuer whose client names begin alike:  acme-orders, acme-billing       --> "bearer-jwt:acme-*"
//   certificate       certificates whose common names lie in one domain:    a.acme.example, b.acme.example  --> "mtls:*.acme.example"
//   forwarded prefix  requests that a proxy forwarded for one network                                       (no rule can say that)
//
// Given up: the organisation of a certificate, which no event carries; the domain of its name stands for it.
import type { ConsumerRecord } from "../store/records.ts"

export interface Grouping {
  readonly kind: "issuer" | "certificate" | "forwardedPrefix"
  /** Why, in one sentence. */
  readonly sentence: string
  /** A name that the partner might have. */
  readonly name: string
  /** A rule that would take them in, "" when none can. */
  readonly rule: string
  /** Busiest first, at most MEMBERS_MAX. */
  readonly consumers: readonly { readonly id: string; readonly name: string }[]
  readonly requests: number
}

type Grouped = Pick<
  ConsumerRecord,
  "id" | "name" | "seenName" | "scheme" | "issuer" | "partner" | "sights" | "requests"
>

const GROUPS_MAX = 100
const MEMBERS_MAX = 100
const WORD_MIN = 3

interface Clue {
  readonly kind: Grouping["kind"]
  readonly key: string
  readonly name: string
  readonly rule: string
  readonly sentence: string
}

export function suggestGroups(consumers: Iterable<Grouped>): Grouping[] {
  const groups = new Map<string, { readonly clue: Clue; readonly members: Grouped[] }>()
  for (const consumer of consumers) {
    if (consumer.partner !== null) continue
    for (const clue of cluesOf(consumer)) {
      const key = `${clue.kind}\n${clue.key}`
      const group = groups.get(key) ?? { clue, members: [] }
      group.members.push(consumer)
      groups.set(key, group)
    }
  }
  return [...groups.values()]
    .filter(({ members }) => members.length > 1)
    .map(({ clue: { kind, name, rule, sentence }, members }) => {
      const busiest = members.toSorted((a, b) => b.requests - a.requests).slice(0, MEMBERS_MAX)
      const requests = members.reduce((sum, member) => sum + member.requests, 0)
      const consumersOf = busiest.map((member) => ({ id: member.id, name: member.name }))
      return { kind, sentence: `${members.length} consumers ${sentence}`, name, rule, consumers: consumersOf, requests }
    })
    .sort((a, b) => b.requests - a.requests)
    .slice(0, GROUPS_MAX)
}

function* cluesOf(consumer: Grouped): Iterable<Clue> {
  const { scheme, issuer, seenName } = consumer
  const word = /^([a-z0-9]+)[-_. ]/i.exec(seenName)?.[1] ?? ""
  if (issuer !== "" && word.length >= WORD_MIN && /[a-z]/i.test(word)) {
    const sentence = `have tokens of ${issuer} whose names begin with "${word}".`
    const key = `${issuer}\n${word.toLowerCase()}`
    yield { kind: "issuer", key, name: word, rule: `${scheme}:${word}*`, sentence }
  }
  if (scheme === "mtls") {
    const domain = /^[^.\s]+\.((?:[a-z0-9-]+\.)+[a-z0-9-]+)$/i.exec(seenName)?.[1]
    if (domain !== undefined) {
      const sentence = `have certificates for names in ${domain}.`
      yield { kind: "certificate", key: domain.toLowerCase(), name: domain, rule: `mtls:*.${domain}`, sentence }
    }
  }
  if (scheme === "none") return
  for (const prefix of Object.keys(consumer.sights.forwardedPrefix ?? {})) {
    const sentence = `come from the network ${prefix} behind a proxy.`
    yield { kind: "forwardedPrefix", key: prefix, name: prefix, rule: "", sentence }
  }
}
