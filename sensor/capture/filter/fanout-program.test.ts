import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import {
  concatBytes,
  ethernet,
  fromHex,
  ipv4,
  ipv6,
  tcp,
  u16,
  u32,
  udp,
} from "../../../shared/testing/packet-builder.ts"
import { BpfMachine } from "./bpf-machine.ts"
import { PROGRAM_INSTRUCTIONS_MAX } from "./bpf-program.ts"
import { FANOUT_PORTS_MAX, FANOUT_TUNNELS_MAX, type FanoutOptions, fanoutProgram } from "./fanout-program.ts"
import { checkProgram } from "./program-check.ts"
import {
  arriving,
  leaving,
  type Outer,
  WRAPPINGS,
  WRAPPINGS_OF_IPV4,
  WRAPPINGS_OF_IPV6,
  type Wrapping,
} from "./testing/tunnel-frames.ts"

const SEED = 0x5eed_0001

function hasher(options: Partial<FanoutOptions> = {}): (frame: Uint8Array) => number {
  const machine = new BpfMachine(fanoutProgram({ seed: SEED, ...options }))
  return (frame) => {
    const hash = machine.run(arriving(frame))
    assert.equal(machine.run(leaving(frame)), hash, "a frame that leaves goes to another socket than one that arrives")
    return hash
  }
}

interface Flow {
  readonly isIpv6: boolean
  readonly transport: "tcp" | "udp" | "sctp"
  /** Two bytes in each address, and the port. */
  readonly client: readonly [number, number]
  readonly server: readonly [number, number]
}

function packetOf(flow: Flow, isReply: boolean): Uint8Array {
  const [from, to] = isReply ? [flow.server, flow.client] : [flow.client, flow.server]
  const payload =
    flow.transport === "tcp"
      ? tcp({ sourcePort: from[1], destinationPort: to[1], payload: isReply ? "HTTP/1.1" : "GET" })
      : flow.transport === "udp"
        ? udp(from[1], to[1], "question")
        : concatBytes(u16(from[1]), u16(to[1]), u32(1), u32(0))
  const protocol = { tcp: 6, udp: 17, sctp: 132 }[flow.transport]
  if (flow.isIpv6)
    return ipv6(payload, {
      protocol,
      source: `2001:db8:0:${from[0].toString(16)}::7`,
      destination: `2001:db8:0:${to[0].toString(16)}::7`,
    })
  const address = (host: number): string => `10.1.${host >>> 8}.${host & 0xff}`
  return ipv4(payload, { protocol, source: address(from[0]), destination: address(to[0]) })
}

const FLOW: Flow = { isIpv6: false, transport: "tcp", client: [1, 40_000], server: [2, 80] }
const OUTER: Outer = { isReply: false, entropy: 50_123 }

// A port of a tunnel would make the flow itself one.
const end = fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: 2000 }))
const flows: fc.Arbitrary<Flow> = fc.record({
  isIpv6: fc.boolean(),
  transport: fc.constantFrom("tcp", "udp", "sctp"),
  client: end,
  server: end,
})
const outers: fc.Arbitrary<Outer> = fc.record({
  isReply: fc.boolean(),
  entropy: fc.integer({ min: 10_000, max: 0xffff }),
})

describe("a flow goes to the same socket in both directions, in each wrapping as in none", () => {
  const hash = hasher()
  for (const [name, wrap] of Object.entries({ ...WRAPPINGS, ...WRAPPINGS_OF_IPV4, ...WRAPPINGS_OF_IPV6 }))
    test(name, () => {
      fc.assert(
        fc.property(flows, outers, (flow, outer) => {
          const isIpv6 = Object.hasOwn(WRAPPINGS, name) ? flow.isIpv6 : Object.hasOwn(WRAPPINGS_OF_IPV6, name)
          const inner = { ...flow, isIpv6 }
          const bare = hash(ethernet(packetOf(inner, false)))
          assert.equal(hash(wrap(packetOf(inner, false), outer)), bare)
          assert.equal(hash(wrap(packetOf(inner, true), { ...outer, isReply: !outer.isReply })), bare)
        }),
        { numRuns: 40 },
      )
    })
})

const tunnels = Object.entries(WRAPPINGS).filter(([name]) => /VXLAN|GENEVE|GTP|GRE|ERSPAN|IP in|EtherIP/.test(name))

