// The keys of one session: which stage begins next in each direction.
//
// In:  what the hellos agreed on, handshake messages and ChangeCipherSpecs as they go by. Out: stages, null while the secret or
// the server's word on early data is missing.
import type { Side } from "../flow/flow.ts"
import type { CipherSuite } from "./cipher-suites.ts"
import type { HelloFacts } from "./decryption.ts"
import { type Agreement, Epoch, masterStage, type Stage, TLS13, trafficStage, updatedStage } from "./key-path.ts"
import { type KeyStore, randomName } from "./key-store.ts"

export class KeyRing {
  readonly #store: KeyStore
  readonly #client: Side
  /** Hex digits of the client random: the name of the session in key logs. "" as long as the hello was not seen. */
  random: string
  #agreed: Agreement | null = null
  /** Epoch with which the next stage of each side begins. */
  readonly #wanted: [Epoch, Epoch] = [Epoch.handshake, Epoch.handshake]
  /**
   * Records that come before the first one that opens belong to keys that are not there: early data that the server refused, or
   * a handshake of which only the traffic secrets are known.
   */
  readonly isSkipping: [boolean, boolean] = [false, false]
  /** Whether the server takes early data; null as long as it has not said so. */
  takesEarlyData: boolean | null

  constructor(store: KeyStore, hello: HelloFacts, client: Side) {
    this.#store = store
    this.#client = client
    const { clientRandom, offersEarlyData } = hello
    this.random = clientRandom === null ? "" : randomName(clientRandom)
    this.takesEarlyData = clientRandom === null || offersEarlyData ? null : false
  }

  get isAgreed(): boolean {
    return this.#agreed !== null
  }

  /** What the server says is missing, not a key. */
  get isAsking(): boolean {
    return this.#agreed === null || this.takesEarlyData === null
  }

  get isTls13(): boolean {
    return this.#agreed?.version === TLS13
  }

  agree(hello: HelloFacts, suite: CipherSuite): void {
    const { clientRandom, serverRandom, version, hasEncryptThenMac, isRetried, offersEarlyData } = hello
    this.random = randomName(clientRandom!)
    this.#agreed = {
      suite,
      version,
      clientRandom: this.random,
      randoms: { client: Uint8Array.from(clientRandom!), server: Uint8Array.from(serverRandom!) },
      isMacOutside: hasEncryptThenMac,
    }
    if (!offersEarlyData) this.takesEarlyData = false
    else if (version !== TLS13 || isRetried) this.refuseEarlyData()
    else if (offersEarlyData && this.takesEarlyData === null) this.#wanted[this.#client] = Epoch.early
  }

  /** The server has said whether it takes early data. */
  answerEarlyData(isTaken: boolean): void {
    if (this.takesEarlyData !== null) return
    if (isTaken) this.takesEarlyData = true
    else this.refuseEarlyData()
  }

  refuseEarlyData(): void {
    if (this.takesEarlyData === null) this.isSkipping[this.#client] = true
    this.takesEarlyData = false
    this.#wanted[this.#client] = Epoch.handshake
  }

  /** `side` goes on with the keys of `epoch`. */
  want(side: Side, epoch: Epoch): void {
    this.#wanted[side] = epoch
    this.isSkipping[side] = false
  }

  wanted(side: Side): Epoch {
    return this.#wanted[side]
  }

  /** The stage that begins now; null: something is missing. */
  begin(side: Side): Stage | null {
    const agreed = this.#agreed
    if (agreed === null) return null
    const isClient = side === this.#client
    if (agreed.version !== TLS13) return masterStage(this.#store, agreed, isClient)
    const wanted = this.#wanted[side]
    if (wanted === Epoch.early) {
      if (this.takesEarlyData === null) return null
      const early = trafficStage(this.#store, agreed, Epoch.early, isClient)
      if (early !== null) return early
      this.want(side, Epoch.handshake)
      this.isSkipping[side] = true
    }
    const stage = trafficStage(this.#store, agreed, this.#wanted[side], isClient)
    if (stage !== null || this.#wanted[side] === Epoch.application) return stage
    // A key log names the secrets of the handshake first: where they are missing now they do not come.
    const later = trafficStage(this.#store, agreed, Epoch.application, isClient)
    if (later !== null) {
      this.want(side, Epoch.application)
      this.isSkipping[side] = true
    }
    return later
  }

  /** The stage that follows `stage`, if its secret is there. */
  next(side: Side, stage: Stage): Stage | null {
    const agreed = this.#agreed
    if (agreed === null || agreed.version !== TLS13) return null
    if (stage.epoch === Epoch.application) return updatedStage(agreed.suite, stage)
    const epoch = stage.epoch === Epoch.early ? Epoch.handshake : Epoch.application
    return trafficStage(this.#store, agreed, epoch, side === this.#client)
  }
}
