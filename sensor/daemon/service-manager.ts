// What the service manager is told: sd_notify(3), one datagram of KEY=VALUE lines to $NOTIFY_SOCKET.
//
// In:  states of the process. Out: messages. Without a socket nothing is sent and nothing costs anything.
// The watchdog (WATCHDOG_USEC) is fed at half its period, and only while `isAlive` says that the work goes on: a process
// that merely turns its event loop must be restarted all the same.

/** Sends one message; throws when nobody listens, which is no reason to stop. */
export type Notify = (message: string) => void

export class ServiceManager {
  readonly #notify: Notify | null
  readonly #isAlive: () => boolean
  readonly #watchdog: NodeJS.Timeout | null
  #status = ""

  /** `watchdogUs`: 0 when the manager watches nothing. */
  constructor(notify: Notify | null, watchdogUs: number, isAlive: () => boolean) {
    this.#notify = notify
    this.#isAlive = isAlive
    this.#watchdog =
      notify === null || watchdogUs <= 0 ? null : setInterval(() => this.#feed(), Math.max(1, watchdogUs / 2000))
    this.#watchdog?.unref()
  }

  /** The service has started. */
  ready(status: string): void {
    this.#status = status
    this.#send(`READY=1\nSTATUS=${oneLine(status)}`)
  }

  /** One line for `systemctl status`; sent when it has changed. */
  status(status: string): void {
    if (status === this.#status) return
    this.#status = status
    this.#send(`STATUS=${oneLine(status)}`)
  }

  /** The configuration is read again; `nowUs` of the monotonic clock. `ready` follows. */
  reloading(nowUs: number): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${Math.floor(nowUs)}`)
  }

  stopping(): void {
    if (this.#watchdog !== null) clearInterval(this.#watchdog)
    this.#send("STOPPING=1")
  }

  #feed(): void {
    if (this.#isAlive()) this.#send("WATCHDOG=1")
  }

  #send(message: string): void {
    try {
      this.#notify?.(message)
    } catch {
      // The manager went away, or its queue is full for now; the next message will tell.
    }
  }
}

/** A line feed would begin another assignment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ")
}
