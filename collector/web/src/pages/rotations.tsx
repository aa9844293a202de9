import { send } from "../api.ts"
import { compact, percent, time } from "../format.ts"
import { Choice } from "../parts/filters.tsx"
import { EditButton, REASON } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { Blank } from "../parts/states.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Edited } from "../types/common.ts"
import type { Rotation, RotationEnd } from "../types/consumers.ts"

const STATES: Readonly<Record<Rotation["state"], readonly [tone: string, name: string]>> = {
  proposed: ["warn", "proposed"],
  confirmed: ["good", "confirmed"],
  rejected: ["", "rejected"],
  withdrawn: ["", "withdrawn"],
}

function End({ end, what }: { readonly end: RotationEnd; readonly what: string }) {
  return (
    <div>
      <a href={`/consumers/${encodeURIComponent(end.id)}`}>{end.name}</a>
      <div class="faint">
        {what}, {compact(end.requests)} requests
      </div>
    </div>
  )
}

function Decision({ rotation }: { readonly rotation: Rotation }) {
  const { former, successor } = rotation
  if (rotation.state !== "proposed")
    return (
      <span class="faint">
        {rotation.by === null ? "" : `by ${rotation.by}`} {rotation.decidedAt === null ? "" : time(rotation.decidedAt)}
      </span>
    )
  const decide = async (confirmed: boolean, reason: string | undefined): Promise<string> => {
    const path = `/rotations/${encodeURIComponent(rotation.id)}/decision`
    return (await send<Edited>("POST", path, { confirmed, reason })).sentence
  }
  const grounds = (
    <ul class="bullets">
      {rotation.grounds.map((ground) => (
        <li key={ground}>{ground}</li>
      ))}
    </ul>
  )
  return (
    <span class="buttons">
      <EditButton
        label="Confirm"
        about={successor.name}
        title={`${former.name} goes on as ${successor.name}`}
        fields={[REASON]}
        submit="Confirm"
        effect={() => "The two become one consumer, for the past, too; both ids find it."}
        send={({ reason }) => decide(true, reason)}
      >
        {grounds}
      </EditButton>
      <EditButton
        label="Reject"
        about={successor.name}
        title={`${successor.name} is another than ${former.name}`}
        fields={[REASON]}
        submit="Reject"
        effect={() => "They stay two, and this is not proposed again."}
        send={({ reason }) => decide(false, reason)}
      >
        {grounds}
      </EditButton>
    </span>
  )
}

const COLUMNS: readonly Column<Rotation>[] = [
  {
    name: "Former",
    wrap: "name",
    cell: (row) => <End end={row.former} what={`until ${time(row.former.lastSeen)}`} />,
  },
  {
    name: "Goes on as",
    wrap: "name",
    cell: (row) => <End end={row.successor} what={`from ${time(row.successor.firstSeen)}`} />,
  },
  {
    name: "Grounds",
    grow: true,
    cell: (row) => (
      <ul class="bullets">
        {row.grounds.map((ground) => (
          <li key={ground}>{ground}</li>
        ))}
      </ul>
    ),
  },
  { name: "Score", sort: "score", number: true, cell: (row) => percent(Math.round(row.score * 100) / 100) },
  {
    name: "State",
    cell: (row) => <span class={`badge ${STATES[row.state][0]}`}>{STATES[row.state][1]}</span>,
  },
  { name: "Proposed", sort: "proposedAt", number: true, spare: true, cell: (row) => time(row.proposedAt) },
  { name: "Decide", cell: (row) => <Decision rotation={row} /> },
]

export function RotationsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = { state: query.get("state") ?? "", consumer: query.get("consumer") ?? "" }
  const options = Object.entries(STATES).map(([state, [, name]]) => [state, name] as const)
  return (
    <>
      <Head title="Rotations" sub="Consumers that seem to go on under another credential. Nothing is merged unasked." />
      <search class="filters">
        <Choice name="state" label="State" value={filters.state} options={options} />
      </search>
      <List<Rotation>
        path="/rotations"
        filters={filters}
        sort={query.get("sort") ?? "-proposedAt"}
        columns={COLUMNS}
        label="Rotations"
        keyOf={(row) => row.id}
        empty={
          filters.state === "" ? (
            <Blank title="No rotations yet.">
              <p>One is proposed when a credential falls silent and another one takes up what it did.</p>
            </Blank>
          ) : (
            <Nothing what="rotations" filtered />
          )
        }
      />
    </>
  )
}
