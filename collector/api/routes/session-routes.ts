// Signing in and out of the console, and who is signed in.
import type { Gate } from "../access/gate.ts"
import type { Api } from "../http.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { Type } from "../schema.ts"

const Who = Type.Object({
  name: Type.Union([Type.String(), Type.Null()], { description: "Null: nobody needs to say who it is here." }),
  role: Type.String({ description: "viewer, analyst or admin: what may be done." }),
})
const SignIn = Type.Object({ token: Type.String({ minLength: 1, maxLength: 256 }) }, { additionalProperties: false })

/** `gate` null: nobody needs to sign in. */
export function sessionRoutes(app: Api, gate: Gate | null): void {
  app.get(
    "/api/v1/session",
    {
      schema: {
        operationId: "getSession",
        summary: "Who is signed in",
        tags: ["operation"],
        response: { 200: Who, default: PROBLEM },
      },
    },
    async ({ headers, ip }) => {
      const nowMs = Date.now()
      if (gate === null || !gate.areTokensNeeded(nowMs)) return { name: null, role: "admin" }
      const shown = { authorization: headers.authorization, cookie: headers.cookie, address: ip }
      const principal = gate.principalOf(shown, nowMs)
      if (principal === null) throw new ApiProblem(401, "Nobody is signed in.")
      return principal
    },
  )
  app.post(
    "/api/v1/session",
    {
      schema: {
        operationId: "signIn",
        summary: "Begins a session of the console with a token",
        tags: ["operation"],
        body: SignIn,
        response: { 200: Who, default: PROBLEM },
      },
    },
    async (request, reply) => {
      const session = gate?.signIn(request.body.token, request.ip, Date.now()) ?? null
      if (gate === null || session === null) throw new ApiProblem(401, "This token is none, or has ended.")
      // Whoever was signed in with this browser is not any more.
      gate.signOut({ cookie: request.headers.cookie, address: request.ip }, Date.now())
      reply.header("set-cookie", gate.cookieField(session.id))
      return session.principal
    },
  )
  app.delete(
    "/api/v1/session",
    {
      schema: {
        operationId: "signOut",
        summary: "Ends the session",
        tags: ["operation"],
        response: { 200: Type.Object({ sentence: Type.String() }), default: PROBLEM },
      },
    },
    async (request, reply) => {
      if (gate !== null) {
        gate.signOut({ cookie: request.headers.cookie, address: request.ip }, Date.now())
        reply.header("set-cookie", gate.cookieField(""))
      }
      return { sentence: "Signed out." }
    },
  )
}
