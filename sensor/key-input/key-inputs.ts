// All the places that a live run takes keys from, as one.
import { KeyLogFollower } from "./key-log-file.ts"
import { KeySocket } from "./key-socket.ts"
import type { TakeLines } from "./whole-lines.ts"

export interface KeyInputValues {
  readonly keylog: string
  readonly "keylog-socket": string
}

/** Keys may come: records are kept for them for a while. */
export function expectsKeys(values: KeyInputValues): boolean {
  return values.keylog !== "" || values["keylog-socket"] !== ""
}

export class KeyInputs {
  readonly #follower: KeyLogFollower | null
  readonly #socket: KeySocket | null

  private constructor(follower: KeyLogFollower | null, socket: KeySocket | null) {
    this.#follower = follower
    this.#socket = socket
  }

  /** Throws WorldError when the socket cannot be made. */
  static async open(values: KeyInputValues, take: TakeLines, say: (sentence: string) => void): Promise<KeyInputs> {
    const path = values["keylog-socket"]
    const socket = path === "" ? null : await KeySocket.listen(path, take, say)
    const follower = values.keylog === "" ? null : new KeyLogFollower(values.keylog, take, say)
    return new KeyInputs(follower, socket)
  }

  close(): void {
    this.#follower?.close()
    this.#socket?.close()
  }
}
