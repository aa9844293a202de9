import assert from "node:assert/strict"
import { test } from "node:test"
import { basesOf, basesOfHost, isHost, pathsAt } from "./server-bases.ts"

test("servers: hosts, base paths, variables", () => {
  const shown = (servers: unknown): string[] => basesOf(servers).map(({ host, path }) => `${host}|${path}`)
  const table: readonly [unknown, string[]][] = [
    [undefined, ["|"]],
    [[], ["|"]],
    [[{ url: "/" }], ["|"]],
    [[{ url: "./" }], ["|"]],
    [
      [{ url: "/v1/" }, { url: "v2" }],
      ["|/v1", "|/v2"],
    ],
    [[{ url: "https://API.example.com:443/v1" }], ["api.example.com|/v1"]],
    [
      [{ url: "http://api.example.com:80" }, { url: "http://api.example.com:8080" }],
      ["api.example.com|", "api.example.com:8080|"],
    ],
    [[{ url: "https://u:p@h.example/a//b/" }], ["h.example|/a/b"]],
    // A version is one version of the API; its other values are other documents.
    [[{ url: "https://h/{v}", variables: { v: { default: "v1" } } }], ["h|/v1"]],
    [[{ url: "https://h/{v}", variables: { v: { default: "v1", enum: ["v1", "v2"] } } }], ["h|/v1", "h|/v2"]],
    [[{ url: "https://h/{tenant}/api", variables: { tenant: { default: "demo" } } }], ["h|/{tenant}/api"]],
    [[{ url: "https://h/{base}", variables: { base: { default: "a/b" } } }], ["h|/a/b"]],
    [
      [
        {
          url: "https://{tenant}.h.example:{port}/v1",
          variables: { tenant: { default: "demo" }, port: { enum: ["443", "8443"], default: "8443" } },
        },
      ],
      ["*.h.example|/v1", "*.h.example:8443|/v1"],
    ],
    [[{ url: "{root}/x", variables: { root: { default: "https://h/v3" } } }], ["h|/v3/x"]],
    [[{ url: 7 }, null], ["|"]],
  ]
  for (const [servers, expected] of table) assert.deepEqual(shown(servers), expected, JSON.stringify(servers))
  assert.deepEqual(basesOfHost(undefined, "/v2"), [{ host: "", path: "/v2" }])
  const many = {
    url: "/{a}/{b}",
    variables: {
      a: { enum: Array.from({ length: 50 }, (_, i) => `a${i}`) },
      b: { enum: Array.from({ length: 50 }, (_, i) => `b${i}`) },
    },
  }
  assert.equal(shown([many]).length, 64)
})

test("which bases count at a service", () => {
  const bases = basesOf([{ url: "https://a.example/v1" }, { url: "https://*.b.example/v2" }, { url: "/v3" }])
  assert.deepEqual(pathsAt(bases, "a.example"), ["/v1", "/v3"])
  assert.deepEqual(pathsAt(bases.slice(0, 1), "other.example"), ["/v1"])
  assert.ok(isHost("*.b.example", "x.b.example"))
  assert.ok(!isHost("*.b.example", "b.example") && !isHost("a.example", "xa.example"))
})

test("hosts of many variables are matched in linear time, however long", () => {
  const variables = Array.from({ length: 12 }, (_, i) => `{v${i}}`).join("")
  const [base] = basesOf([{ url: `https://${variables}!` }])
  assert.ok(!isHost(base!.host, "a".repeat(55)))
  assert.ok(isHost(base!.host, `${"a".repeat(55)}!`))
  assert.ok(!isHost("*".repeat(30_000), "a".repeat(55)))
  assert.ok(isHost("*.*.example", "a.b.example") && !isHost("*.*.example", "b.example"))
  assert.ok(!isHost("*a*", "a") && isHost("*a*", "bab"))
})
