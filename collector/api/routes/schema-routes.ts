// What the bodies of an endpoint have in common, as JSON Schema.
import { jsonSchemaOf } from "../../inventory/schema/json-schema.ts"
import { mergedSchema } from "../../inventory/schema/schema-tree.ts"
import { shapesOf } from "../../inventory/specification/observed-bodies.ts"
import type { Store } from "../../store/store.ts"
import type { Api } from "../http.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { Type } from "../schema.ts"

const Params = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: "Opaque id." }),
  direction: Type.Unsafe<"request" | "response">({ type: "string", enum: ["request", "response"] }),
})

export function schemaRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/endpoints/:id/schemas/:direction",
    {
      schema: {
        operationId: "getEndpointSchema",
        summary: "The schema that the bodies of an endpoint were observed to have, as JSON Schema 2020-12",
        description:
          "Of all bodies of the direction, or of one status and media type; without either, answers are those with status 2xx. What was observed of each field stands in `x-sonde`.",
        tags: ["inventory"],
        params: Params,
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Integer({ minimum: 100, maximum: 999 })),
            contentType: Type.Optional(Type.String({ maxLength: 256 })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true }),
          default: PROBLEM,
        },
      },
    },
    async ({ params, query }) => {
      const record = await store.endpoint(params.id)
      if (record === null) throw notFound("endpoint")
      const { status, contentType } = query
      const bodies = record.bodies.filter(
        (body) =>
          body.direction === params.direction &&
          (contentType === undefined || body.contentType === contentType) &&
          (body.direction === "request" || (status === undefined ? isSuccess(body.status) : body.status === status)),
      )
      const texts = await store.shapes([...new Set(shapesOf({ bodies }))])
      const merged = mergedSchema(bodies, new Map(texts.map((shape) => [shape.shape, shape])))
      return { ...jsonSchemaOf(merged) }
    },
  )
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300
