// Specifications of a service: import, list, remove, export, and how the traffic differs from them.
import { useState } from "preact/hooks"
import { send, useApi } from "../api.ts"
import { count, quantity, time } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { ServiceDetail } from "../types/services.ts"
import type { ImportResult, ServiceDrift, Specification } from "../types/specifications.ts"
import { DriftList } from "./drift-list.tsx"
import { EditButton, listOf, REASON, type Values } from "./form.tsx"
import { Method, Path, StatusBadge } from "./labels.tsx"
import { Loaded } from "./states.tsx"

const pathOf = (service: string, name: string): string =>
  `/services/${encodeURIComponent(service)}/specifications/${encodeURIComponent(name)}`

const isJson = (text: string): boolean => text.trimStart().startsWith("{")

async function put(service: ServiceDetail, values: Values, file: string | null): Promise<string> {
  const { name = "", text = "", deprecated, supersedes, reason = "" } = values
  const search = new URLSearchParams()
  if (deprecated === "yes") search.set("deprecated", "true")
  if (listOf(supersedes).length > 0) search.set("supersedes", listOf(supersedes).join(","))
  if (reason.trim() !== "") search.set("reason", reason.trim())
  const query = search.size === 0 ? "" : `?${search}`
  const contents = file ?? text
  const type = isJson(contents) ? "application/json" : "application/yaml"
  return (await send<ImportResult>("PUT", pathOf(service.id, name) + query, contents, type)).sentence
}

function ImportButton({ service }: { readonly service: ServiceDetail }) {
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null)
  const onFile = async (event: { readonly currentTarget: HTMLInputElement }): Promise<void> => {
    const chosen = event.currentTarget.files?.[0]
    setFile(chosen === undefined ? null : { name: chosen.name, text: await chosen.text() })
  }
  return (
    <EditButton
      label="Import"
      about="a specification"
      title={`Import a specification of ${service.name}`}
      fields={[
        { name: "name", label: "Name", value: "main", required: true, hint: "In place of one that has this name." },
        {
          name: "text",
          label: "Text",
          kind: "area",
          hint: "OpenAPI 3.0 or 3.1, or Swagger 2, as JSON or YAML. Not read when a file is chosen.",
        },
        { name: "deprecated", label: "This version is deprecated", kind: "check" },
        { name: "supersedes", label: "Supersedes", hint: "Names of specifications whose operations should be gone." },
        REASON,
      ]}
      submit="Import"
      effect={() => "Every endpoint of the service is compared with it at once, for the past, too."}
      send={(values) => put(service, values, file?.text ?? null)}
    >
      <div class="form-row">
        <label for="specification-file">File</label>
        <input id="specification-file" type="file" accept=".json,.yaml,.yml" onChange={(event) => void onFile(event)} />
      </div>
    </EditButton>
  )
}

function SpecificationLine({ specification }: { readonly specification: Specification }) {
  const { name, title, version, format, operations, remarks } = specification
  const path = pathOf(specification.service, name)
  return (
    <li class="spread">
      <span class="what">
        <a class="link" href={`/api/v1${path}`} download={name}>
          {name}
        </a>{" "}
        {title} {version} <span class="badge">{format}</span>
        {specification.deprecated ? <span class="badge warn">deprecated</span> : null}
        {specification.current ? null : <span class="badge">superseded</span>}
        <div class="faint">
          {quantity(operations, "operations")}, imported {time(specification.importedAt)} UTC by{" "}
          {specification.importedBy}
        </div>
        {remarks.slice(0, 5).map((remark) => (
          <div key={remark} class="soft">
            {remark}
          </div>
        ))}
      </span>
      <EditButton
        label="Remove"
        about={name}
        title={`Remove the specification ${name}`}
        fields={[]}
        submit="Remove"
        effect={() => "Endpoints are compared with the other specifications of the service, if there are any."}
        send={async () => (await send<ImportResult>("DELETE", path)).sentence}
      />
    </li>
  )
}

