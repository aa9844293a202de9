// A line of a shape, read: which field of a body it speaks of, and what stands there.
//
//   items[].customer.e\.mail:string|null%4#email
//   path, a step each         types       |  data class
//                                         about so many distinct values
//
// Written by sensor/summary/json-shape-text.ts. Lines come from the network: whatever does not read is null, and nothing throws.

/** Steps that are no names: any element of an array, any key of an object whose keys are values. */
export const ELEMENT = "[]"
export const ANY_KEY = "{}"

export interface ShapeLine {
  /** As written, without types: "items[].id"; "" is the body itself. */
  readonly path: string
  readonly types: readonly string[]
  /** Distinct values, of a field that has few in many bodies; 0: not told. */
  readonly values: number
  /** "" without one. */
  readonly dataClass: string
}

export interface PathStep {
  /** As written: with its escapes, or ELEMENT or ANY_KEY. */
  readonly text: string
  /** Path up to here. */
  readonly path: string
}

export function readLine(line: string): ShapeLine | null {
  const colon = line.lastIndexOf(":")
  if (colon < 0) return null
  let rest = line.slice(colon + 1)
  const mark = rest.indexOf("#")
  const dataClass = mark < 0 ? "" : rest.slice(mark + 1)
  if (mark >= 0) rest = rest.slice(0, mark)
  const percent = rest.indexOf("%")
  const values = percent < 0 ? 0 : Number.parseInt(rest.slice(percent + 1), 10) || 0
  if (percent >= 0) rest = rest.slice(0, percent)
  if (rest === "") return null
  return { path: line.slice(0, colon), types: rest.split("|"), values, dataClass }
}

/** Path and types: what a line says of the field's structure. */
export function structureOf(line: string): string {
  const colon = line.lastIndexOf(":")
  for (let i = colon + 1; i < line.length; i++) if (line[i] === "#" || line[i] === "%") return line.slice(0, i)
  return line
}

export function stepsOf(path: string): PathStep[] {
  const steps: PathStep[] = []
  for (let at = 0; at < path.length; ) {
    if (path[at] === "[" && path[at + 1] === "]") {
      at += 2
      steps.push({ text: ELEMENT, path: path.slice(0, at) })
      continue
    }
    const start = path[at] === "." ? at + 1 : at
    at = start
    while (at < path.length && path[at] !== "." && path[at] !== "[") at += path[at] === "\\" ? 2 : 1
    // A bracket alone is no step: read on, so that every path comes to an end.
    if (at === start) at++
    steps.push({ text: path.slice(start, at), path: path.slice(0, at) })
  }
  return steps
}

/** A key without its escapes: what a body has. */
export function nameOf(text: string): string {
  if (text === '""') return ""
  return text.replace(
    /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|(.))/gsu,
    (whole, long?: string, short?: string, one?: string) => {
      const hex = long ?? short
      if (hex === undefined) return one ?? whole
      const code = Number.parseInt(hex, 16)
      return code > 0x10ffff ? whole : String.fromCodePoint(code)
    },
  )
}
