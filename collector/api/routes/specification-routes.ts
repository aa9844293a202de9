// Specifications of services: import, list, text, removal; and how a service differs from them.
//
// A document is taken as it is sent, JSON or YAML, up to the size that inventory/specification takes; it is never parsed by the framework.
import type { Actor, Edits } from "../../inventory/edits.ts"
import { TEXT_MAX } from "../../inventory/specification/document.ts"
import { formerName, nameFor } from "../../inventory/specification/document-name.ts"
import { exportDocument } from "../../inventory/specification/export-document.ts"
import { observedBodies } from "../../inventory/specification/observed-bodies.ts"
import { OperationIndex } from "../../inventory/specification/operation-index.ts"
import { parseSpecification } from "../../inventory/specification/parse-specification.ts"
import { isHost } from "../../inventory/specification/server-bases.ts"
import { SpecificationError } from "../../inventory/specification/specification-error.ts"
import { documentId, type SpecificationShelf } from "../../inventory/specification/specification-shelf.ts"
import type { ParsedSpecification } from "../../inventory/specification/specified-operation.ts"
import { writeYaml } from "../../inventory/specification/yaml-text.ts"
import type { ServiceRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import type { Api } from "../http.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, PageOf, ref, type Static, Type } from "../schema.ts"
import { endpointsOf, NO_TEXTS, textsOf } from "../service-endpoints.ts"
import { ImportResult, ServiceDrift, Specification } from "../specification-models.ts"
import { serviceDriftView, specificationView } from "../views/specification-views.ts"
import { actorOf } from "../write-guard.ts"

/** Null where nothing is imported: the API alone. */
export type SpecificationReader = Pick<SpecificationShelf, "index" | "records"> | null

export interface SpecificationParts {
  readonly store: Store
  readonly edits: Edits | null
  readonly shelf: SpecificationReader
}

/** Services that one document is imported for at once. */
const SERVICES_MAX = 100

const NameParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: "Id of the service." }),
  name: Type.String({ minLength: 1, maxLength: 64, description: "Name of the document." }),
})

const Terms = {
  deprecated: Type.Optional(
    Type.Boolean({
      description:
        "true: all that it describes is outdated. false: it is in force even beside a newer version of the same title. Left out: an older version of the same title is outdated.",
    }),
  ),
  supersedes: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: "Names of documents that it takes the place of, with commas between.",
    }),
  ),
  reason: Type.Optional(Type.String({ maxLength: 500, description: "For the audit log." })),
  followed: Type.Optional(
    Type.Boolean({ description: "true: others follow, and endpoints are judged with the last one of them." }),
  ),
}
const PutQuery = Type.Object(Terms, { additionalProperties: false })
const PostQuery = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "Left out: title and version." })),
    ...Terms,
  },
  { additionalProperties: false },
)

const tags = ["specifications"]

/** Media types that a document may be sent as; anything else is refused with 415. */
const DOCUMENT_TYPE =
  /^(application|text)\/(json|yaml|x-yaml|[a-z0-9.+-]+\+(json|yaml)|(vnd\.oai\.)?openapi(\+json|\+yaml)?)(;|$)/i

export async function specificationRoutes(app: Api, parts: SpecificationParts): Promise<void> {
  readRoutes(app, parts)
  exportRoutes(app, parts)
  await app.register(async (scope: Api) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(DOCUMENT_TYPE, { parseAs: "string", bodyLimit: TEXT_MAX + 1 }, (_request, body, done) =>
      done(null, body),
    )
    writeRoutes(scope, parts)
  })
}

