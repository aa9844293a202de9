import { send, useApi } from "../api.ts"
import { dayAfter, EXCEPTION_COLUMNS, ExceptionButton, type Offered } from "../parts/exceptions.tsx"
import { EditButton } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { detectionName } from "../parts/incident-labels.tsx"
import { Blank } from "../parts/states.tsx"
import { type Column, List } from "../parts/table.tsx"
import type { Edited, Named, Page } from "../types/common.ts"
import type { Budget, Detection, Exception } from "../types/incidents.ts"

function useOffered(): Offered {
  const named = (rows: readonly Named[] | undefined) => (rows ?? []).map(({ id, name }) => [id, name] as const)
  const consumers = useApi<Page<Named>>("/consumers?sort=name&limit=1000").body?.items
  const partners = useApi<Page<Named>>("/partners?sort=name&limit=500").body?.items
  const endpoints = useApi<Page<{ readonly id: string; readonly method: string; readonly template: string }>>(
    "/endpoints?sort=template&limit=1000",
  ).body?.items
  const detections = useApi<Page<Detection>>("/detections?limit=100").body?.items
  return {
    consumers: named(consumers),
    partners: named(partners),
    endpoints: (endpoints ?? []).map(({ id, method, template }) => [id, `${method} ${template}`] as const),
    detections: (detections ?? []).map(({ name }) => [name, detectionName(name)] as const),
  }
}

function RemoveButton({ row }: { readonly row: Exception }) {
  return (
    <EditButton
      label="Remove"
      about={`exception ${row.id}`}
      title="Remove the exception"
      fields={[]}
      submit="Remove the exception"
      effect={() => "What it held back opens incidents from now on; what was held back is not raised again."}
      send={async () => (await send<Edited>("DELETE", `/exceptions/${encodeURIComponent(row.id)}`)).sentence}
    />
  )
}

export function ExceptionsPage({ query }: { readonly query: URLSearchParams }) {
  const offered = useOffered()
  const now = useApi<Budget>("/incident-budget").body?.nowAt ?? null
  const columns: readonly Column<Exception>[] = [
    ...EXCEPTION_COLUMNS,
    {
      name: "State",
      cell: ({ until }) =>
        now !== null && until !== null && until <= now ? (
          <span class="badge">over</span>
        ) : (
          <span class="badge good">in force</span>
        ),
    },
    {
      name: "Change",
      cell: (row) => (
        <span class="buttons">
          <ExceptionButton
            label="Edit"
            id={row.id}
            scope={{
              consumer: row.consumer?.id ?? "",
              partner: row.partner?.id ?? "",
              endpoint: row.endpoint ?? "",
              detection: row.detection ?? "",
              owner: row.owner,
              until: row.until?.slice(0, 10) ?? "",
              reason: row.reason,
            }}
            offered={offered}
          />
          <RemoveButton row={row} />
        </span>
      ),
    },
  ]
  return (
    <>
      <Head title="Exceptions" sub="What is allowed although a detection would say otherwise, until a day.">
        <ExceptionButton label="Add an exception" scope={{ until: dayAfter(now) }} offered={offered} />
      </Head>
      <List<Exception>
        path="/exceptions"
        filters={{}}
        sort={query.get("sort") ?? "until"}
        columns={columns}
        label="Exceptions"
        keyOf={(row) => row.id}
        empty={
          <Blank title="No exceptions yet.">
            <p>
              One is made by closing an incident as expected, from an incident, or here. It has an owner, a reason and
              an end.
            </p>
          </Blank>
        }
      />
    </>
  )
}
