// The child process in which libpcap runs, through the npm package cap: it ends the process when the link goes down, and
// keeps the event loop while packets come.
//
// In:  arguments: interface, filter in libpcap's language ("" for none). The end of standard input means: stop.
// Out: frames (libpcap-frames.ts) on standard output. A reader that is slow holds this process up; libpcap then loses
// packets, and does not say how many. On failure: one sentence on standard error, exit code 1.
import { writeSync } from "node:fs"
import { createRequire } from "node:module"
import { FRAME_BYTES_MAX, FrameWriter } from "../libpcap-frames.ts"

const KERNEL_BUFFER_BYTES = 32 * 1024 * 1024
const MARK_MS = 100
/** How far the clock that only goes forward may be from the one on the wall before it is set anew, µs. */
const DRIFT_US_MAX = 5000

interface Cap {
  open(device: string, filter: string, bufferBytes: number, packet: Buffer): string
  on(event: "packet", receive: (length: number) => void): void
  close(): void
}

/** Link types by the names that cap gives them; it knows no others. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
}

let offsetUs = performance.timeOrigin * 1000

/** Time of arrival here, µs since 1970: cap does not pass the kernel's on. */
function nowUs(): number {
  const elapsedUs = performance.now() * 1000
  const wallUs = Date.now() * 1000
  if (Math.abs(offsetUs + elapsedUs - wallUs) > DRIFT_US_MAX) offsetUs = wallUs - elapsedUs
  return Math.floor(offsetUs + elapsedUs)
}

function fail(error: unknown): never {
  writeSync(2, `${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
}

function capture(device: string, filter: string): void {
  const { Cap } = createRequire(import.meta.url)("cap") as { Cap: new () => Cap }
  const cap = new Cap()
  const packet = Buffer.allocUnsafeSlow(FRAME_BYTES_MAX)
  const frames = new FrameWriter(writeAll)
  const name = cap.open(device, filter, KERNEL_BUFFER_BYTES, packet)
  const link = LINK_TYPES[name]
  if (link === undefined) throw new Error(`packets of its kind (${name}) cannot be read`)
  frames.hello(link, nowUs())
  let isFlushing = false
  cap.on("packet", (length) => {
    frames.packet(packet, length, nowUs())
    if (isFlushing) return
    isFlushing = true
    setImmediate(() => {
      isFlushing = false
      frames.flush()
    })
  })
  setInterval(() => frames.mark(nowUs()), MARK_MS)
  process.stdin.on("end", () => {
    cap.close()
    frames.mark(nowUs())
    process.exit(0)
  })
  process.stdin.resume()
}

process.on("uncaughtException", fail)
capture(process.argv[2] ?? "", process.argv[3] ?? "")
