// Where the map's ends stand and how its edges run: callers on the left, services on the right, busiest first.
import type { MapEdge, TrafficMap } from "./types/consumers.ts"

/** Ends a side, at most: below them all the others stand as one. */
export const ENDS_MAX = 30
const STEP = 24
const TOP = 14
const WIDTH = 880
const LEFT = 270
const RIGHT = 620

export interface PlacedEnd {
  readonly id: string
  readonly name: string
  readonly requests: number
  readonly y: number
}

export interface PlacedEdge {
  readonly edge: MapEdge
  readonly caller: string
  readonly path: string
  /** Width of the line, pixels. */
  readonly width: number
  /** Classes of data in either direction. */
  readonly classes: readonly string[]
}

export interface MapPicture {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly callers: readonly PlacedEnd[]
  readonly services: readonly PlacedEnd[]
  readonly edges: readonly PlacedEdge[]
  readonly hidden: { readonly callers: number; readonly services: number }
}

export const callerOf = (edge: MapEdge): { readonly id: string; readonly name: string } =>
  edge.consumer ?? edge.partner ?? { id: "", name: "no partner" }

function placed(ends: TrafficMap["callers"], height: number): PlacedEnd[] {
  const shown = ends.slice(0, ENDS_MAX)
  const step = shown.length < 2 ? 0 : Math.min(STEP * 3, (height - 2 * TOP) / (shown.length - 1))
  const from = height / 2 - (step * (shown.length - 1)) / 2
  return shown.map(({ id, name, requests }, i) => ({ id, name, requests, y: Math.round(from + i * step) }))
}

export const classesOf = ({ dataClasses: { request, response } }: MapEdge): string[] =>
  [...new Set([...Object.keys(request), ...Object.keys(response)])].sort()

export function layMap(map: TrafficMap): MapPicture {
  const rows = Math.min(ENDS_MAX, Math.max(map.callers.length, map.services.length, 2))
  const height = 2 * TOP + (rows - 1) * STEP
  const callers = placed(map.callers, height)
  const services = placed(map.services, height)
  const callerY = new Map(callers.map(({ id, y }) => [id, y]))
  const serviceY = new Map(services.map(({ id, y }) => [id, y]))
  const most = map.items.reduce((max, { requests }) => Math.max(max, requests), 1)
  const bend = (RIGHT - LEFT) / 2
  const edges = map.items.flatMap((edge): PlacedEdge[] => {
    const caller = callerOf(edge).id
    const [from, to] = [callerY.get(caller), serviceY.get(edge.service.id)]
    if (from === undefined || to === undefined) return []
    const path = `M${LEFT} ${from}C${LEFT + bend} ${from} ${RIGHT - bend} ${to} ${RIGHT} ${to}`
    return [{ edge, caller, path, width: 1 + 9 * Math.sqrt(edge.requests / most), classes: classesOf(edge) }]
  })
  // The thin ones on top, so that none is hidden.
  edges.sort((a, b) => b.width - a.width)
  return {
    width: WIDTH,
    height,
    left: LEFT,
    right: RIGHT,
    callers,
    services,
    edges,
    hidden: { callers: map.callers.length - callers.length, services: map.services.length - services.length },
  }
}