/** The frame in a further tunnel that carries Ethernet. */
const mirrored: Wrapping = (frame, outer) => {
  const inVxlan = concatBytes(fromHex("0800 0000 00000100"), frame)
  const [source, destination] = outer.isReply ? ["192.0.2.2", "192.0.2.1"] : ["192.0.2.1", "192.0.2.2"]
  const carrier = { protocol: 17, source: source!, destination: destination! }
  return ethernet(ipv4(udp(outer.entropy, 4789, inVxlan), carrier))
}

test("tunnels in tunnels are walked into up to the limit; beyond it the flow that was reached counts", () => {
  for (const [name, wrap] of tunnels) {
    const one = wrap(packetOf(FLOW, false), OUTER)
    const two = mirrored(one, OUTER)
    const bare = hasher()(ethernet(packetOf(FLOW, false)))
    assert.equal(hasher()(two), bare, `${name} in VXLAN`)
    assert.equal(hasher({ tunnelsMax: 1 })(two), hasher({ tunnelsMax: 0 })(one), `${name} in VXLAN, one level`)
    assert.equal(hasher({ tunnelsMax: 3 })(mirrored(two, OUTER)), bare, `${name} in VXLAN in VXLAN`)
    assert.notEqual(hasher()(mirrored(two, OUTER)), bare)
  }
})

test("where a frame is cut off in the tunnel, what was reached of it counts", () => {
  const hash = hasher()
  for (const [name, wrap] of tunnels) {
    const frame = wrap(packetOf(FLOW, false), OUTER)
    const known = new Set([
      hash(frame),
      // The inner addresses alone, the outer flow, the outer addresses alone, the Ethernet addresses.
      hasher({ key: "hosts" })(frame),
      hasher({ tunnelsMax: 0 })(frame),
      hasher({ tunnelsMax: 0, key: "hosts" })(frame),
      hash(ethernet(fromHex("00"), { etherType: 0x88cc })),
    ])
    const seen = new Set<number>()
    // A frame that ends in its outermost tag is dropped by the kernel itself.
    for (let length = 18; length <= frame.length; length++) {
      const reached = hash(frame.subarray(0, length))
      assert.ok(known.has(reached), `${name} cut to ${length} of ${frame.length} bytes`)
      seen.add(reached)
    }
    assert.ok(seen.size >= 4, `${name}: ${seen.size} of the levels were reached`)
  }
})

test("fragments go where the addresses alone lead, all of them and in both directions", () => {
  const hash = hasher()
  const addresses = { source: "10.1.0.1", destination: "10.1.0.2", protocol: 6 }
  const payload = tcp({ sourcePort: 40_000, destinationPort: 80, payload: "x".repeat(60) })
  const pieces = [
    ipv4(payload.subarray(0, 24), { ...addresses, moreFragments: true }),
    ipv4(payload.subarray(24, 48), { ...addresses, moreFragments: true, fragmentOffset: 24 }),
    ipv4(payload.subarray(48), { ...addresses, fragmentOffset: 48 }),
    ipv4(payload.subarray(48), { ...addresses, source: "10.1.0.2", destination: "10.1.0.1", fragmentOffset: 48 }),
  ]
  assert.equal(new Set(pieces.map((piece) => hash(ethernet(piece)))).size, 1)
  // By default the flow itself goes elsewhere; with the addresses as the key it does not.
  assert.notEqual(hash(ethernet(ipv4(payload, addresses))), hash(ethernet(pieces[0]!)))
  const byHosts = hasher({ key: "hosts" })
  assert.equal(byHosts(ethernet(ipv4(payload, addresses))), byHosts(ethernet(pieces[0]!)))

  const fragment6 = (offset: number, more: number): Uint8Array =>
    ethernet(ipv6(payload, { extensions: [{ type: 44, body: concatBytes(u16(offset | more), u32(9)) }] }))
  assert.equal(hash(fragment6(0, 1)), hash(fragment6(1280, 0)))
  assert.equal(hash(fragment6(0, 0)), hash(ethernet(ipv6(payload))), "a packet in a fragment header alone is whole")
})

test("IPv4 options and IPv6 extension headers are stepped over", () => {
  const hash = hasher()
  const payload = packetOf(FLOW, false).subarray(20)
  const addresses = { source: "10.1.0.1", destination: "10.1.0.2" }
  const bare = hash(ethernet(ipv4(payload, addresses)))
  assert.equal(hash(ethernet(ipv4(payload, { ...addresses, options: new Uint8Array(40).fill(1) }))), bare)
  const bare6 = hash(ethernet(ipv6(payload)))
  const hop = { type: 0, body: new Uint8Array(14) }
  const routing = { type: 43, body: new Uint8Array(22) }
  const destination = { type: 60, body: new Uint8Array(6) }
  for (const extensions of [[hop], [routing], [destination], [hop, routing], [hop, destination]])
    assert.equal(hash(ethernet(ipv6(payload, { extensions }))), bare6)
  const addressesOnly = hash(ethernet(ipv6(payload, { extensions: [hop, routing, destination] })))
  assert.equal(addressesOnly, hasher({ key: "hosts" })(ethernet(ipv6(payload))))
})

