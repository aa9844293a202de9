// How an endpoint is protected: the verdict with its reason, conflicts with examples, weak forms.
import { compact, time } from "../format.ts"
import type { EndpointDetail } from "../types/endpoints.ts"
import { Bars, barsOf } from "./bars.tsx"
import { PostureBadge } from "./labels.tsx"

export function Authentication({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { auth, authDetail } = endpoint
  const schemes = authDetail.basis === "recent" ? authDetail.recentSchemes : auth.schemes
  return (
    <section class="panel" aria-labelledby="auth">
      <div class="panel-head">
        <h2 id="auth">Authentication</h2>
        <span class="aside">
          <PostureBadge posture={auth.posture} why={auth.why} />
        </span>
      </div>
      <div class="panel-body">
        <p class="soft">{auth.why}</p>
        <Bars
          bars={barsOf(schemes, (name) => (name === "none" ? "bad" : "good")).map((bar) => ({
            ...bar,
            name: bar.name === "none" ? "no credential" : bar.name,
          }))}
          empty="No successful exchange yet."
        />
        {authDetail.conflicts.length === 0 ? null : (
          <>
            <h3>Conflicts</h3>
            <ul class="lines">
              {authDetail.conflicts.map((conflict) => (
                <li key={conflict.kind}>
                  <span class="what">
                    {conflict.sentence}
                    {conflict.samples.slice(0, 4).map((sample) => (
                      <div key={sample.exchange} class="faint">
                        {time(sample.at)} <span class="mono">{sample.path}</span> {sample.status}
                      </div>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {authDetail.weak.length === 0 ? null : (
          <>
            <h3>Weak forms</h3>
            <ul class="lines">
              {authDetail.weak.map(({ form, exchanges, words }) => (
                <li key={form}>
                  <span class="what">
                    <span class="badge warn">{form}</span> {compact(exchanges)} {words}.
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}
