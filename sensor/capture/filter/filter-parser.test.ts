import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { FilterError, type FilterExpression } from "./filter-expression.ts"
import { FILTER_DEPTH_MAX, FILTER_PRIMITIVES_MAX, parseFilter } from "./filter-parser.ts"
import { FILTER_CHARACTERS_MAX } from "./filter-words.ts"

/** An expression written with a parenthesis around each chain. */
function written(expression: FilterExpression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return `(${expression.terms.map(written).join(` ${expression.kind} `)})`
    case "not":
      return `!${written(expression.term)}`
    case "port":
      return `${expression.end}:${expression.low}${expression.protocol === null ? "" : `/${expression.protocol}`}`
    case "ipv4":
      return `${expression.end}@${expression.network}`
    case "protocol":
      return `p${expression.protocol}`
    case "vlan":
      return `v${expression.id}`
    default:
      return expression.kind
  }
}

const STRUCTURES: readonly (readonly [string, string])[] = [
  ["", "all"],
  ["  \t\n", "all"],
  ["tcp or udp and arp", "((p6 or p17) and etherType)"],
  ["tcp and udp or arp", "((p6 and p17) or etherType)"],
  ["tcp or (udp and arp)", "(p6 or (p17 and etherType))"],
  ["tcp or udp or sctp", "(p6 or p17 or p132)"],
  ["not tcp and udp", "(!p6 and p17)"],
  ["not (tcp and udp)", "!(p6 and p17)"],
  ["!!tcp", "p6"],
  ["not not not tcp", "!p6"],
  ["port 80 or 443", "(either:80 or either:443)"],
  ["tcp src port 80 or 443", "(src:80/6 or src:443/6)"],
  ["tcp port 80 or udp port 53 or 54", "(either:80/6 or either:53/17 or either:54/17)"],
  ["port 80 or (443 and not 81)", "(either:80 or (either:443 and !either:81))"],
  ["port 80 or (443 or tcp)", "(either:80 or (either:443 or p6))"],
  ["port (80 or 443) and tcp", "((either:80 or either:443) and p6)"],
  ["dst port not 80", "!dst:80"],
  ["host 0.0.0.1 or 0.0.0.2 and port 80", "((either@1 or either@2) and either:80)"],
  ["src 0.0.0.1 or dst 0.0.0.1", "(src@1 or dst@1)"],
  ["src or dst 0.0.0.1", "either@1"],
  ["src and dst 0.0.0.1", "both@1"],
  ["dst and src port 7", "both:7"],
  ["vlan", "vnull"],
  ["vlan and tcp", "(vnull and p6)"],
  ["vlan 10 or 20", "(v10 or v20)"],
  ["vlan (10 or 20) and tcp", "((v10 or v20) and p6)"],
]

for (const [text, expected] of STRUCTURES)
  test(`"${text}" is read as ${expected}`, () => assert.equal(written(parseFilter(text)), expected))

