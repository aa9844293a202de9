// Plays fragments written as lines of text to a Defragmenter and tells the datagrams that it put together. For tests.
//
//   "0+ 'abcdefgh'"           offset 0, more to come, payload in quotes
//   "8 'xyz'"                 offset 8, the last one
//   words behind: id=7, v6, tcp, udp (protocol; 99 otherwise), next=6 (any protocol), zone=5, src=9 (another source),
//                 cut=4 (bytes of the payload that the capture kept), wire=16 (another length on the wire)
//   "+250ms", "+3s"           packet time passes
//
//   what is told: "abcdefghxyz", or "abcd~7": seven more bytes were not captured
import assert from "node:assert/strict"
import { Packet } from "../decode/packet.ts"
import { DefragCounters } from "./counters.ts"
import { Defragmenter } from "./defragmenter.ts"
import { DEFRAG_DEFAULTS, type DefragOptions } from "./options.ts"

const SLACK = 5

export class FakeFragments {
  readonly counters = new DefragCounters()
  readonly defragmenter: Defragmenter
  readonly packet = new Packet()
  readonly options: DefragOptions
  timeUs = 1_795_428_000_000_000

  constructor(options: Partial<DefragOptions> = {}) {
    this.options = { ...DEFRAG_DEFAULTS, ...options }
    this.defragmenter = new Defragmenter(this.counters, this.options)
  }

  play(...lines: readonly string[]): string[] {
    return lines.flatMap((line) => {
      const pause = /^\+([\d.]+)(ms|s)$/.exec(line)
      if (pause === null) {
        const told = this.#send(line)
        this.assertBalance()
        return told === null ? [] : [told]
      }
      this.timeUs += Number(pause[1]) * (pause[2] === "s" ? 1_000_000 : 1000)
      this.defragmenter.advance(this.timeUs)
      this.assertBalance()
      return []
    })
  }

  /** One fragment; the text of the datagram that it completed, or null. Its bytes are gone afterwards, as a batch's are. */
  send(
    payload: Uint8Array,
    offset: number,
    more: boolean,
    id = 1,
    protocol = 99,
    wire = payload.length,
  ): string | null {
    const bytes = new Uint8Array(SLACK + payload.length + SLACK).fill(0x23)
    bytes.set(payload, SLACK)
    const { packet, defragmenter } = this
    packet.timeUs = this.timeUs
    const end = SLACK + payload.length
    const isWhole = defragmenter.take(packet, protocol, id, bytes, SLACK, end, wire, offset, more)
    bytes.fill(0x3f)
    if (!isWhole) return null
    const text = Buffer.from(defragmenter.bytes.subarray(defragmenter.start, defragmenter.end)).toString("latin1")
    const missing = defragmenter.wireEnd - defragmenter.end
    return missing === 0 ? text : `${text}~${missing}`
  }

  flush(): void {
    this.defragmenter.flush()
    this.assertBalance()
    assert.equal(this.counters.fragments.held, 0)
    assert.equal(this.counters.bytes.held, 0)
    assert.equal(this.counters.waiting, 0)
  }

  /** Every fragment and every captured byte has one fate. */
  assertBalance(): void {
    const { counters } = this
    const sum = (fates: object): number => Object.values(fates).reduce((total, each) => total + each, 0)
    assert.equal(sum(counters.fragments), counters.offered, "fragments")
    assert.equal(sum(counters.bytes), counters.offeredBytes, "bytes")
    for (const count of [...Object.values(counters.fragments), ...Object.values(counters.bytes)]) assert.ok(count >= 0)
    assert.ok(counters.bytes.held <= this.options.memcapBytes)
    assert.ok(counters.waiting <= this.options.datagramsMax)
  }

  #send(line: string): string | null {
    const match = /^(\d+)(\+?) '([^']*)'(.*)$/.exec(line)
    if (match === null) throw new Error(`Not a fragment: ${line}`)
    const words = new Map(match[4]!.split(" ").map((word) => [word.split("=")[0]!, Number(word.split("=")[1])]))
    const { packet } = this
    packet.ipVersion = words.has("v6") ? 6 : 4
    packet.zone = words.get("zone") ?? 0
    packet.src3 = words.get("src") ?? 1
    packet.dst3 = 2
    const payload = Buffer.from(match[3]!, "latin1")
    const protocol = words.get("next") ?? (words.has("tcp") ? 6 : words.has("udp") ? 17 : 99)
    const kept = payload.subarray(0, words.get("cut") ?? payload.length)
    const wire = words.get("wire") ?? payload.length
    return this.send(kept, Number(match[1]), match[2] === "+", words.get("id") ?? 1, protocol, wire)
  }
}
