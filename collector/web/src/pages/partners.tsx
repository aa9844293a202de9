import { send, useApi } from "../api.ts"
import { compact, count, time } from "../format.ts"
import { Search } from "../parts/filters.tsx"
import { EditButton } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { ErrorShare, Labels } from "../parts/labels.tsx"
import { PARTNER_FIELDS, partnerBody } from "../parts/partner-form.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Edited, Page } from "../types/common.ts"
import type { Partner, PartnerSuggestion } from "../types/consumers.ts"

const COLUMNS: readonly Column<Partner>[] = [
  {
    name: "Partner",
    sort: "name",
    grow: true,
    cell: (row) => (
      <a data-main href={`/partners/${encodeURIComponent(row.id)}`}>
        <strong>{row.name}</strong>
      </a>
    ),
  },
  { name: "Owner", sort: "owner", cell: (row) => row.owner || <span class="faint">–</span> },
  { name: "Labels", wrap: "words", spare: true, cell: (row) => <Labels labels={row.labels} /> },
  { name: "Source", spare: true, cell: (row) => <span class="soft">{row.source}</span> },
  { name: "Consumers", number: true, cell: (row) => count(row.consumers) },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Last seen", number: true, cell: (row) => time(row.lastSeen) },
]

const added = async (body: object): Promise<string> => (await send<Edited>("POST", "/partners", body)).sentence

function Suggestions() {
  const { body } = useApi<Page<PartnerSuggestion>>("/partners/suggestions")
  if (body === null || body.items.length === 0) return null
  return (
    <section class="panel" aria-labelledby="suggested">
      <div class="panel-head">
        <h2 id="suggested">Seem to belong together</h2>
        <span class="aside">consumers of no partner yet</span>
      </div>
      <div class="panel-body">
        <ul class="lines">
          {body.items.slice(0, 12).map((suggestion) => (
            <li key={`${suggestion.kind} ${suggestion.name}`} class="spread">
              <span class="what">
                {suggestion.sentence}{" "}
                <span class="faint">
                  {suggestion.consumers
                    .slice(0, 6)
                    .map(({ name }) => name)
                    .join(", ")}
                </span>
              </span>
              {suggestion.rule === null ? null : (
                <EditButton
                  label="Make a partner"
                  about={suggestion.name}
                  fields={PARTNER_FIELDS({ name: suggestion.name, rules: [suggestion.rule] })}
                  submit="Add the partner"
                  send={(values) => added(partnerBody(values))}
                />
              )}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

export function PartnersPage({ query }: { readonly query: URLSearchParams }) {
  const search = query.get("search") ?? ""
  return (
    <>
      <Head title="Partners" sub="Whose consumers they are, what was agreed, and what is done.">
        <EditButton
          label="Add a partner"
          fields={PARTNER_FIELDS({})}
          submit="Add the partner"
          effect={({ rules }) =>
            rules?.trim()
              ? "Consumers that the rules fit are its members at once, for the past, too."
              : "Without rules it has no members until consumers are assigned to it."
          }
          send={(values) => added(partnerBody(values))}
        />
      </Head>
      <search class="filters">
        <Search value={search} label="Search partners" />
      </search>
      <List<Partner>
        path="/partners"
        filters={{ search }}
        sort={query.get("sort") ?? "name"}
        columns={COLUMNS}
        label="Partners"
        keyOf={(row) => row.id}
        empty={
          <Nothing
            what="partners"
            filtered={search !== ""}
            how="People name them: add one here, or in the file of the collector's option --partners."
          />
        }
      />
      <Suggestions />
    </>
  )
}
