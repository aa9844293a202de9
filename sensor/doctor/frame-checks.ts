// Are the frames whole and as sent: truncation, super-frames, tunnels, VLANs, fragments, checksums, versions of IP.
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import type { DecoderCounters } from "../decode/counters.ts"
import { type Finding, grouped, judge, percent, plural, share } from "./finding.ts"
import { ENCRYPTED, TUNNELS } from "./frame-look.ts"
import type { Measurements } from "./measurements.ts"

/** One cut frame in a hundred costs a like part of the exchanges. */
const CUT_BAD = 0.01

const COPIES_FEW = 0.01

/** Tunnels that nobody opens: above this share of all packets the sensor is blind. */
const CLOSED_BAD = 0.1
/** Flows whose sides lie in different tunnels, VLANs. */
const SPLIT_SHARE = 0.01
/** Mostly tunnelled, in no more outer flows than this: a card cannot spread it over its queues. */
const TUNNELLED_MOSTLY = 0.5
const OUTER_FLOWS_FEW = 4

const FRAGMENTS_GOOD = 0.001
const FRAGMENTS_BAD = 0.1

/** Checksums wrong by chance: what a bad cable does. */
const WRONG_GOOD = 0.0001
const WRONG_BAD = 0.01

const VLANS_LISTED = 10

