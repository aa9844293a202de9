// The truth about a world as a document: who its partners are, what happened to them, which exchanges were attacks.
import { hiddenRoute } from "./api-design.ts"
import { startOfDay } from "./calendar.ts"
import type { Label } from "./labels.ts"
import { contractOf } from "./promises.ts"
import type { World } from "./world.ts"

/** `attacked`: by index of a label, times of its exchanges, µs: startUs of their events, each only once in a world. */
export function truthOf(world: World, attacked: ReadonlyMap<number, readonly number[]>): object {
  const { api, partners, labels, options, impairment } = world
  const partnerName = (index: number): string => (index < 0 ? "" : partners[index]!.name)
  const period = (label: Label): object => ({
    id: label.id,
    kind: label.kind,
    consumer: partnerName(label.partner),
    from: iso(label.exchanges > 0 ? label.firstUs : startOfDay(label.fromDay)),
    to: iso(label.exchanges > 0 ? label.lastUs : startOfDay(label.untilDay)),
  })
  return {
    options,
    services: api.services.map(({ host, address }) => ({ host, address })),
    decoys: api.services.map(({ host, index }) => `${host} GET ${hiddenRoute(api, index, "decoy").prefix}`),
    partners: partners.map((partner) => ({
      name: partner.name,
      archetype: partner.archetype,
      addresses: [...new Set(partner.prints.map(({ address }) => address))],
      credentials: partner.credentials.map((credential) => ({
        scheme: credential.fields.scheme,
        name: credential.fields.name,
        text: credential.fields.scheme === "bearer-jwt" ? "" : credential.text(0),
      })),
      contract: contractOf(world, partner.index),
    })),
    attacks: labels.attacks.map((label) => ({
      ...period(label),
      variant: label.variant,
      intensity: label.intensity,
      exchanges: attacked.get(label.index) ?? [],
    })),
    events: labels.specials.map(period),
    unseen: {
      oneWay: impairment.oneWay.map(({ fromUs, untilUs }) => [iso(fromUs), iso(untilUs)]),
      blind: impairment.blind.map(({ fromUs, untilUs }) => [iso(fromUs), iso(untilUs)]),
    },
  }
}

const iso = (timeUs: number): string => new Date(timeUs / 1000).toISOString()
