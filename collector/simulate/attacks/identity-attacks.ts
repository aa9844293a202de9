// Attacks on identities: no credential, weaker ones, stolen ones, shared ones, forgotten ones, guessed ones.
import { HOUR_US, SECOND_US } from "../calendar.ts"
import type { Disguise } from "../caller.ts"
import { Credential } from "../credential.ts"
import { listAll, readObject } from "../jobs.ts"
import type { Scene } from "./scene.ts"

/** Lists what the credential may see and reads it, `count` calls in all. */
function lookAround(scene: Scene, count: number, disguise: Disguise, timeUs = scene.workingTime()): void {
  const caller = scene.caller(timeUs, 3 * SECOND_US, disguise)
  const own = scene.target.collection.ownOf(scene.partner.index)
  listAll(caller, scene.service, scene.target, own.slice(-Math.min(own.length, scene.partner.limit)))
  for (let k = 1; k < count; k++) {
    const asked = own[own.length - 1 - (k % Math.max(1, own.length))]
    if (asked !== undefined) readObject(caller, scene.target, asked, 0)
  }
}

export function authMissing(scene: Scene): void {
  lookAround(scene, scene.of([1, 2, 5, 20, 60]), { client: scene.elsewhere(), credential: null })
}

/** A token with another algorithm, another key, another life. */
export function authDowngrade(scene: Scene): void {
  const { fields } = scene.partner.credentialAt(scene.caller(scene.workingTime()).timeUs)
  const credential = new Credential({
    ...fields,
    scheme: "bearer-jwt",
    serial: 99,
    keyId: `k${scene.label.index}x`,
    algorithm: scene.label.intensity % 2 === 0 ? "HS256" : "none",
    lifeSeconds: 10_000_000,
  })
  lookAround(scene, scene.of([1, 3, 8, 25, 80]), { credential })
}

/** The right credential from the wrong place; the quiet ones use the partner's own software. */
export function credentialElsewhere(scene: Scene): void {
  const timeUs = scene.workingTime()
  const software = scene.label.intensity <= 2 ? scene.partner.printAt(timeUs).software : undefined
  const disguise = { client: scene.elsewhere(software), credential: scene.partner.credentialAt(timeUs) }
  lookAround(scene, scene.of([3, 10, 30, 80, 200]), disguise, timeUs)
}

/** Somebody else works with the same credential, day by day. */
export function credentialSharing(scene: Scene): void {
  for (let k = 0; k < scene.of([1, 2, 4, 8, 20]); k++) {
    const timeUs = scene.workingTime()
    lookAround(scene, 4, { client: scene.elsewhere(), credential: scene.partner.credentialAt(timeUs) }, timeUs)
  }
}

export function dormantCredential(scene: Scene): void {
  const timeUs = scene.workingTime()
  const isSamePlace = scene.label.intensity <= 2
  const client = isSamePlace ? scene.partner.printAt(timeUs) : scene.elsewhere()
  lookAround(scene, scene.of([2, 5, 10, 30, 100]), { client, credential: scene.partner.credentialAt(timeUs) }, timeUs)
}

/** Wrong secrets until one is right. */
export function failuresThenSuccess(scene: Scene): void {
  const timeUs = scene.workingTime()
  const right = scene.partner.credentialAt(timeUs)
  const client = scene.elsewhere()
  const count = scene.of([8, 15, 40, 150, 600])
  const list = scene.route(scene.target, "list")
  let at = timeUs
  for (let k = 0; k < count; k++) {
    const credential = new Credential({ ...right.fields, serial: 1000 + k })
    const caller = scene.caller(at, HOUR_US / 2 / count, { client, credential })
    caller.call(list, { status: 401 })
    at = caller.timeUs
  }
  lookAround(scene, 6, { client, credential: right }, at)
}
