// Exceptions that hold for a consumer: its own, and its partner's.
import { useApi } from "../api.ts"
import { compact, time } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { Consumer } from "../types/consumers.ts"
import type { Exception } from "../types/incidents.ts"
import { detectionName } from "./incident-labels.tsx"
import { Loaded } from "./states.tsx"

export function ConsumerExceptions({ consumer }: { readonly consumer: Consumer }) {
  const answer = useApi<Page<Exception>>("/exceptions?sort=-until&limit=1000")
  const holds = (row: Exception): boolean =>
    row.consumer?.id === consumer.id || (row.partner !== null && row.partner.id === consumer.partner)
  return (
    <section class="panel" aria-labelledby="exceptions">
      <div class="panel-head">
        <h2 id="exceptions">Exceptions</h2>
        <a class="aside" href="/exceptions">
          All exceptions
        </a>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>
          {({ items }) => {
            const shown = items.filter(holds)
            return shown.length === 0 ? (
              <p class="faint">None: every detection speaks against it.</p>
            ) : (
              <ul class="lines">
                {shown.map(({ id, detection, reason, owner, until, heldBack }) => (
                  <li key={id}>
                    <span class="what">
                      <span class="badge">{detection === null ? "all detections" : detectionName(detection)}</span>{" "}
                      {reason}{" "}
                      <span class="faint">
                        {owner}, until {time(until).slice(0, 10)}; {compact(heldBack)} held back
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
            )
          }}
        </Loaded>
      </div>
    </section>
  )
}