const MISTAKES: readonly (readonly [text: string, column: number, sentence: RegExp])[] = [
  ["prot 80", 1, /^"prot" at column 1: this is no word of the filter language\.$/],
  ["port", 1, /ends after "port" at column 1: a port number is missing/],
  ["tcp  and", 6, /ends after "and" at column 6: a primitive such as/],
  ["and tcp", 1, /a primitive is missing before it/],
  ["tcp udp", 5, /"and" or "or" is missing before it/],
  ["(tcp", 1, /never closed/],
  ["(tcp udp", 6, /"and", "or" or "\)" is missing/],
  ["tcp)", 4, /no parenthesis that it closes/],
  ["()", 2, /a primitive is missing/],
  ["port http", 6, /names of services are not looked up/],
  ["port 65536", 6, /0 to 65535/],
  ["port 080", 6, /0 to 65535/],
  ["portrange 1-2-3", 11, /8000-8099/],
  ["portrange 5-", 11, /8000-8099/],
  ["port (80 or tcp)", 13, /only values/],
  ["port and", 6, /a port number is missing before it/],
  ["host www.example.com", 6, /names are not looked up/],
  ["host 010.0.0.1", 6, /no IPv4 or IPv6 address/],
  ["host 10.0.0.256", 6, /no IPv4 or IPv6 address/],
  ["host fe80::1%eth0", 6, /no IPv4 or IPv6 address/],
  ["host 10.0.0.0/8", 6, /net ADDRESS\/BITS/],
  ["host 00:11:22:33:44:55", 6, /ether host ADDRESS/],
  ["10.0.0.1", 1, /a keyword such as host/],
  ["tcp 80", 5, /as in "tcp port 80"/],
  ["tcp or 80", 8, /a keyword such as/],
  ["greater 10 or 20", 15, /a keyword such as/],
  ["greater many", 9, /number of bytes/],
  ["ip port 80", 9, /ip does not go with port/],
  ["tcp host 10.0.0.1", 10, /write "tcp and host 10\.0\.0\.1"/],
  ["tcp proto 3", 11, /tcp does not go with proto/],
  ["src proto 6", 5, /src and dst do not go with proto/],
  ["dst tcp port 80", 5, /an address is missing before it/],
  ["ip6 host 10.0.0.1", 10, /does not go with an IPv4 address/],
  ["ip host ::1", 9, /does not go with an IPv6 address/],
  ["ip host 10.0.0.1 or ::1", 21, /does not go with an IPv6 address/],
  ["net 10.0.0.1/8", 5, /bits set outside of the mask/],
  ["net 10.0.0.0/33", 5, /0 to 32 bits/],
  ["net 2001:db8::1/64", 5, /bits set outside of the mask/],
  ["net ::/129", 5, /0 to 128 bits/],
  ["net 10.0.0.0/8/9", 5, /10\.0\.0\.0\/8/],
  ["net 10.0.0.0/8 mask 255.0.0.0", 21, /has a mask already/],
  ["net 10.0.0.0 mask 255.0", 19, /no mask such as/],
  ["net ::1 mask ffff::", 14, /IPv6 network/],
  ["mask 255.0.0.0", 1, /behind net/],
  ["ether 00:11:22:33:44:55", 1, /host, src, dst or proto is missing/],
  ["ether host 00:11:22:33:44", 12, /no Ethernet address/],
  ["ether proto constructor", 13, /EtherType is a number/],
  ["ether net 10", 11, /ether goes with host/],
  ["proto 256", 7, /0 to 255/],
  ["proto toString", 7, /0 to 255/],
  ["vlan 4096", 6, /0 to 4095/],
  ["tcp[13] & 2 != 0", 1, /not part of this filter language/],
  ["len > 100", 5, /not part of this filter language/],
  ["tcp | udp", 5, /write "\|\|"/],
  ["mpls", 1, /tcpdump knows this word/],
  ["constructor", 1, /no word of the filter language/],
  ["caf\u00e9\u0007", 1, /^"caf\?\?" at column 1/],
]

for (const [text, column, sentence] of MISTAKES)
  test(`"${text}" is refused at column ${column}`, () => {
    assert.throws(
      () => parseFilter(text),
      (error: unknown) => {
        assert.ok(error instanceof FilterError)
        assert.match(error.message, sentence)
        assert.equal(error.column, column)
        assert.ok(error.message.length < 250 && error.message.endsWith("."), error.message)
        return true
      },
    )
  })

const refusal = (text: string): string => {
  try {
    parseFilter(text)
    return "accepted"
  } catch (error) {
    assert.ok(error instanceof FilterError)
    return error.message
  }
}

test("the limits on characters, primitives and parentheses are reached, with a sentence", () => {
  const filled = "tcp".padEnd(FILTER_CHARACTERS_MAX)
  assert.equal(refusal(filled), "accepted")
  assert.match(refusal(`${filled} `), /65537 characters; 65536 is the most/)

  const ports = (count: number) => `port ${new Array(count).fill("1").join(" or ")}`
  assert.equal(refusal(ports(FILTER_PRIMITIVES_MAX - 1)), "accepted")
  assert.match(refusal(ports(FILTER_PRIMITIVES_MAX + 1)), /more than 2000 primitives/)

  const nested = (depth: number) => `${"(".repeat(depth)}tcp${")".repeat(depth)}`
  assert.equal(refusal(nested(FILTER_DEPTH_MAX)), "accepted")
  assert.match(refusal(nested(FILTER_DEPTH_MAX + 1)), /more than 100 parentheses/)
  assert.equal(refusal(new Array(300).fill("(tcp)").join(" and ")), "accepted")
  assert.equal(refusal(`${"not ".repeat(16_000)}tcp`), "accepted")
})

const words = fc.array(
  fc.constantFrom(
    ..."tcp udp ip ip6 arp ether host net port portrange proto vlan mask greater less src dst and or not ( ) ! && ||".split(
      " ",
    ),
    ..."10.0.0.1 10.0.0.0/8 ::1 2001:db8::/32 80 80-90 00:11:22:33:44:55 0x50 \\tcp 10 255.0.0.0 www & [ __proto__".split(
      " ",
    ),
  ),
  { maxLength: 14 },
)

test("any text is read or refused with a FilterError", () => {
  let accepted = 0
  const check = (text: string): void => {
    if (refusal(text) === "accepted") accepted++
  }
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), check), { numRuns: 1000 })
  accepted = 0
  fc.assert(
    fc.property(
      words.map((list) => list.join(" ")),
      check,
    ),
    { numRuns: 5000 },
  )
  assert.ok(accepted > 30, `only ${accepted} of the random sentences were in the language`)
})
