// A table of links: sortable by what the API can sort, paged by its cursors, so that the number of rows does not matter.
import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { type Answer, query, useApi } from "../api.ts"
import { count } from "../format.ts"
import { setQuery } from "../router.ts"
import type { Page } from "../types/common.ts"
import { Blank, Loaded } from "./states.tsx"

export interface Column<T> {
  readonly name: string
  /** Field of the API's sort, when it has one. */
  readonly sort?: string
  /** Numbers start with the greatest. */
  readonly number?: boolean
  readonly grow?: boolean
  /** Takes a second line rather than room that is not there: between words, or a name anywhere. */
  readonly wrap?: "words" | "name"
  /** Left out on narrow screens (true), or on all but wide ones. */
  readonly spare?: boolean | "wide"
  readonly cell: (row: T) => ComponentChildren
}

interface TableProps<T> {
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly label: string
  readonly keyOf: (row: T) => string
  readonly sort?: string
  readonly onSort?: (sort: string) => void
}

function classOf(column: Pick<Column<never>, "number" | "grow" | "wrap" | "spare">): string {
  const place = column.number ? "number" : column.grow ? "grow" : (column.wrap ?? "")
  return column.spare ? `${place} ${column.spare === "wide" ? "wide-only" : "narrow-hidden"}` : place
}

function HeadCell<T>({ column, sort, onSort }: { column: Column<T>; sort?: string; onSort?: (sort: string) => void }) {
  const field = column.sort
  if (field === undefined || onSort === undefined) {
    return (
      <th scope="col" class={classOf(column)}>
        {column.name}
      </th>
    )
  }
  const state = sort === field ? "ascending" : sort === `-${field}` ? "descending" : "none"
  const first = column.number ? `-${field}` : field
  const second = column.number ? field : `-${field}`
  return (
    <th scope="col" class={classOf(column)} aria-sort={state}>
      <button type="button" class="sort" onClick={() => onSort(sort === first ? second : first)}>
        {column.name}
      </button>
    </th>
  )
}

export function Table<T>({ columns, rows, label, keyOf, sort, onSort }: TableProps<T>) {
  return (
    <div class="table-wrap">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell
                key={column.name}
                column={column}
                {...(sort === undefined ? {} : { sort })}
                {...(onSort === undefined ? {} : { onSort })}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-row>
              {columns.map((column) => (
                <td key={column.name} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const PAGE_ROWS = 100

interface ListProps<T> {
  /** "/endpoints". */
  readonly path: string
  readonly filters: Readonly<Record<string, string>>
  readonly sort: string
  readonly columns: readonly Column<T>[]
  readonly label: string
  readonly keyOf: (row: T) => string
  readonly empty: ComponentChildren
}

/** A list of the API, page by page. The order is in the address; the cursors behind us are kept for going back. */
export function List<T>(props: ListProps<T>) {
  const { path, filters, sort, columns, label, keyOf } = props
  const list = path + query({ ...filters, sort })
  const [place, setPlace] = useState<{ list: string; cursors: readonly string[] }>({ list, cursors: [] })
  const cursors = place.list === list ? place.cursors : []
  const address = path + query({ ...filters, sort, limit: PAGE_ROWS, cursor: cursors.at(-1) })
  const answer: Answer<Page<T>> = useApi<Page<T>>(address)
  return (
    <div class="panel">
      <Loaded answer={answer}>
        {({ items, next, total }) => {
          if (total === 0) return props.empty
          const first = cursors.length * PAGE_ROWS + 1
          const go = (to: readonly string[]): void => {
            setPlace({ list, cursors: to })
            scrollTo(0, 0)
          }
          return (
            <>
              <Table
                columns={columns}
                rows={items}
                label={label}
                keyOf={keyOf}
                sort={sort}
                onSort={(order) => setQuery({ sort: order })}
              />
              <div class="below">
                <span role="status">
                  {count(first)}–{count(first + items.length - 1)} of {count(total)}
                </span>
                <button
                  type="button"
                  class="button push"
                  disabled={cursors.length === 0}
                  onClick={() => go(cursors.slice(0, -1))}
                >
                  Previous
                </button>
                <button
                  type="button"
                  class="button"
                  disabled={next === null}
                  onClick={() => next !== null && go([...cursors, next])}
                >
                  Next
                </button>
              </div>
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

interface NothingProps {
  readonly what: string
  readonly filtered: boolean
  /** How the first one comes about, where traffic alone does not bring it. */
  readonly how?: string
}

const BY_TRAFFIC = "They appear when a sensor has put the first exchanges back together. See Sensors for what arrives."

export function Nothing({ what, filtered, how = BY_TRAFFIC }: NothingProps) {
  return filtered ? (
    <Blank title={`No ${what} match.`}>
      <p>Change the search or the filters.</p>
    </Blank>
  ) : (
    <Blank title={`No ${what} yet.`}>
      <p>{how}</p>
    </Blank>
  )
}
