// What an endpoint's bodies have in common, by direction, status and media type: what drift and export compare and write.
import type { EndpointRecord } from "../../store/records.ts"
import { mergedSchema, type SchemaNode, type SchemaTexts } from "../schema/schema-tree.ts"

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
  }))
}

/** Shapes whose texts `observedBodies` asks for. */
export function shapesOf({ bodies }: Pick<EndpointRecord, "bodies">): number[] {
  return bodies.flatMap(({ shapes }) => Object.keys(shapes).map(Number)).filter((shape) => shape !== 0)
}
