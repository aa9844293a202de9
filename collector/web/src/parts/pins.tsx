// What people said of a service's templates, and what might be said.
import { send, useApi } from "../api.ts"
import { time } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { Pin, Suggestion, TemplateChange } from "../types/templates.ts"
import { EditButton, REASON } from "./form.tsx"
import { Path } from "./labels.tsx"

const base = (service: string): string => `/services/${encodeURIComponent(service)}/templates`

function PinLine({ service, pin }: { readonly service: string; readonly pin: Pin }) {
  return (
    <li class="spread">
      <span class="what">
        <Path template={pin.path} /> <span class="badge">{pin.kind === "apart" ? "kept apart below" : "template"}</span>
        <div class="faint">
          {time(pin.at)} UTC by {pin.by}
          {pin.reason === "" ? "" : `: ${pin.reason}`}
        </div>
      </span>
      <EditButton
        label="Remove"
        about={`the pin ${pin.path}`}
        title={`Take the pin ${pin.path} back`}
        fields={[]}
        submit="Take back"
        effect={() => "Templates are again what was learned, for the past, too."}
        send={async () => {
          const path = `${base(service)}/pins/${encodeURIComponent(pin.id)}`
          return (await send<TemplateChange>("DELETE", path)).sentence
        }}
      />
    </li>
  )
}

function SuggestionLine({ service, suggestion }: { readonly service: string; readonly suggestion: Suggestion }) {
  const pin = async (body: object): Promise<string> =>
    (await send<TemplateChange>("POST", `${base(service)}/pins`, body)).sentence
  return (
    <li class="spread">
      <span class="what">{suggestion.sentence}</span>
      <EditButton
        label="Merge"
        about={`into ${suggestion.template}`}
        title="Make them one endpoint with a parameter"
        fields={[{ name: "path", label: "Template", value: suggestion.template, required: true }, REASON]}
        submit="Merge"
        effect={({ path }) => `${suggestion.values.slice(0, 8).join(", ")} become values of one parameter: ${path}.`}
        send={({ path, reason }) => pin({ kind: "template", path, reason })}
      />
    </li>
  )
}

export function Pins({ service }: { readonly service: string }) {
  const pins = useApi<Page<Pin>>(`${base(service)}/pins`).body?.items ?? []
  const suggestions = useApi<Page<Suggestion>>(`${base(service)}/suggestions`).body?.items ?? []
  return (
    <section class="panel" aria-labelledby="pins">
      <div class="panel-head">
        <h2 id="pins">Templates by hand</h2>
        <span class="aside">
          <EditButton
            label="Pin"
            about="a template"
            title="Pin a template"
            fields={[
              {
                name: "kind",
                label: "What",
                kind: "choice",
                options: [
                  ["template", "A template"],
                  ["apart", "Keep what is below a path apart"],
                ],
              },
              { name: "path", label: "Path", required: true, hint: "/reports/{period}" },
              REASON,
            ]}
            submit="Pin"
            effect={() => "It holds for the past and for what is to come, and can be taken back."}
            send={async ({ kind, path, reason }) => {
              const body = { kind, path, reason }
              return (await send<TemplateChange>("POST", `${base(service)}/pins`, body)).sentence
            }}
          />
        </span>
      </div>
      <div class="panel-body">
        {pins.length === 0 ? (
          <p class="faint">No pins: templates are as learned.</p>
        ) : (
          <ul class="lines">
            {pins.map((pin) => (
              <PinLine key={pin.id} service={service} pin={pin} />
            ))}
          </ul>
        )}
        {suggestions.length === 0 ? null : (
          <>
            <h3>May be values of one parameter</h3>
            <ul class="lines">
              {suggestions.map((suggestion) => (
                <SuggestionLine key={suggestion.template} service={service} suggestion={suggestion} />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}
