// Decoys: endpoints that nobody has a reason to touch.
import { send, useApi } from "../api.ts"
import { time } from "../format.ts"
import type { Edited, Page } from "../types/common.ts"
import type { Decoy } from "../types/incidents.ts"
import { EditButton, REASON } from "./form.tsx"
import { Loaded } from "./states.tsx"

function AddButton() {
  return (
    <EditButton
      label="Add a decoy"
      fields={[
        {
          name: "pattern",
          label: "Pattern",
          required: true,
          hint: "SERVICE METHOD /PATH, each with * for any text: * GET /admin/backup*",
        },
        REASON,
      ]}
      submit="Add the decoy"
      effect={() => "Whoever touches it raises an incident of the high lane: a fact, not a chance."}
      send={async ({ pattern = "", reason = "" }) =>
        (await send<Edited>("POST", "/decoys", { pattern: pattern.trim(), reason })).sentence
      }
    />
  )
}

export function DecoysPanel() {
  const answer = useApi<Page<Decoy>>("/decoys?limit=1000")
  return (
    <section class="panel" aria-labelledby="decoys">
      <div class="panel-head">
        <h2 id="decoys">Decoys</h2>
        <span class="aside">
          <AddButton />
        </span>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>
          {({ items }) =>
            items.length === 0 ? (
              <p class="faint">
                None yet. Name a path that no client has a reason to ask for, such as an old backup: whoever does is
                looking around.
              </p>
            ) : (
              <ul class="lines">
                {items.map(({ id, pattern, by, at }) => (
                  <li key={id} class="spread">
                    <span class="what">
                      <span class="mono">{pattern}</span>{" "}
                      <span class="faint">
                        {by}, {time(at).slice(0, 10)}
                      </span>
                    </span>
                    <EditButton
                      label="Remove"
                      about={`decoy ${pattern}`}
                      title="Remove the decoy"
                      fields={[]}
                      submit="Remove the decoy"
                      send={async () => (await send<Edited>("DELETE", `/decoys/${encodeURIComponent(id)}`)).sentence}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </section>
  )
}
