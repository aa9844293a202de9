// The filter language beside tcpdump: the same expression must keep the same packets of the same capture. Tagged frames
// are left out, where the two differ on purpose (README.md).
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import fc from "fast-check"
import { pcapFile } from "../../../shared/testing/capture-builder.ts"
import { START_US } from "../../../shared/testing/packet-builder.ts"
import { FRAMES, keeps } from "./testing/filter-frames.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-filter-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const names = Object.keys(FRAMES)
const capture = join(folder, "frames.pcap")
// The time of a frame is its number, by which it is found again in tcpdump's output.
writeFileSync(capture, pcapFile(Object.values(FRAMES).map((bytes, i) => ({ timeUs: START_US + i * 1_000_000, bytes }))))

/** Names of the frames that tcpdump keeps; null when it does not take the expression. */
function keptByTcpdump(expression: string): string[] | null {
  const run = spawnSync("tcpdump", ["-r", capture, "-w", "-", expression], { maxBuffer: 1 << 24 })
  if (run.error !== undefined) throw run.error
  if (run.status !== 0) return /rejects all packets/.test(String(run.stderr)) ? [] : null
  const kept: string[] = []
  for (let at = 24; at < run.stdout.length; at += 16 + run.stdout.readUInt32LE(at + 8))
    kept.push(names[run.stdout.readUInt32LE(at) - START_US / 1e6]!)
  return kept
}

const keptHere = (expression: string): string[] => names.filter((name) => keeps(expression, FRAMES[name]!))

const EXPRESSIONS = `
tcp
udp
sctp
icmp
icmp6
igmp
esp
ah
ip
ip6
arp
rarp
not tcp
! arp
not not udp
host 10.0.0.1
host 10.0.0.1 or 10.0.0.2
host 10.0.0.1 and not 10.0.0.2
host 10.0.0.1 and 192.168.7.9
not host 10.0.0.1 and 10.0.0.2
src 10.0.0.1
dst 10.0.0.1
src host 10.0.0.1 or 192.168.7.9 and dst port 80
src or dst 192.168.7.9
src and dst 10.0.0.1
ip host 10.0.0.2
ip src 10.0.0.2
arp host 10.0.0.1
arp src 10.0.0.1
arp dst host 10.0.0.2
rarp host 10.0.0.1
host 2001:db8::1
src 2001:db8::1
ip6 dst 2001:db8::2 or fd00:7::9
host ::ffff:10.0.0.1
net 10
net 10.0
net 10.0.0.0/8
net 10.0.0.0/31
net 10.0.0.2/31
net 192.168.7
src net 192.168.0.0/16
dst net 10.0.0.0 mask 255.0.0.0
net 10.0.0.0 mask 255.255.255.254 or 192.168.7.8 mask 255.255.255.252
net 0.0.0.0/0
ip net 10.0.0.0/30
arp net 10.0.0.0/30
net 2001:db8::/32
src net fd00::/8
ip6 net 2001:db8::/127
net 2001:db8::2
ip6 net ::/0
port 80
port 0x50
src port 80
dst port 80
src or dst port 443
src and dst port 80
port 80 or 443
port 80 or (443 or 8080)
port (80 or 53)
tcp port 80
tcp src port 80
tcp dst port 80 or 443
udp port 53
udp dst port 53
sctp port 80
port 80 or ! 443
not port 80 and 443
tcp port 80 or 443 and host 10.0.0.1
portrange 80-443
portrange 443-80
portrange 80
udp portrange 0-65535
src portrange 1000-50000
tcp dst portrange 8000-8999 or 80-81
proto 6
proto 17 or 132
ip proto 6
ip proto \\tcp
ip6 proto 6
ip6 proto 44
ip proto 44
proto 44
proto 47
ip proto 58
ether proto 0x88cc
ether proto \\arp
ether host 02:00:00:00:00:01
ether src 02:00:00:00:00:01
ether dst 02-00-00-00-00-01
ether host 0200.0000.0002
ether src 2:0:0:0:0:1 or 02:00:00:00:00:02
ether src and dst 02:00:00:00:00:01
greater 100
less 60
less 100 and greater 60
tcp or udp and host 10.0.0.2
(tcp or udp) and host 10.0.0.2
tcp or (udp and host 10.0.0.2)
tcp && port 80 || arp
tcp&&!port 80
!(tcp or udp or arp)
not (host 10.0.0.1 or host 2001:db8::1)
not (tcp port 80 and host 10.0.0.2) and not arp
ip6 and not tcp
ip and not (port 80 or 443)
(port 80 and host 10.0.0.1) or (ip6 and udp) or icmp
`
  .split("\n")
  .filter((line) => line !== "")

test("expressions keep the packets that tcpdump keeps", () => {
  let kept = 0
  for (const expression of ["", ...EXPRESSIONS]) {
    const expected = keptByTcpdump(expression)
    assert.notEqual(expected, null, `tcpdump does not take: ${expression}`)
    assert.deepEqual(keptHere(expression), expected, expression)
    kept += expected!.length
  }
  assert.ok(kept > EXPRESSIONS.length, "the expressions keep next to nothing: they would prove nothing")
})

const end = fc.constantFrom("", "src ", "dst ", "src or dst ", "src and dst ")
const port = fc.constantFrom("80", "443", "53", "8080", "40000", "1", "9")
const primitive = fc.oneof(
  fc.constantFrom("tcp", "udp", "sctp", "icmp", "icmp6", "ip", "ip6", "arp", "rarp", "greater 90", "less 80"),
  fc.tuple(end, fc.constantFrom("10.0.0.1", "10.0.0.2", "192.168.7.9", "2001:db8::1")).map(([e, a]) => `${e}host ${a}`),
  fc
    .tuple(end, fc.constantFrom("10.0.0.0/30", "192.168.0.0/16", "2001:db8::/64", "fd00::/8"))
    .map(([e, a]) => `${e}net ${a}`),
  fc
    .tuple(fc.constantFrom("", "tcp ", "udp ", "sctp "), end, port, fc.option(port))
    .map(([layer, e, first, second]) => `${layer}${e}port ${first}${second === null ? "" : ` or ${second}`}`),
  fc.tuple(end, port, port).map(([e, low, high]) => `${e}portrange ${low}-${high}`),
  fc.nat(140).map((protocol) => `proto ${protocol}`),
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    primitive,
    fc
      .tuple(tie("expression"), fc.constantFrom(" and ", " or ", " && ", "||"), tie("expression"))
      .map((parts) => parts.join("")),
    tie("expression").map((inner) => `(${inner})`),
    tie("expression").map((inner) => `not (${inner})`),
    primitive.map((inner) => `!${inner}`),
  ),
}))

test("random expressions keep the packets that tcpdump keeps", () => {
  fc.assert(
    fc.property(expression, (text) => {
      const expected = keptByTcpdump(text)
      assert.notEqual(expected, null, `tcpdump does not take: ${text}`)
      assert.deepEqual(keptHere(text), expected)
    }),
    { numRuns: 300 },
  )
})