test("ports that look like a tunnel without being one leave the flow as it is", () => {
  const hash = hasher()
  for (const [port, payload] of [
    [4789, "0000 0000 00000100 000000000001 000000000002 0800 45"],
    [4789, "0800"],
    [4790, "0c00 0007 00000100 45"],
    [6081, "c000 6558 00000100"],
    [2152, "3001 0000 00000000"],
    [2152, "5011 0000 00000000 45000000"],
    [3544, "1234 5678 9abc def0"],
  ] as const) {
    const packet = ipv4(udp(1000, port, fromHex(payload)), { protocol: 17 })
    const reply = ipv4(udp(port, 1000, "answer"), { protocol: 17, source: "10.0.0.2", destination: "10.0.0.1" })
    assert.equal(hash(ethernet(packet)), hash(ethernet(reply)), `port ${port}, ${payload}`)
    assert.equal(hash(ethernet(packet)), hasher({ tunnelsMax: 0 })(ethernet(packet)))
  }
})

test("tunnel ports are those asked for", () => {
  const inner = ethernet(packetOf(FLOW, false))
  const bare = hasher()(inner)
  const on = (port: number, header: string): Uint8Array =>
    ethernet(ipv4(udp(7, port, concatBytes(fromHex(header), inner)), { protocol: 17 }))
  const vxlan = "0800 0000 00000100"
  const geneve = "0000 6558 00000100"
  assert.notEqual(hasher()(on(9999, vxlan)), bare)
  assert.equal(hasher({ vxlanPorts: [9999] })(on(9999, vxlan)), bare)
  assert.notEqual(hasher({ vxlanPorts: [9999] })(on(4789, vxlan)), bare)
  assert.equal(hasher({ genevePorts: [9998] })(on(9998, geneve)), bare)
  assert.notEqual(hasher({ genevePorts: [] })(on(6081, geneve)), bare)
})

test("what is not IP is spread by its Ethernet addresses, the same for both directions", () => {
  const hash = hasher()
  const frame = (from: number, to: number, type = "88cc"): Uint8Array =>
    fromHex(
      `0200000000${to.toString(16).padStart(2, "0")} 0200000000${from.toString(16).padStart(2, "0")} ${type} 0001`,
    )
  const sockets = new Set<number>()
  for (let i = 2; i < 60; i++) {
    assert.equal(hash(frame(1, i)), hash(frame(i, 1)))
    sockets.add(hash(frame(1, i)) % 4)
  }
  assert.equal(sockets.size, 4)
  // An interface without Ethernet has no such addresses.
  const packet = arriving(frame(1, 2))
  packet.hardwareType = 65_534
  const machine = new BpfMachine(fanoutProgram({ seed: SEED }))
  packet.linkStart = packet.end
  assert.equal(machine.run(packet), machine.run({ ...packet, bytes: new Uint8Array(40) }))
})

/** How far counts are from equal: about the number of sockets less one when chance alone is at work. */
function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

const PATTERNS: Readonly<Record<string, (i: number) => Flow>> = {
  "ports of one client counting up": (i) => ({ ...FLOW, client: [1, 30_000 + i] }),
  "even ports": (i) => ({ ...FLOW, client: [1, 30_000 + 2 * i] }),
  "clients of a subnet, one port": (i) => ({ ...FLOW, client: [i, 40_000] }),
  "one client, servers of a subnet": (i) => ({ ...FLOW, server: [i << 4, 80] }),
  "addresses and ports that grow together": (i) => ({ ...FLOW, client: [i, 1000 + i] }),
  "IPv6 clients that differ in their middle": (i) => ({ ...FLOW, isIpv6: true, client: [i, 40_000] }),
  "pairs of neighbours": (i) => ({ ...FLOW, client: [2 * i, 500], server: [2 * i + 1, 500] }),
}

