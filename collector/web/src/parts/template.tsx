// Why a path template is what it is, what is below it, and how people put it right.
import { useState } from "preact/hooks"
import { send, useApi } from "../api.ts"
import { compact, time } from "../format.ts"
import { navigate } from "../router.ts"
import type { Page } from "../types/common.ts"
import type { Endpoint, EndpointDetail } from "../types/endpoints.ts"
import type { EndpointRoute, TemplateChange, TemplateEvidence } from "../types/templates.ts"
import { EditButton, type Field, REASON, type Values } from "./form.tsx"
import { Path } from "./labels.tsx"
import { type Column, Table } from "./table.tsx"

/** Does it, and goes where the endpoint is then: another may go on for it. */
async function change(endpoint: EndpointDetail, verb: string, body: object): Promise<string> {
  const path = `/endpoints/${encodeURIComponent(endpoint.id)}/${verb}`
  const { endpoint: now, sentence } = await send<TemplateChange>("POST", path, body)
  if (now !== null && now !== endpoint.id) navigate(`/endpoints/${encodeURIComponent(now)}`)
  return sentence
}

const hasParameter = (template: string): boolean => /\{[^}]*\}/.test(template)

function SplitButton({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const values = endpoint.templateEvidence.flatMap(({ examples }) => examples.map(({ value }) => value)).slice(0, 3)
  const hint =
    values.length === 0 ? "A text that stands in the parameter's place." : `For instance ${values.join(", ")}.`
  const parameters = endpoint.template.match(/\{[^}]*\}/g) ?? []
  const only = parameters.length === 1
  const field: Field = only
    ? { name: "value", label: "Value", required: true, hint }
    : {
        name: "path",
        label: "Path",
        required: true,
        value: endpoint.template,
        hint: "Put text for one of the parameters.",
      }
  return (
    <EditButton
      label="Split"
      about={endpoint.template}
      title="Make one value an endpoint of its own"
      fields={[field, REASON]}
      submit="Split"
      effect={({ value = "", path = "" }) => {
        const split = only ? endpoint.template.replace(/\{[^}]*\}/, () => value.trim() || "…") : path
        return `${split} becomes an endpoint of its own at ${endpoint.serviceName}, with its past; the others stay below ${endpoint.template}.`
      }}
      send={({ value, path, reason }) => change(endpoint, "split", only ? { value, reason } : { path, reason })}
    />
  )
}

