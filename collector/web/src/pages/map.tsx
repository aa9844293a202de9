// Who talks to what: a picture (callers left, services right, as thick as there is traffic), and the same as a table.
import { useMemo, useState } from "preact/hooks"
import { query as queryText, useApi } from "../api.ts"
import { bytes, compact } from "../format.ts"
import { callerOf, classesOf, layMap, type MapPicture, type PlacedEnd } from "../map-layout.ts"
import { Chip } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { DataClasses, ErrorShare, Host } from "../parts/labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Nothing, Table } from "../parts/table.tsx"
import { setQuery } from "../router.ts"
import type { MapEdge, Partner, TrafficMap } from "../types/consumers.ts"

/** Edges asked for: what thirty a side can have. */
const EDGES_MAX = 900
const NAME_MAX = 36

const short = (name: string): string => (name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}…`)
/** Those of no partner are found among the consumers. */
const pageOf = (page: string, id: string): string => (id === "" ? "/consumers" : `${page}/${encodeURIComponent(id)}`)
const callerPage = (edge: MapEdge): string =>
  edge.consumer !== null ? pageOf("/consumers", edge.consumer.id) : pageOf("/partners", edge.partner?.id ?? "")

interface EndsProps {
  readonly ends: readonly PlacedEnd[]
  readonly side: "left" | "right"
  readonly x: number
  readonly page: string
  readonly isLit: (id: string) => boolean
  readonly look: (id: string | null) => void
}

function Ends({ ends, side, x, page, isLit, look }: EndsProps) {
  return (
    <g>
      {ends.map(({ id, name, requests, y }) => (
        <a
          key={id}
          href={pageOf(page, id)}
          class={isLit(id) ? "map-end" : "map-end dim"}
          onMouseEnter={() => look(id)}
          onMouseLeave={() => look(null)}
          onFocus={() => look(id)}
          onBlur={() => look(null)}
        >
          <title>{`${name}, ${compact(requests)} requests`}</title>
          <circle cx={x} cy={y} r="4" />
          <text x={side === "left" ? x - 12 : x + 12} y={y + 4} text-anchor={side === "left" ? "end" : "start"}>
            {short(name)}
          </text>
        </a>
      ))}
    </g>
  )
}

const edgeName = ({ requests, errors, responseBytes, service, ...edge }: MapEdge, classes: readonly string[]): string =>
  `${callerOf({ requests, errors, responseBytes, service, ...edge }).name} to ${service.name}: ${compact(requests)} requests, ` +
  `${compact(errors)} errors, ${bytes(responseBytes)} received${classes.length === 0 ? "" : `, ${classes.join(", ")}`}`

function Picture({ picture, callers }: { readonly picture: MapPicture; readonly callers: string }) {
  const [at, look] = useState<string | null>(null)
  const lit = useMemo(() => {
    if (at === null) return null
    const edges = picture.edges.filter(({ caller, edge }) => caller === at || edge.service.id === at)
    return new Set([at, ...edges.flatMap(({ caller, edge }) => [caller, edge.service.id])])
  }, [at, picture])
  const isLit = (id: string): boolean => lit === null || lit.has(id)
  const { width, height, left, right, hidden } = picture
  return (
    <>
      <svg class="map" viewBox={`0 0 ${width} ${height}`}>
        <title>Map of callers and services</title>
        <g fill="none">
          {picture.edges.map(({ edge, caller, path, width: stroke, classes }) => {
            const isOn = at === null || caller === at || edge.service.id === at
            const tone = classes.length > 0 ? "map-edge data" : "map-edge"
            return (
              <path
                key={`${caller} ${edge.service.id}`}
                class={isOn ? (at === null ? tone : `${tone} lit`) : `${tone} dim`}
                d={path}
                stroke-width={stroke}
              >
                <title>{edgeName(edge, classes)}</title>
              </path>
            )
          })}
        </g>
        <Ends ends={picture.callers} side="left" x={left} page={callers} isLit={isLit} look={look} />
        <Ends ends={picture.services} side="right" x={right} page="/services" isLit={isLit} look={look} />
      </svg>
      <p class="map-key faint">
        <span class="map-swatch" aria-hidden="true" /> traffic
        <span class="map-swatch data" aria-hidden="true" /> with classified data. The thicker, the more requests.
        {hidden.callers + hidden.services === 0
          ? ""
          : ` Not drawn: ${hidden.callers} callers and ${hidden.services} services with less traffic; see the table.`}
      </p>
    </>
  )
}

const COLUMNS: readonly Column<MapEdge>[] = [
  {
    name: "Caller",
    grow: true,
    cell: (row) => (
      <a data-main href={callerPage(row)}>
        {callerOf(row).name}
      </a>
    ),
  },
  {
    name: "Service",
    wrap: "name",
    cell: (row) => (
      <a href={`/services/${encodeURIComponent(row.service.id)}`}>
        <Host name={row.service.name} />
      </a>
    ),
  },
  {
    name: "Data",
    wrap: "words",
    cell: (row) => <DataClasses classes={Object.fromEntries(classesOf(row).map((name) => [name, 1]))} />,
  },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Received", number: true, spare: true, cell: (row) => bytes(row.responseBytes) },
]

/** Rows of the table before the rest is asked for. */
const ROWS_SHOWN = 100

function Content({ map, by }: { readonly map: TrafficMap; readonly by: string }) {
  const picture = useMemo(() => layMap(map), [map])
  const [isLong, setLong] = useState(false)
  const rows = isLong ? map.items : map.items.slice(0, ROWS_SHOWN)
  return (
    <>
      <section class="panel" aria-label="Picture">
        <div class="panel-body">
          <Picture picture={picture} callers={by === "partner" ? "/partners" : "/consumers"} />
          {map.rest.edges === 0 ? null : <p class="soft">{map.rest.sentence}</p>}
          <p class="faint">
            Not in it: requests that belong to no endpoint, because nothing was found at their path or no answer was
            seen. Lists of consumers count them; the page of a service says how many, and why.
          </p>
        </div>
      </section>
      <section class="panel" aria-labelledby="pairs">
        <div class="panel-head">
          <h2 id="pairs">The same as a table</h2>
        </div>
        <Table
          columns={COLUMNS}
          rows={rows}
          label="Requests by caller and service"
          keyOf={(row) => `${callerOf(row).id} ${row.service.id}`}
        />
        {rows.length === map.items.length ? null : (
          <div class="below">
            {rows.length} of {map.items.length} shown
            <button type="button" class="button push" onClick={() => setLong(true)}>
              Show all
            </button>
          </div>
        )}
      </section>
    </>
  )
}

function PartnerChip({ id }: { readonly id: string }) {
  const { body } = useApi<Partner>(`/partners/${encodeURIComponent(id)}`)
  return <Chip name="partner" text={`of ${body?.name ?? id}`} />
}

export function MapPage({ query }: { readonly query: URLSearchParams }) {
  const by = query.get("by") === "partner" ? "partner" : "consumer"
  const [partner, service] = [query.get("partner") ?? "", query.get("service") ?? ""]
  const answer = useApi<TrafficMap>(`/map${queryText({ by, partner, service, limit: EDGES_MAX })}`)
  const filtered = partner !== "" || service !== ""
  return (
    <>
      <Head title="Map" sub={`Which ${by} talks to which service.`}>
        <fieldset class="switch">
          <legend class="unseen">Callers</legend>
          {(["consumer", "partner"] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={by === kind}
              onClick={() => setQuery({ by: kind === "consumer" ? "" : kind })}
            >
              {kind === "consumer" ? "Consumers" : "Partners"}
            </button>
          ))}
        </fieldset>
      </Head>
      {filtered ? (
        <search class="filters">
          {partner === "" ? null : <PartnerChip id={partner} />}
          {service === "" ? null : <Chip name="service" text={`to ${service}`} />}
        </search>
      ) : null}
      <Loaded answer={answer}>
        {(map) =>
          map.items.length === 0 ? (
            <div class="panel">
              <Nothing
                what="pairs"
                filtered={filtered}
                how="A line appears when a consumer has been answered by an endpoint of a service."
              />
            </div>
          ) : (
            <Content map={map} by={by} />
          )
        }
      </Loaded>
    </>
  )
}