export function Specifications({ service }: { readonly service: ServiceDetail }) {
  const base = `/services/${encodeURIComponent(service.id)}`
  const answer = useApi<Page<Specification>>(`${base}/specifications`)
  return (
    <section class="panel" aria-labelledby="specifications">
      <div class="panel-head">
        <h2 id="specifications">Specifications</h2>
        <span class="aside buttons">
          <a class="button small" href={`/api/v1${base}/openapi.json`} download="openapi.json">
            Export as observed
          </a>
          <ImportButton service={service} />
        </span>
      </div>
      <Loaded answer={answer}>
        {({ items }) => (
          <div class="panel-body">
            {items.length === 0 ? (
              <p class="faint">None: nothing can be said about shadow endpoints or drift.</p>
            ) : (
              <ul class="lines">
                {items.map((specification) => (
                  <SpecificationLine key={specification.name} specification={specification} />
                ))}
              </ul>
            )}
          </div>
        )}
      </Loaded>
    </section>
  )
}

/** Rows of each part before they are folded away. */
const SHOWN = 12

function Rest({ more, what }: { readonly more: number; readonly what: string }) {
  return more <= 0 ? null : (
    <p class="faint">
      and {count(more)} more {what}
    </p>
  )
}

function DriftSummary({ drift }: { readonly drift: ServiceDrift }) {
  const { endpoints, undocumented, unseen } = drift
  return (
    <div class="panel-body">
      <p class="soft">
        Differ: {quantity(endpoints.length, "endpoints")}. In no specification:{" "}
        {quantity(undocumented.length, "endpoints")}. Never seen: {quantity(unseen.length, "operations")}.
      </p>
      {endpoints.length === 0 ? null : <h3>Differ</h3>}
      {endpoints.slice(0, SHOWN).map((endpoint) => (
        <details key={`${endpoint.endpoint} ${endpoint.specification}`}>
          <summary>
            <a href={`/endpoints/${encodeURIComponent(endpoint.endpoint)}`}>
              <Method name={endpoint.method} /> <Path template={endpoint.template} />
            </a>{" "}
            <span class="badge warn">{endpoint.drift.length}</span>
          </summary>
          <DriftList drift={endpoint.drift} />
        </details>
      ))}
      <Rest more={endpoints.length - SHOWN} what="endpoints" />
      {undocumented.length === 0 ? null : <h3>In no specification</h3>}
      <ul class="lines">
        {undocumented.slice(0, SHOWN).map((endpoint) => (
          <li key={endpoint.endpoint}>
            <span class="what">
              <a href={`/endpoints/${encodeURIComponent(endpoint.endpoint)}`}>
                <Method name={endpoint.method} /> <Path template={endpoint.template} />
              </a>{" "}
              <StatusBadge status={endpoint.status} />
              <div class="faint">{endpoint.why}</div>
            </span>
          </li>
        ))}
      </ul>
      <Rest more={undocumented.length - SHOWN} what="endpoints" />
      {unseen.length === 0 ? null : (
        <details>
          <summary>{quantity(unseen.length, "operations")} never seen</summary>
          <ul>
            {unseen.slice(0, 200).map((operation) => (
              <li key={`${operation.specification} ${operation.method} ${operation.template}`}>
                <Method name={operation.method} /> <Path template={operation.template} />{" "}
                <span class="faint">{operation.specification}</span>
              </li>
            ))}
          </ul>
          <Rest more={unseen.length - 200} what="operations" />
        </details>
      )}
    </div>
  )
}

export function DriftPanel({ service }: { readonly service: ServiceDetail }) {
  const isSpecified = service.specifications.length > 0
  const answer = useApi<ServiceDrift>(isSpecified ? `/services/${encodeURIComponent(service.id)}/drift` : null)
  if (!isSpecified) return null
  return (
    <section class="panel" aria-labelledby="drift">
      <div class="panel-head">
        <h2 id="drift">Drift</h2>
        <a class="aside" href={`/endpoints?service=${encodeURIComponent(service.id)}&drift=true`}>
          As a list
        </a>
      </div>
      <Loaded answer={answer}>{(drift) => <DriftSummary drift={drift} />}</Loaded>
    </section>
  )
}
