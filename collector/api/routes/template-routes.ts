// Path templates: pins, suggestions, and corrections of an endpoint, which become pins.
import type { Edit, EditResult, Edits } from "../../inventory/edits.ts"
import type { TemplateReads } from "../../inventory/template-edits.ts"
import type { EndpointRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { mergedPath, renamedPath, splitPath } from "../corrections.ts"
import { isoTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, PageOf, ref, type Static, type TSchema, Type } from "../schema.ts"
import { Change, MergeBody, Pin, PinBody, RenameBody, SplitBody, Suggestion } from "../template-models.ts"
import { actorOf } from "../write-guard.ts"

export interface TemplateParts {
  readonly store: Store
  readonly edits: Edits | null
  readonly reads: TemplateReads | null
}

const tags = ["inventory"]
const PinParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: "Opaque id." }),
  pinId: Type.String({ minLength: 1, maxLength: 128, description: "Id of the pin." }),
})

async function change(
  { edits }: TemplateParts,
  edit: Edit,
  request: Parameters<typeof actorOf>[0],
): Promise<EditResult> {
  if (edits === null) throw new ApiProblem(503, "Nothing can be changed here.")
  return edits.edit(edit, actorOf(request))
}

async function pinsOf(store: Store, service: string) {
  return (await store.documents("pin"))
    .map(({ record }) => record)
    .filter((record) => record.service === service)
    .sort((a, b) => a.atUs - b.atUs)
}

/** One of path, template and apart says what is pinned. */
function pinned({ kind = "template", path, template, apart }: Static<typeof PinBody>) {
  const told = [path, template, apart].filter((one) => one !== undefined)
  if (told.length !== 1)
    throw new ApiProblem(400, 'One of "path", "template" and "apart" must say what is pinned.', "path")
  return { kind: apart !== undefined ? "apart" : template !== undefined ? "template" : kind, path: told[0]! } as const
}

function pinRoutes(app: Api, parts: TemplateParts): void {
  const { store } = parts
  const url = "/api/v1/services/:id/templates/pins"
  app.get(
    url,
    {
      schema: {
        operationId: "listPins",
        summary: "What people have pinned of a service's path templates",
        tags,
        params: IdParams,
        response: { 200: PageOf(ref(Pin)), default: PROBLEM },
      },
    },
    async ({ params }) => {
      if ((await store.service(params.id)) === null) throw notFound("service")
      const pins = await pinsOf(store, params.id)
      const matches = parts.reads?.pinMatches(params.id)
      const items = pins.map(({ id, kind, path, by, atUs, reason }) => ({
        id,
        kind,
        path,
        by,
        at: isoTime(atUs),
        reason,
        matches: matches?.get(id) ?? 0,
      }))
      return { items, next: null, total: items.length }
    },
  )
  app.post(
    url,
    {
      schema: {
        operationId: "addPin",
        summary: "Pin a template, or keep what is below a path apart",
        description:
          "Effective for the past at once. The endpoints that become one keep the id of the busiest; the others lead there.",
        tags,
        params: IdParams,
        body: PinBody,
        response: { 201: ref(Change), default: PROBLEM },
      },
    },
    async (request, reply) => {
      const { kind, path } = pinned(request.body)
      const { reason = "" } = request.body
      const edit = { kind: "pin.add", service: request.params.id, pin: kind, path, reason } as const
      const { id, sentence } = await change(parts, edit, request)
      return reply.code(201).send({ id, endpoint: null, sentence })
    },
  )
  app.delete(
    `${url}/:pinId`,
    {
      schema: {
        operationId: "removePin",
        summary: "Take a pin back",
        tags,
        params: PinParams,
        response: { 200: ref(Change), default: PROBLEM },
      },
    },
    async (request) => {
      const { id: service, pinId } = request.params
      const { id, sentence } = await change(parts, { kind: "pin.remove", service, id: pinId }, request)
      return { id, endpoint: null, sentence }
    },
  )
}