export function checkTruncation(m: Measurements): Finding {
  const { frames, time } = m
  const cut = frames.snapped + frames.sliced
  const cutShare = share(cut, time.packets)
  const measured = {
    snapped: frames.snapped,
    snapBytesMin: frames.snapBytesMin,
    snapBytesMax: frames.snapBytesMax,
    sliced: frames.sliced,
    cutShare,
  }
  const check = "truncation"
  if (time.packets === 0)
    return { check, verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  if (cut === 0) return { check, verdict: "good", measured, sentence: "Frames are whole.", advice: null }
  const isBroker = frames.sliced > frames.snapped
  return {
    check,
    verdict: judge(cutShare, 0, CUT_BAD),
    measured,
    sentence: isBroker
      ? `${percent(cutShare)} of the frames are shorter than their IP header says: cut before they came here.`
      : `${percent(cutShare)} of the frames are cut, to ${grouped(frames.snapBytesMax)} bytes at most.`,
    advice: isBroker
      ? "Turn packet slicing off on the broker or switch: heads and bodies of messages are in what it cuts off."
      : "Capture whole frames (tcpdump -s 0; no slicing on the broker): heads and bodies of messages are in what is cut off.",
  }
}

export function checkSuperFrames(m: Measurements): Finding {
  const { frames, flows, time, copies } = m
  const merged = Math.max(flows.superSegments, frames.giant)
  const measured = {
    superFrames: merged,
    superShare: share(merged, time.packets),
    overUsualSize: frames.large,
    wireBytesMax: frames.wireBytesMax,
  }
  const check = "superFrames"
  if (time.packets === 0)
    return { check, verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  if (merged === 0)
    return {
      check,
      verdict: "good",
      measured,
      sentence:
        frames.large > 0
          ? `${plural(frames.large, "jumbo frame")}, none of them put together after the wire.`
          : "Frames are as large as on the wire.",
      advice: null,
    }
  const isHarmful = frames.snapped > 0 || share(copies.packets, copies.judged) > COPIES_FEW
  return {
    check,
    verdict: isHarmful ? "warning" : "good",
    measured,
    sentence: `${plural(merged, "frame")} were put together after the wire (offload), of ${grouped(frames.wireBytesMax)} bytes at most${isHarmful ? "" : "; the sensor reads them"}.`,
    advice: isHarmful
      ? "Turn it off on this interface (ethtool -K NAME gro off lro off): with cut or doubled packets it hides what happened."
      : null,
  }
}

export function checkTunnels(m: Measurements): Finding {
  const { frames, time, decoder, flows } = m
  const met = TUNNELS.map((name, i) => ({ name, packets: frames.tunnels[i]!, opened: frames.opened[i]! })).filter(
    ({ name, packets }) => name !== "none" && packets > 0,
  )
  const tunnelled = met.reduce((sum, { packets }) => sum + packets, 0)
  const tunnelledShare = share(tunnelled, time.packets)
  const encrypted = met.filter(({ name }) => ENCRYPTED.has(name))
  const closed = met.filter(({ name, opened }) => !ENCRYPTED.has(name) && opened === 0)
  const splitShare = share(flows.splitZones, flows.bothWays)
  const measured = {
    tunnelledShare,
    outerFlows: m.outerFlows,
    tunnels: met,
    decoder: encapsulations(decoder),
    sidesInDifferentTunnels: flows.splitZones,
  }
  const check = "tunnels"
  const named = (kinds: typeof met): string =>
    kinds.map(({ name, packets }) => `${name} ${grouped(packets)}`).join(", ")
  const sumOf = (kinds: typeof met): number => kinds.reduce((sum, { packets }) => sum + packets, 0)
  if (time.packets === 0)
    return { check, verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  if (met.length === 0) return { check, verdict: "good", measured, sentence: "Nothing is tunnelled.", advice: null }
  if (closed.length > 0 || encrypted.length > 0) {
    const blind = share(sumOf(closed) + sumOf(encrypted), time.packets)
    return {
      check,
      verdict: judge(blind, 0, CLOSED_BAD),
      measured,
      sentence: `${percent(blind)} of the packets are in tunnels in which no TCP was found (${named([...closed, ...encrypted])}).`,
      advice:
        sumOf(encrypted) > sumOf(closed)
          ? "Mirror where the tunnel has ended: what is encrypted cannot be read."
          : "Mirror behind the tunnel's end, or let the broker strip its header.",
    }
  }
  if (splitShare > SPLIT_SHARE)
    return {
      check,
      verdict: "bad",
      measured,
      sentence: `The two sides of ${percent(splitShare)} of the flows come in tunnels of different ids.`,
      advice: "Give both directions one id (one mirror session for both), or let the sensor take these ids for one.",
    }
  const isPinned = tunnelledShare > TUNNELLED_MOSTLY && m.outerFlows > 0 && m.outerFlows <= OUTER_FLOWS_FEW
  return {
    check,
    verdict: "good",
    measured,
    sentence: `${percent(tunnelledShare)} of the packets are tunnelled (${named(met)}), in ${plural(m.outerFlows, "outer flow")}, and opened.`,
    advice: isPinned
      ? "So few outer flows go to one queue of the card: spread them over workers by the inner flow when one CPU is not enough."
      : null,
  }
}

/** Decode's own counters of what it took off, by name: all but those that are no encapsulation. */
function encapsulations(decoder: DecoderCounters): Record<string, number> {
  const plain = new Set(["tcp", "payload_bytes", "vlan", "ipv4", "ipv6", "ethernet", "raw"])
  return Object.fromEntries(
    Object.entries(flattenCounters(decoder)).filter(([name]) => !plain.has(name) && !/^(ignored|dropped)\./.test(name)),
  )
}

export function checkVlans(m: Measurements): Finding {
  const { frames, time, flows } = m
  const ids = Array.from(frames.vlans, (packets, id) => ({ id, packets }))
    .filter(({ packets }) => packets > 0)
    .sort((a, b) => b.packets - a.packets || a.id - b.id)
  const splitShare = share(flows.splitVlans, flows.bothWays)
  const measured = {
    taggedShare: share(frames.tagged, time.packets),
    doubleTagged: frames.doubleTagged,
    vlans: ids.length,
    most: ids.slice(0, VLANS_LISTED),
    sidesInDifferentVlans: flows.splitVlans,
  }
  const check = "vlans"
  if (time.packets === 0)
    return { check, verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  if (ids.length === 0) return { check, verdict: "good", measured, sentence: "Frames have no VLAN tags.", advice: null }
  const list = ids
    .slice(0, VLANS_LISTED)
    .map(({ id }) => id)
    .join(", ")
  const isSplit = splitShare > SPLIT_SHARE
  return {
    check,
    verdict: "good",
    measured,
    sentence: `${percent(measured.taggedShare)} of the frames are tagged, ${plural(ids.length, "VLAN")} (${list}${ids.length > VLANS_LISTED ? ", ..." : ""})${isSplit ? `; the sides of ${percent(splitShare)} of the flows lie in different ones` : ""}.`,
    advice: isSplit ? "Leave the VLAN out of the flow key, as it is by default." : null,
  }
}

export function checkFragments(m: Measurements): Finding {
  const { frames, time } = m
  const ip = frames.ipv4 + frames.ipv6
  const fragmentShare = share(frames.fragments, ip)
  const measured = {
    fragments: frames.fragments,
    fragmentShare,
    tcp: frames.tcpFragments,
    ofTunnels: frames.tunnelFragments,
  }
  const check = "fragments"
  if (time.packets === 0)
    return { check, verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  if (frames.fragments === 0)
    return { check, verdict: "good", measured, sentence: "No packet is fragmented.", advice: null }
  const verdict = judge(fragmentShare, FRAGMENTS_GOOD, FRAGMENTS_BAD)
  return {
    check,
    verdict,
    measured,
    sentence: `${percent(fragmentShare)} of the IP packets are fragments (${grouped(frames.tcpFragments)} of TCP, ${grouped(frames.tunnelFragments)} of tunnels).`,
    advice:
      verdict === "good"
        ? null
        : frames.tunnelFragments > frames.tcpFragments
          ? "Raise the MTU on the way of the mirror's tunnel: a fragment lost costs the whole packet."
          : "Find who sends larger packets than the path takes (MTU, MSS clamping): a fragment lost costs the whole packet.",
  }
}

export function checkChecksums(m: Measurements): Finding {
  const { checksums } = m
  const wrongShare = share(checksums.wrong, checksums.verified)
  const measured = {
    verified: checksums.verified,
    offloaded: checksums.offloaded,
    offloadedShare: share(checksums.offloaded, checksums.verified),
    wrong: checksums.wrong,
    wrongIpv4Headers: checksums.wrongHeaders,
    wrongShare,
  }
  const check = "checksums"
  if (checksums.verified === 0)
    return { check, verdict: "unknown", measured, sentence: "There is no whole TCP segment to verify.", advice: null }
  const verdict = judge(wrongShare, WRONG_GOOD, WRONG_BAD)
  if (verdict !== "good")
    return {
      check,
      verdict,
      measured,
      sentence: `${percent(wrongShare)} of ${plural(checksums.verified, "segment")} verified have wrong checksums (${grouped(checksums.wrongHeaders)} in the IPv4 header).`,
      advice:
        "Look for a bad cable, optic or card on the mirror's way, or for a broker that rewrites packets without their checksums.",
    }
  if (checksums.offloaded > 0)
    return {
      check,
      verdict,
      measured,
      sentence: `${percent(measured.offloadedShare)} of the checksums were left to a network card: captured on the host that sends, harmless.`,
      advice: null,
    }
  return {
    check,
    verdict,
    measured,
    sentence: `Checksums of ${plural(checksums.verified, "segment")} are right.`,
    advice: null,
  }
}

export function checkIp(m: Measurements): Finding {
  const { frames, time } = m
  const measured = {
    ipv4: frames.ipv4,
    ipv6: frames.ipv6,
    ipv6Share: share(frames.ipv6, frames.ipv4 + frames.ipv6),
    notIp: frames.notIp,
    notIpShare: share(frames.notIp, time.packets),
  }
  if (time.packets === 0)
    return { check: "ip", verdict: "unknown", measured, sentence: "There are no packets.", advice: null }
  return {
    check: "ip",
    verdict: "good",
    measured,
    sentence: `${percent(measured.ipv6Share)} of the IP packets are IPv6; ${percent(measured.notIpShare)} of the frames are not IP.`,
    advice: null,
  }
}
