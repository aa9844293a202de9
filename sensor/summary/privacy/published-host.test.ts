import assert from "node:assert/strict"
import { test } from "node:test"
import { publishedName } from "./names.ts"
import { publishedAuthority } from "./published-host.ts"
import { publishedCoding, publishedMediaType } from "./published-media.ts"

const host = (authority: string): string => publishedAuthority(authority, (text) => `<${text.replaceAll(".", "_")}>`)

test("hosts, by example", () => {
  for (const [authority, published] of [
    ["api.example.com", "api.example.com"],
    ["api-2.eu-west-1.example.com:8443", "api-2.eu-west-1.example.com:8443"],
    ["web01.example.com", "web01.example.com"],
    ["localhost:3000", "localhost:3000"],
    ["192.0.2.7:8080", "ip-<192_0_2_7>:8080"],
    ["[2001:db8::1]:80", "ip-<2001:db8::1>:80"],
    ["ip-10-0-0-1.eu.example.net", "ip-<10_0_0_1>.eu.example.net"],
    ["192-168-99-77.nip.example", "ip-<192_168_99_77>.nip.example"],
    ["app.192-168-99-77.nip.example", "app.ip-<192_168_99_77>.nip.example"],
    ["10.0.0.1.nip.example:80", "ip-<10_0_0_1>.nip.example:80"],
    ["web-10.0.0.1.nip.example", "web-ip-<10_0_0_1>.nip.example"],
    ["7.2.0.192.in-addr.arpa", "ip-<192_0_2_7>.in-addr.arpa"],
    [`${"1.0.".repeat(16)}ip6.arpa`, "{ip}.ip6.arpa"],
    ["2001-db8--1.sslip.example", "{ip}.sslip.example"],
    ["c0a8634d.nip.example", "{hex}.nip.example"],
    ["3232261709", "{int}"],
    ["0xc0a8634d", "{hex}"],
    ["4821739921.tenant.example", "{int}.tenant.example"],
    ["6f9619ff-8b86-d011-b42d-00c04fc964ff.example", "{uuid}.example"],
    ["d41d8cd98f00b204e9800998ecf8427e.example", "{hex}.example"],
    ["xkqjzvbnmwrt.example", "{id}.example"],
    ["sk_live_4ec39hqlyjwdarjtt1zdp7dc", "{id}"],
    ["", ""],
  ] as const)
    assert.equal(host(authority), published, authority)
})

test("names of parameters, fields and cookies, by example", () => {
  for (const [name, published] of [
    ["x-request-id", "x-request-id"],
    ["x-192.168.99.77", "x-{ip}"],
    ["seen-10-0-0-1-last", "seen-{ip}-last"],
    ["jane@example.com", "{email}"],
    ["jane@example.com-id", "{email}"],
    ["xkqjzvbnmwrt", "{id}"],
    ["AKIAIOSFODNN7EXAMPLE", "{id}"],
    ["SESS49960de5880e8c68aa", "SESS{hex}"],
    ["sess49960de5880e8c68aa", "sess{hex}"],
    ["wp_logged_in_49960de5880e8c68aa", "wp_logged_in_{hex}"],
    // Letters beside the random run may belong to it.
    ["x-plantedk9f8e7d6c5b4a3", "{base64}"],
    ["X-PLANTEDk9f8e7d6c5b4a3", "{base64}"],
    ["customer9f8e7d6c5b4a3", "{base64}"],
    ["SECRET9F8E7D6C5B4A3", "{base64}"],
    ["x-9f8e7d6c5b4a3zq", "{base64}"],
    ["filter[status]", "filter[status]"],
    ["wp-settings-1042", "wp-settings-{int}"],
    ["customerReference", "customerReference"],
  ] as const)
    assert.equal(publishedName(Buffer.from(name), 0, name.length), published, name)
})

test("media types and codings, by example", () => {
  for (const [type, published] of [
    ["application/json; charset=utf-8", "application/json"],
    ["Application/Vnd.Acme.Order.V2+JSON", "application/vnd.acme.order.v2+json"],
    ["application/vnd.192.168.99.77+json", "application/vnd.{ip}+json"],
    ["application/x-d41d8cd98f00b204e9800998ecf8427e", "application/x-{hex}"],
    [
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ],
    ["hunter2/json", "{odd}/json"],
    ["no type", ""],
  ] as const)
    assert.equal(publishedMediaType(type), published, type)
  for (const [coding, published] of [
    ["gzip", "gzip"],
    ["GZIP, br", "gzip,br"],
    ["identity", ""],
    ["hunter2", "{odd}"],
  ] as const)
    assert.equal(publishedCoding(coding), published, coding)
})