function suggestionRoute(app: Api, { reads }: TemplateParts): void {
  app.get(
    "/api/v1/services/:id/templates/suggestions",
    {
      schema: {
        operationId: "listTemplateSuggestions",
        summary: "Few word-like siblings that may be values of one parameter",
        tags,
        params: IdParams,
        response: { 200: PageOf(ref(Suggestion)), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const found = reads?.suggestions(params.id) ?? null
      if (found === null) throw notFound("service")
      const items = found.map(({ values, ...suggestion }) => ({ ...suggestion, values: [...values] }))
      return { items, next: null, total: items.length }
    },
  )
}

async function endpointOf(store: Store, id: string): Promise<EndpointRecord> {
  const record = await store.endpoint(id)
  if (record === null) throw notFound("endpoint")
  return record
}

async function mergePath({ store, reads }: TemplateParts, record: EndpointRecord, others: readonly string[]) {
  const templates = [record.template]
  for (const id of others) {
    const other = await store.endpoint(id)
    if (other === null || other.service !== record.service)
      throw new ApiProblem(422, `There is no endpoint ${id} at the same service.`, "with")
    templates.push(other.template)
  }
  const path = mergedPath(templates)
  const taken = reads?.within(record.service, path) ?? []
  const more = taken.filter(({ name }) => !templates.includes(name.slice(name.indexOf(" ") + 1)))
  if (more.length > 0) throw swallowing(path, [...new Set(more.map(({ name }) => name))])
  return path
}

/** A pin takes all that it fits: nothing can name some values of a parameter only. */
function swallowing(path: string, more: readonly string[]): ApiProblem {
  const named = more.length > 5 ? `${more.slice(0, 5).join(", ")} and ${more.length - 5} more` : more.join(", ")
  const how = `If that is meant, say {"template": "${path}"} in place of "with".`
  return new ApiProblem(409, `${path} would take ${named}, too, which you did not name. ${how}`, "with")
}

function splitOf({ reads }: TemplateParts, record: EndpointRecord, body: unknown): string {
  const { force = false, ...what } = body as { value?: string; path?: string; force?: boolean }
  const path = splitPath(record.template, what)
  if (force || reads === null || reads.matchesOf(record.service, path) > 0) return path
  const how = 'With "force": true it is pinned for what comes.'
  throw new ApiProblem(422, `${path} was never requested, or is not told apart from other values. ${how}`, "value")
}

/** `pathOf`: what is to be pinned. */
function correction<Body extends TSchema>(
  app: Api,
  parts: TemplateParts,
  name: "split" | "merge" | "rename",
  summary: string,
  body: Body,
  pathOf: (record: EndpointRecord, body: unknown) => Promise<string>,
): void {
  app.post(
    `/api/v1/endpoints/:id/${name}`,
    {
      schema: {
        operationId: `${name}Endpoint`,
        summary,
        description: "Becomes a pin of its service, effective for the past at once; remove the pin to take it back.",
        tags,
        params: IdParams,
        body,
        response: { 201: ref(Change), default: PROBLEM },
      },
    },
    async (request, reply) => {
      const record = await endpointOf(parts.store, request.params.id)
      const path = await pathOf(record, request.body)
      const { reason = "" } = request.body as { reason?: string }
      const edit = { kind: "pin.add", service: record.service, pin: "template", path, reason } as const
      const { id, sentence } = await change(parts, edit, request)
      const now = await parts.store.endpoint(request.params.id)
      return reply.code(201).send({ id, endpoint: now?.id ?? null, sentence })
    },
  )
}

export function templateRoutes(app: Api, parts: TemplateParts): void {
  pinRoutes(app, parts)
  suggestionRoute(app, parts)
  correction(
    app,
    parts,
    "split",
    "Make one value of a parameter an endpoint of its own",
    SplitBody,
    async (record, body) => splitOf(parts, record, body),
  )
  correction(app, parts, "merge", "Make endpoints one", MergeBody, async (record, body) => {
    const { template, with: others } = body as { template?: string; with?: string[] }
    if ((template === undefined) === (others === undefined))
      throw new ApiProblem(400, 'Say either "template" or "with".', "template")
    return template ?? mergePath(parts, record, others!)
  })
  correction(app, parts, "rename", "Name the parameters of a template", RenameBody, async (record, body) =>
    renamedPath(record.template, (body as { template: string }).template),
  )
}