function readRoutes(app: Api, { store, shelf }: SpecificationParts): void {
  app.get(
    "/api/v1/services/:id/specifications",
    {
      schema: {
        operationId: "listSpecifications",
        summary: "Specifications of a service",
        tags,
        params: IdParams,
        response: { 200: PageOf(ref(Specification)), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const service = await serviceOf(store, params.id)
      const records = shelf?.records(service.id) ?? []
      const items = records.map((record) => specificationView(record, records))
      return { items, next: null, total: items.length }
    },
  )
  app.get(
    "/api/v1/services/:id/specifications/:name",
    {
      schema: {
        operationId: "getSpecification",
        summary: "A specification's text as it was given",
        tags,
        params: NameParams,
        response: {
          200: {
            description: "JSON or YAML.",
            content: { "application/json": { schema: Type.Unknown() }, "application/yaml": { schema: Type.Unknown() } },
          },
          default: PROBLEM,
        },
      },
    },
    async ({ params }, reply) => {
      const found = await store.document("specification", documentId(params.id, params.name))
      if (found?.bytes == null) throw new ApiProblem(404, `The service has no specification "${params.name}".`, "name")
      reply.header("content-type", `application/${found.record.syntax}; charset=utf-8`)
      // As bytes, because the text goes out as it came in.
      return reply.send(Buffer.from(found.bytes))
    },
  )
  app.get(
    "/api/v1/services/:id/drift",
    {
      schema: {
        operationId: "getServiceDrift",
        summary: "How a service differs from its specifications",
        tags,
        params: IdParams,
        response: { 200: ref(ServiceDrift), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const service = await serviceOf(store, params.id)
      const records = await endpointsOf(store, service.id)
      const index = shelf?.index(service.id) ?? null
      const texts = index === null ? NO_TEXTS : await textsOf(store, records)
      return serviceDriftView(records, index, (record) => observedBodies(record, texts))
    },
  )
}

/** What was observed, in the form of a specification. */
function exportRoutes(app: Api, { store, shelf }: SpecificationParts): void {
  for (const syntax of ["json", "yaml"] as const)
    app.get(
      `/api/v1/services/:id/openapi.${syntax}`,
      {
        schema: {
          operationId: syntax === "json" ? "exportOpenapi" : "exportOpenapiYaml",
          summary: `A service as it was observed, as an OpenAPI 3.1 document (${syntax.toUpperCase()})`,
          tags,
          params: IdParams,
          querystring: Type.Object(
            {
              unproven: Type.Boolean({
                default: false,
                description: "Also endpoints that never answered with success.",
              }),
            },
            { additionalProperties: false },
          ),
          response: {
            200: { description: "OpenAPI 3.1.", content: { [`application/${syntax}`]: { schema: Type.Unknown() } } },
            default: PROBLEM,
          },
        },
      },
      async ({ params, query }, reply) => {
        const service = await serviceOf(store, params.id)
        const endpoints = await endpointsOf(store, service.id)
        const texts = await textsOf(store, endpoints)
        const index = shelf?.index(service.id) ?? null
        const document = exportDocument({ service, endpoints, index, texts, hasUnproven: query.unproven })
        reply.header("content-type", `application/${syntax}; charset=utf-8`)
        return reply.send(syntax === "json" ? `${JSON.stringify(document, null, 2)}\n` : writeYaml(document))
      },
    )
}

function writeRoutes(app: Api, parts: SpecificationParts): void {
  app.put(
    "/api/v1/services/:id/specifications/:name",
    {
      schema: {
        operationId: "putSpecification",
        summary: "Import a specification for a service, in place of one of that name",
        description:
          "OpenAPI 3.0, 3.1 or Swagger 2.0 as JSON or YAML, at most 8 MiB. References to other documents are not fetched.",
        tags,
        consumes: ["application/json", "application/yaml"],
        params: NameParams,
        querystring: PutQuery,
        response: { 200: ref(ImportResult), default: PROBLEM },
      },
    },
    async (request) => {
      const { params, query, body } = request
      const service = await serviceOf(parts.store, params.id)
      return importFor(parts, [service], params.name, textOf(body), query, actorOf(request))
    },
  )
  app.post(
    "/api/v1/specifications",
    {
      schema: {
        operationId: "postSpecification",
        summary: "Import a specification for the services that its servers name",
        description: "The same as PUT for each service whose authority is a host of the document.",
        tags,
        consumes: ["application/json", "application/yaml"],
        querystring: PostQuery,
        response: { 200: ref(ImportResult), default: PROBLEM },
      },
    },
    async (request) => {
      const { query, body } = request
      const text = textOf(body)
      const parsed = parse(text)
      const services = await servicesFor(parts.store, parsed)
      return importFor(parts, services, query.name ?? nameFor(parsed), text, query, actorOf(request))
    },
  )
  app.post(
    "/api/v1/services/:id/specifications/check",
    {
      schema: {
        operationId: "checkSpecification",
        summary: "How a service differs from a document that is not imported",
        description: "As if the document were the only one of the service; nothing is kept.",
        tags,
        consumes: ["application/json", "application/yaml"],
        params: IdParams,
        response: { 200: ref(ServiceDrift), default: PROBLEM },
      },
    },
    async ({ params, body }) => {
      const service = await serviceOf(parts.store, params.id)
      const document = { name: "document", parsed: parse(textOf(body)), isCurrent: true }
      const records = await endpointsOf(parts.store, service.id)
      const texts = await textsOf(parts.store, records)
      const index = new OperationIndex([document], service.authority)
      return serviceDriftView(records, index, (record) => observedBodies(record, texts))
    },
  )
  app.delete(
    "/api/v1/services/:id/specifications/:name",
    {
      schema: {
        operationId: "deleteSpecification",
        summary: "Remove a specification",
        tags,
        params: NameParams,
        response: { 200: ref(ImportResult), default: PROBLEM },
      },
    },
    async (request) => {
      const { id, name } = request.params
      const service = await serviceOf(parts.store, id)
      const edit = { kind: "specification.remove", service: service.id, name } as const
      const { sentence } = await editsOf(parts).edit(edit, actorOf(request))
      return { sentence, specifications: [] }
    },
  )
}

async function serviceOf(store: Store, id: string): Promise<ServiceRecord> {
  const service = await store.service(id)
  if (service === null) throw notFound("service")
  return service
}

function editsOf({ edits }: SpecificationParts): Edits {
  if (edits === null) throw new ApiProblem(503, "Nothing can be changed here.")
  return edits
}

function textOf(body: unknown): string {
  if (typeof body !== "string" || body === "") throw new ApiProblem(400, "The body must be the document.")
  return body
}

function parse(text: string): ParsedSpecification {
  try {
    return parseSpecification(text)
  } catch (error) {
    if (error instanceof SpecificationError) throw new ApiProblem(422, error.message, error.place)
    throw error
  }
}

async function importFor(
  parts: SpecificationParts,
  services: readonly ServiceRecord[],
  name: string,
  text: string,
  { deprecated, supersedes = "", reason = "", followed = false }: Static<typeof PutQuery>,
  actor: Actor,
): Promise<Static<typeof ImportResult>> {
  const sentences: string[] = []
  const names = supersedes
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
  for (const [i, { id }] of services.entries()) {
    const former = names.includes(name) ? await keepFormer(parts, id, name, text, actor) : []
    const edit = {
      kind: "specification.put",
      service: id,
      name,
      text,
      ...(deprecated === undefined ? {} : { isDeprecated: deprecated }),
      supersedes: [...names.filter((one) => one !== name), ...former],
      isFollowed: followed || i < services.length - 1,
      reason,
    } as const
    sentences.push((await editsOf(parts).edit(edit, actor)).sentence)
  }
  const specifications = services.flatMap(({ id }) => {
    const records = parts.shelf?.records(id) ?? []
    return records.filter((record) => record.name === name).map((record) => specificationView(record, records))
  })
  return { sentence: sentences.join(" "), specifications }
}

/** A document that takes the place of its own former version: that one goes on under a name with its version. */
async function keepFormer(
  parts: SpecificationParts,
  service: string,
  name: string,
  text: string,
  actor: Actor,
): Promise<string[]> {
  const found = await parts.store.document("specification", documentId(service, name))
  if (found?.bytes == null) return []
  const former = Buffer.from(found.bytes).toString("utf8")
  if (former === text) return []
  parse(text)
  const kept = formerName(name, found.record.version)
  const edit = { kind: "specification.put", service, name: kept, text: former, isDeprecated: true } as const
  await editsOf(parts).edit(edit, actor)
  return [kept]
}

/** Services whose authority is a host that the document names. */
async function servicesFor(store: Store, parsed: ParsedSpecification): Promise<ServiceRecord[]> {
  const hosts = [
    ...new Set([...parsed.bases, ...parsed.operations.flatMap(({ bases }) => bases)].map(({ host }) => host)),
  ].filter((host) => host !== "" && host !== "*")
  if (hosts.length === 0)
    throw new ApiProblem(
      422,
      "The document names no host: import it for a service, PUT /api/v1/services/{id}/specifications/{name}.",
      "/servers",
    )
  const found: ServiceRecord[] = []
  let cursor: string | undefined
  do {
    const page = await store.services({ limit: 1000, sort: "name", cursor })
    found.push(
      ...page.items.filter(({ authority }) => authority !== "" && hosts.some((host) => isHost(host, authority))),
    )
    cursor = page.next ?? undefined
  } while (cursor !== undefined && found.length <= SERVICES_MAX)
  if (found.length === 0)
    throw new ApiProblem(
      404,
      `No service is known at ${hosts.slice(0, 5).join(", ")}, the hosts that the document names.`,
      "/servers",
    )
  return found.slice(0, SERVICES_MAX)
}
