// Which keys follow which, in one direction of a session: a stage for each stretch of records under the same keys.
//
//   TLS 1.3   (early ->) handshake -> application -> application after KeyUpdate -> ...
//   before    a stage for each ChangeCipherSpec: the next one only after a renegotiation
//
// In: what the hellos agreed on, secrets of the store. Out: stages with ciphers. A stage whose secret is not there (yet) is null.
import type { CipherSuite } from "./cipher-suites.ts"
import { keyBlock, nextSecret, trafficKeys } from "./key-schedule.ts"
import type { KeyStore } from "./key-store.ts"
import { AeadCipher, CbcCipher, type RecordCipher } from "./record-cipher.ts"
import { Secret } from "./secret-labels.ts"

/** Stretch of TLS 1.3; earlier versions have application only. */
export const Epoch = { early: 0, handshake: 1, application: 2 } as const
export type Epoch = (typeof Epoch)[keyof typeof Epoch]

export interface Stage {
  readonly epoch: Epoch
  readonly cipher: RecordCipher
  /** Traffic secret that the keys were made from; null before TLS 1.3. */
  readonly secret: Buffer | null
}

/** What one exchange of hellos has agreed on. */
export interface Agreement {
  readonly suite: CipherSuite
  readonly version: number
  readonly clientRandom: string
  readonly randoms: { readonly client: Uint8Array; readonly server: Uint8Array }
  readonly isMacOutside: boolean
}

export const TLS13 = 0x0304

export function forgetStage(stage: Stage | null): void {
  stage?.cipher.forget()
  stage?.secret?.fill(0)
}

/** The stage of TLS 1.3 that begins with a secret of the key log. */
export function trafficStage(store: KeyStore, agreed: Agreement, epoch: Epoch, isClient: boolean): Stage | null {
  const secret = store.copy(agreed.clientRandom, labelOf(epoch, isClient))
  return secret === null ? null : stageOf(agreed.suite, epoch, secret)
}

/** The stage behind a KeyUpdate. */
export function updatedStage(suite: CipherSuite, stage: Stage): Stage {
  return stageOf(suite, Epoch.application, nextSecret(suite, stage.secret!))
}

/** The stage behind a ChangeCipherSpec. */
export function masterStage(store: KeyStore, agreed: Agreement, isClient: boolean): Stage | null {
  const master = store.copy(agreed.clientRandom, Secret.master)
  if (master === null) return null
  const { suite, version, randoms, isMacOutside } = agreed
  const block = keyBlock(suite, version, master, randoms.client, randoms.server)
  master.fill(0)
  const [keys, other] = isClient ? [block.client, block.server] : [block.server, block.client]
  for (const part of [other.key, other.iv, other.macKey]) part.fill(0)
  const cipher =
    suite.kind === "aead" ? new AeadCipher(suite, keys, false) : new CbcCipher(suite, keys, version, isMacOutside)
  return { epoch: Epoch.application, cipher, secret: null }
}

function stageOf(suite: CipherSuite, epoch: Epoch, secret: Buffer): Stage {
  return { epoch, cipher: new AeadCipher(suite, trafficKeys(suite, secret), true), secret }
}

export function labelOf(epoch: Epoch, isClient: boolean): Secret {
  if (epoch === Epoch.early) return Secret.clientEarly
  if (epoch === Epoch.handshake) return isClient ? Secret.clientHandshake : Secret.serverHandshake
  return isClient ? Secret.clientTraffic : Secret.serverTraffic
}
