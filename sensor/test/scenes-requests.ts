// Scenes of what requests say: who sends them, and what they name.
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { START_US, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { get, json, type Scene, talk } from "./scenes.ts"

const jwt = (claims: object): string =>
  `${Buffer.from('{"alg":"RS256","kid":"k1"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2lnbmF0dXJl`

export const REQUEST_SCENES: readonly Scene[] = [
  {
    name: "identities",
    sentence: "One exchange for each way to say who is asking.",
    capture: () =>
      talk((t) => {
        for (const [target, fields] of [
          ["/v1/me", ""],
          ["/v1/me", `Authorization: Basic ${Buffer.from("partner:not-a-secret").toString("base64")}\r\n`],
          [
            "/v1/me",
            `Authorization: Bearer ${jwt({ azp: "partner-42", iss: "https://login.example", iat: 1_795_420_000, exp: 1_795_500_000 })}\r\n`,
          ],
          ["/v1/me", "Authorization: Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\n"],
          ["/v1/me", "X-Api-Key: key-of-partner-nine-000000\r\n"],
          ["/v1/me?api_key=key-of-partner-ten-000000&page=2", ""],
          ["/v1/me?S3cretToken99", ""],
          ["/v1/me", "Cookie: lang=en; JSESSIONID=0123456789ABCDEF0123456789ABCDEF\r\n"],
        ] as const)
          t.toServer(get(target, `User-Agent: northwind/2.4 (x)\r\n${fields}`)).toClient(json('{"me":1}'))
      }),
  },
  {
    name: "logins",
    sentence: "Sessions and tokens that logins gave out, used over other connections.",
    capture: () => {
      const post = (target: string, body: string): string =>
        `POST ${target} HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`
      const session = (value: string): string => `Set-Cookie: JSESSIONID=${value}; Path=/; HttpOnly\r\n`
      const cookie = (value: string): string => `Cookie: JSESSIONID=${value}\r\n`
      const [one, two, token] = ["0123456789ABCDEF01", "FEDCBA987654321098", "9f2c71d4e0a84b5f9c1de277"]
      const exchanges: readonly (readonly [string, string])[] = [
        [post("/login", "username=buyer-7&password=not-a-secret"), json("{}", "200 OK", session(one))],
        [get("/v1/orders", cookie(one)), json("[]", "200 OK", session(two))],
        [get("/v1/orders", cookie(two)), json("[]")],
        [get("/v1/orders", cookie("0000111122223333AA")), json("[]")],
        [post("/oauth2/token", "grant_type=client_credentials&client_id=buyer-7"), json(`{"access_token":"${token}"}`)],
        [get("/v1/orders", `Authorization: Bearer ${token}\r\n`), json("[]")],
      ]
      const frames = exchanges.map(([request, answer], i) => {
        const conversation = new TcpConversation({
          client: `10.0.0.1:${40_000 + i}`,
          startUs: START_US + i * 1_000_000,
        })
        return conversation.open().toServer(request).toClient(answer).finish().frames
      })
      return pcapFile(frames.flat())
    },
  },
  {
    name: "paths",
    sentence: "Typed path tokens, queries and collections.",
    capture: () =>
      talk((t) => {
        for (const target of [
          "/v1/orders?page=2&size=50&sort=-created",
          "/v1/orders/17/lines/3",
          "/v2/customers/6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11/documents/invoice.pdf",
          "/v1/reports/2026-11-23",
          "/v1/files/a%2Fb/content",
          "/v1/search;scope=all",
          "/v1/items/0123456789abcdef0123456789abcdef.json",
        ])
          t.toServer(get(target)).toClient(json('[{"id":1},{"id":2}]'))
      }),
  },
]
