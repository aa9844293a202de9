// A whole list as a file: every row that matches, a page of the store at a time, in CSV, NDJSON or JSON.
//
// In:  how to read a page, how a row is shown, its columns. Out: a stream. Nothing but one page is in memory, and between two pages
// others are served. Given up: rows beyond EXPORT_ROWS_MAX; `x-total-rows` says how many there were when it began.
import { Readable } from "node:stream"
import type { Page, PageRequest } from "../store/store.ts"
import { type Cell, csvLine } from "./csv.ts"
import { Type } from "./schema.ts"

export const EXPORT_ROWS_MAX = 100_000
const PAGE = 500

export const FORMATS = ["csv", "ndjson", "json"] as const
export type Format = (typeof FORMATS)[number]

/** Parameter of lists that can be had as a file. */
export const FormatParameter = {
  format: Type.Optional(
    Type.Unsafe<Format>({
      type: "string",
      enum: [...FORMATS],
      description: `All rows that match as a file (at most ${EXPORT_ROWS_MAX.toLocaleString("en")}), in place of a page: limit and cursor do not count. csv: RFC 4180; ndjson: an object a line; json: an array.`,
    }),
  ),
}

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
  json: "application/json; charset=utf-8",
}

/** Name of the column to what stands in it. */
export type Columns<View> = Readonly<Record<string, (view: View) => Cell>>

export interface ExportedList<Row, View> {
  /** Name of the file, without its ending. */
  readonly name: string
  readonly read: (page: PageRequest) => Promise<Page<Row>>
  readonly view: (rows: readonly Row[]) => Promise<readonly View[]> | readonly View[]
  readonly columns: Columns<View>
}

interface Reply {
  header(name: string, value: string | number): unknown
  send(payload: never): unknown
}

/**
 * Answers with the file. Rejects before the first byte when the first page cannot be read. What a handler returns when it has sent
 * something itself is the reply, which is of no type that its schemas know: hence never.
 */
export async function sendExport<Row, View>(
  reply: Reply,
  format: Format,
  sort: string | undefined,
  list: ExportedList<Row, View>,
): Promise<never> {
  const first = await list.read({ limit: PAGE, sort })
  reply.header("content-type", MEDIA_TYPES[format])
  reply.header("content-disposition", `attachment; filename="${list.name}.${format}"`)
  reply.header("x-total-rows", first.total)
  reply.send(Readable.from(linesOf(format, first, sort, list), { objectMode: true, highWaterMark: 1 }) as never)
  return reply as never
}

/** Pages as texts. */
async function* linesOf<Row, View>(
  format: Format,
  first: Page<Row>,
  sort: string | undefined,
  { read, view, columns }: ExportedList<Row, View>,
): AsyncGenerator<string> {
  const cells = Object.values(columns)
  let left = EXPORT_ROWS_MAX
  if (format === "csv") yield csvLine(Object.keys(columns))
  if (format === "json") yield "["
  for (let page: Page<Row> | null = first; page !== null; ) {
    const views = await view(page.items.slice(0, left))
    const isFirst = left === EXPORT_ROWS_MAX
    left -= views.length
    if (format === "csv") yield views.map((row) => csvLine(cells.map((cell) => cell(row)))).join("")
    else if (format === "ndjson") yield views.map((row) => `${JSON.stringify(row)}\n`).join("")
    else yield `${isFirst ? "" : ",\n"}${views.map((row) => JSON.stringify(row)).join(",\n")}`
    await new Promise<void>((resolve) => setImmediate(resolve))
    page = page.next === null || left === 0 ? null : await read({ limit: PAGE, sort, cursor: page.next })
  }
  if (format === "json") yield "]\n"
}
