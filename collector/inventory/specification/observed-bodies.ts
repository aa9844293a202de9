// What an endpoint's bodies have in common, by direction, status and media type: what drift and export compare and write.
import type { EndpointRecord } from "../../store/records.ts"
import { mergedSchema, type SchemaNode, type SchemaTexts } from "../schema/schema-tree.ts"
import { readLine } from "../schema/shape-line.ts"

export interface ObservedBody {
  readonly direction: "request" | "response"
  /** Of requests 0. */
  readonly status: number
  readonly contentType: string
  readonly bodies: number
  readonly firstSeenUs: number
  readonly lastSeenUs: number
  /** Null when no shape is known. */
  readonly root: SchemaNode | null
  /** Shapes that hold the field, or something below it, with types of which `isSuch` is so. */
  shapesWith(path: string, isSuch: (types: readonly string[]) => boolean): readonly number[]
}

export function observedBodies({ bodies }: Pick<EndpointRecord, "bodies">, texts: SchemaTexts): ObservedBody[] {
  return bodies.map((body) => ({
    direction: body.direction,
    status: body.status,
    contentType: body.contentType,
    bodies: body.bodies,
    firstSeenUs: body.firstSeenUs,
    lastSeenUs: body.lastSeenUs,
    root: mergedSchema([body], texts).root,
    shapesWith: (path, isSuch) =>
      Object.keys(body.shapes)
        .map(Number)
        .filter((shape) => texts.get(shape)?.paths.some((line) => holds(line, path, isSuch))),
  }))
}

/** Of what lies below a field it follows that the field is an object or an array. */
function holds(line: string, path: string, isSuch: (types: readonly string[]) => boolean): boolean {
  const read = readLine(line)
  if (read === null) return false
  if (read.path === path) return isSuch(read.types)
  const isBelow = path === "" ? read.path !== "" : read.path.startsWith(path) && /[.[]/.test(read.path[path.length]!)
  if (!isBelow) return false
  return isSuch([read.path.startsWith("[", path.length) ? "array" : "object"])
}

/** Shapes whose texts `observedBodies` asks for. */
export function shapesOf({ bodies }: Pick<EndpointRecord, "bodies">): number[] {
  return bodies.flatMap(({ shapes }) => Object.keys(shapes).map(Number)).filter((shape) => shape !== 0)
}
