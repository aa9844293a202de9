// Which identity rules decide for a service, and how much stays anonymous.
import { percent } from "../format.ts"
import type { IdentityCoverage } from "../types/services.ts"
import { Bars } from "./bars.tsx"

export function Identity({ coverage }: { readonly coverage: IdentityCoverage }) {
  const bars = coverage.rules.map(({ rule, scheme, requests }) => ({
    name: scheme === "none" ? "no credential" : rule === scheme ? rule : `${rule} (${scheme})`,
    value: requests,
    tone: scheme === "none" ? "idle" : "good",
  }))
  return (
    <section class="panel" aria-labelledby="identity">
      <div class="panel-head">
        <h2 id="identity">Who is asking</h2>
        <span class="aside">identity rules</span>
      </div>
      <div class="panel-body">
        {coverage.requests === 0 ? null : (
          <p class="soft">
            {coverage.anonymous === 0
              ? "A rule knows the credential of every request."
              : `${percent(coverage.anonymousShare)} of the requests carry no credential that a rule knows.`}
          </p>
        )}
        <Bars bars={bars} empty="No request yet." />
      </div>
    </section>
  )
}
