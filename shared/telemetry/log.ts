// Structured log on stderr through pino: one line an occurrence, never one an event, never payload. Owner of pino.
import { pino } from "pino"

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, sentence: string): void
  warn(fields: Readonly<Record<string, unknown>>, sentence: string): void
  error(fields: Readonly<Record<string, unknown>>, sentence: string): void
}

/** Lines of one sentence a minute; more are counted and said with the next one that passes. */
const LINES_A_MINUTE = 10
const SENTENCES_MAX = 1024

/** A log to stderr. `now` is injected so that the rate limit can be tested. */
export function createLog(program: string, level: string, now: () => number = Date.now): Log {
  const out = pino({ name: program, level, base: { program } }, pino.destination({ dest: 2, sync: true }))
  const recent = new Map<string, { minute: number; lines: number; held: number }>()
  const limited =
    (method: "info" | "warn" | "error") =>
    (fields: Readonly<Record<string, unknown>>, sentence: string): void => {
      const minute = Math.floor(now() / 60_000)
      let seen = recent.get(sentence)
      if (seen === undefined || seen.minute !== minute) {
        if (recent.size >= SENTENCES_MAX) recent.clear()
        const held = seen?.held ?? 0
        seen = { minute, lines: 0, held: 0 }
        recent.set(sentence, seen)
        if (held > 0) out[method]({ ...fields, repeated: held }, sentence)
        else out[method](fields, sentence)
        seen.lines = 1
      } else if (seen.lines < LINES_A_MINUTE) {
        seen.lines++
        out[method](fields, sentence)
      } else seen.held++
    }
  return { info: limited("info"), warn: limited("warn"), error: limited("error") }
}

export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
