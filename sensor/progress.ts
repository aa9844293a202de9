// Progress on a terminal for anything over a second; silent in a pipe.
import type { PacketSource } from "./capture/packet-source.ts"

const FIRST_MS = 1000
const EVERY_MS = 500

const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0)

/** Starts showing how far `source` is on `terminal`; the returned function ends it and clears the line. */
export function showProgress(source: Pick<PacketSource, "progress">, terminal: NodeJS.WriteStream): () => void {
  return showLine(terminal, () => {
    const { consumed, total } = source.progress
    const share =
      total === null || total === 0 ? "" : ` of ${mebibytes(total)} MiB, ${Math.floor((100 * consumed) / total)} %`
    return `${mebibytes(consumed)}${share === "" ? " MiB" : share} read`
  })
}

/** Shows a line that changes, from the first second on. */
export function showLine(terminal: NodeJS.WriteStream, line: () => string): () => void {
  if (!terminal.isTTY) return () => undefined
  let shown = false
  const draw = (): void => {
    terminal.write(`\r${line()}\u001b[K`)
    shown = true
  }
  let timer: NodeJS.Timeout = setTimeout(() => {
    draw()
    timer = setInterval(draw, EVERY_MS)
    timer.unref()
  }, FIRST_MS)
  timer.unref()
  return () => {
    clearTimeout(timer)
    clearInterval(timer)
    if (shown) terminal.write("\r\u001b[K")
  }
}