function MergeButton({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const filter = `/endpoints?service=${encodeURIComponent(endpoint.service)}&method=${endpoint.method}&sort=template&limit=1000`
  const [isOpened, setOpened] = useState(false)
  const others = (useApi<Page<Endpoint>>(isOpened ? filter : null).body?.items ?? []).filter(
    ({ id, template }) => id !== endpoint.id && template.split("/").length === endpoint.template.split("/").length,
  )
  const fields: readonly Field[] = [
    {
      name: "with",
      label: "With",
      kind: "choice",
      options: [
        ["", "Those that the template below fits"],
        ...others.map(({ id, template }) => [id, template] as const),
      ],
    },
    {
      name: "template",
      label: "Template",
      value: endpoint.template,
      hint: "Names in braces where values differ: /reports/{period}. Not read when an endpoint is chosen.",
    },
    REASON,
  ]
  return (
    <EditButton
      label="Merge"
      about={endpoint.template}
      title="Make endpoints one"
      opened={() => setOpened(true)}
      fields={fields}
      submit="Merge"
      effect={(values: Values) => {
        const other = others.find(({ id }) => id === values.with)
        return other === undefined
          ? `All endpoints of ${endpoint.serviceName} that ${values.template} fits become one, with their past. Their ids go on finding it.`
          : `${endpoint.template} and ${other.template} become one, with a parameter where they differ. Both ids go on finding it.`
      }}
      send={({ with: other, template, reason }) =>
        change(endpoint, "merge", other ? { with: [other], reason } : { template, reason })
      }
    />
  )
}

export function TemplateActions({ endpoint }: { readonly endpoint: EndpointDetail }) {
  return (
    <div class="buttons">
      {hasParameter(endpoint.template) ? <SplitButton endpoint={endpoint} /> : null}
      <MergeButton endpoint={endpoint} />
      {hasParameter(endpoint.template) ? (
        <EditButton
          label="Rename"
          about={endpoint.template}
          title="Name the parameters"
          fields={[
            {
              name: "template",
              label: "Template",
              value: endpoint.template,
              required: true,
              hint: "Only what is in braces may change.",
            },
            REASON,
          ]}
          submit="Rename"
          effect={() => "Only the names change: what belongs to the endpoint stays as it is."}
          send={({ template, reason }) => change(endpoint, "rename", { template, reason })}
        />
      ) : null}
      <EditButton
        label="Pin"
        about={endpoint.template}
        title="Pin this template"
        fields={[
          {
            name: "kind",
            label: "What",
            kind: "choice",
            options: [
              ["template", "This template, as it is"],
              ["apart", "Keep what is below this path apart"],
            ],
          },
          { name: "path", label: "Path", value: endpoint.template, required: true },
          REASON,
        ]}
        submit="Pin"
        effect={({ kind, path }) =>
          kind === "apart"
            ? `Segments below ${path} are never merged into a parameter.`
            : `${path} stays a template of ${endpoint.serviceName}, whatever is learned later. The pin can be taken back on the service's page.`
        }
        send={async ({ kind, path, reason }) => {
          const pins = `/services/${encodeURIComponent(endpoint.service)}/templates/pins`
          return (await send<TemplateChange>("POST", pins, { kind, path, reason })).sentence
        }}
      />
    </div>
  )
}

function Reason({ evidence }: { readonly evidence: TemplateEvidence }) {
  const { sentence } = evidence
  const name = `{${evidence.name}}`
  return (
    <li>
      <span class="what">
        <span class="path">
          <span class="kind">{name}</span>
        </span>{" "}
        {sentence.startsWith(name) ? sentence.slice(name.length).trimStart() : sentence}
        <div class="faint">
          {evidence.examples.length === 0
            ? null
            : `For instance ${evidence.examples
                .slice(0, 5)
                .map(({ value, requests }) => `${value} (${compact(requests)})`)
                .join(", ")}. `}
          {evidence.decided === null ? null : `Decided ${time(evidence.decided)} UTC.`}
        </div>
      </span>
    </li>
  )
}

const ROUTES: readonly Column<EndpointRoute>[] = [
  {
    name: "Path",
    grow: true,
    cell: (row) => <Path template={row.path} />,
  },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
]
const ROUTES_SHOWN = 12

export function Template({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { templateEvidence, routes, aliases } = endpoint
  return (
    <section class="panel" aria-labelledby="template">
      <div class="panel-head">
        <h2 id="template">Template</h2>
        <span class="aside">
          <TemplateActions endpoint={endpoint} />
        </span>
      </div>
      <div class="panel-body">
        {templateEvidence.length === 0 ? (
          <p class="soft">
            {hasParameter(endpoint.template)
              ? "Why it is so is not known any more."
              : "It has no parameter: the path is text."}
          </p>
        ) : (
          <ul class="lines">
            {templateEvidence.map((evidence) => (
              <Reason key={evidence.segment} evidence={evidence} />
            ))}
          </ul>
        )}
        {aliases.length === 0 ? null : (
          <p class="faint">
            Former ids that find it: <span class="mono">{aliases.slice(0, 8).join(", ")}</span>
            {aliases.length > 8 ? ` and ${aliases.length - 8} more` : ""}.
          </p>
        )}
        {endpoint.derivedFrom === null ? null : (
          <p class="faint">
            Split off{" "}
            <a class="link" href={`/endpoints/${encodeURIComponent(endpoint.derivedFrom)}`}>
              {endpoint.derivedFrom}
            </a>
            .
          </p>
        )}
      </div>
      {routes.length <= 1 ? null : (
        <>
          <Table
            columns={ROUTES}
            rows={routes.slice(0, ROUTES_SHOWN)}
            label="Routes below it"
            keyOf={(row) => row.id}
          />
          {routes.length <= ROUTES_SHOWN ? null : (
            <div class="below">and {routes.length - ROUTES_SHOWN} more routes</div>
          )}
        </>
      )}
    </section>
  )
}