describe("a thousand flows are spread evenly", () => {
  for (const [name, flowOf] of Object.entries(PATTERNS))
    test(name, () => {
      const frames = Array.from({ length: 1000 }, (_, i) => ethernet(packetOf(flowOf(i), false)))
      for (const workers of [2, 3, 4, 8]) {
        const results: number[] = []
        for (let seed = 1; seed <= 8; seed++) {
          const hash = hasher({ seed: Math.imul(seed, 0x1234_5677) })
          const counts = new Array<number>(workers).fill(0)
          for (const frame of frames) counts[hash(frame) % workers]!++
          results.push(unevenness(counts))
        }
        // Chance alone exceeds these once in 10^4 and once in 10^3.
        const degrees = workers - 1
        assert.ok(Math.max(...results) < degrees + 4 * Math.sqrt(2 * degrees) + 8, `${workers} workers: ${results}`)
        const mean = results.reduce((sum, result) => sum + result, 0) / results.length
        assert.ok(mean < degrees + 3.5 * Math.sqrt((2 * degrees) / 8), `${workers} workers: mean ${mean}`)
      }
    })
})

test("each bit of an address or a port turns each bit of the hash half of the time", () => {
  const hash = hasher()
  const frames = Array.from({ length: 1000 }, (_, i) =>
    ethernet(packetOf({ ...FLOW, client: [i, (30_000 + 7 * i) & 0xffff] }, false)),
  )
  // Bytes of the source address and port.
  for (const at of [26, 27, 28, 29, 34, 35])
    for (let bit = 0; bit < 8; bit++) {
      const turned = new Array<number>(32).fill(0)
      for (const frame of frames) {
        const other = Uint8Array.from(frame)
        other[at]! ^= 1 << bit
        const difference = hash(frame) ^ hash(other)
        for (let i = 0; i < 32; i++) turned[i]! += (difference >>> i) & 1
      }
      for (const [i, count] of turned.entries())
        assert.ok(count > 400 && count < 600, `bit ${bit} of byte ${at} turns bit ${i} in ${count} of 1000`)
    }
})

test("another seed is another choice, so that nobody outside knows which flows meet", () => {
  const [one, two] = [hasher({ seed: 1 }), hasher({ seed: 2 })]
  const frames = Array.from({ length: 1000 }, (_, i) => ethernet(packetOf({ ...FLOW, client: [i, 40_000] }, false)))
  const together = frames.filter((frame) => one(frame) % 4 === 0)
  const counts = [0, 0, 0, 0]
  for (const frame of together) counts[two(frame) % 4]!++
  assert.ok(unevenness(counts) < 17, String(counts))
})

test("the program passes the kernel's check at every limit", () => {
  const ports = Array.from({ length: FANOUT_PORTS_MAX }, (_, i) => i + 1)
  for (let tunnelsMax = 0; tunnelsMax <= FANOUT_TUNNELS_MAX; tunnelsMax++)
    for (const key of ["flow", "hosts"] as const) {
      const program = fanoutProgram({ seed: 0xffff_ffff, key, tunnelsMax, vxlanPorts: ports, genevePorts: ports })
      assert.equal(checkProgram(program), null)
      assert.ok(program.length < PROGRAM_INSTRUCTIONS_MAX)
    }
  assert.throws(() => fanoutProgram({ seed: 1, vxlanPorts: [...ports, 99] }), RangeError)
  assert.throws(() => fanoutProgram({ seed: 1, tunnelsMax: FANOUT_TUNNELS_MAX + 1 }), RangeError)
})

test("any bytes end in a number", () => {
  const machine = new BpfMachine(fanoutProgram({ seed: SEED, tunnelsMax: 3 }))
  const types = fc.constantFrom(0x0800, 0x86dd, 0x8100, 0x8847, 0x8864, 0x88e7, 0x8926, 0x893f)
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 120 }), (type, bytes) => {
      const frame = concatBytes(new Uint8Array(12), u16(type), bytes)
      for (const packet of [arriving(frame), leaving(frame)]) assert.ok(Number.isInteger(machine.run(packet)))
    }),
    { numRuns: 2000 },
  )
  // Damage to real wrappings goes deeper than chance.
  const wrapped = fc.constantFrom(...tunnels).map(([, wrap]) => wrap(packetOf(FLOW, false), OUTER))
  const damage = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(wrapped, damage, fc.nat(120), (frame, changes, length) => {
      const bytes = Uint8Array.from(frame)
      for (const [at, value] of changes) if (at < bytes.length && at > 13) bytes[at] = value
      assert.notEqual(machine.run(arriving(bytes.subarray(0, 18 + length))), 0)
    }),
    { numRuns: 3000 },
  )
})
