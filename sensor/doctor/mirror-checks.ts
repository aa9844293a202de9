// Is the mirror true: both directions, each packet once, none lost, none sampled, in order, from the start of connections.
import { TCP_DEFAULTS } from "../tcp/options.ts"
import { duration, type Finding, grouped, judge, percent, plural, share, type Verdict } from "./finding.ts"
import type { Measurements } from "./measurements.ts"

/** Share of flows that may lack a side: ends of the capture, routes that change. */
const ONE_WAY_GOOD = 0.01
const ONE_WAY_BAD = 0.1
/** So large a part of the one-sided flows lacks the same side when the mirror copies one direction only. */
const SAME_SIDE = 0.95

/** Copies cost bandwidth of the mirror's port; the sensor sets them aside. Above: half the port is wasted. */
const COPIES_GOOD = 0.001
const COPIES_BAD = 0.3

/**
 * Share of payload bytes lost before the sensor. An exchange takes some ten segments: at 0.1 % one exchange in a hundred is
 * damaged, which no conclusion about an API should rest on; at 0.01 % one in a thousand.
 */
export const LOSS_GOOD = 0.0001
export const LOSS_BAD = 0.001

/** Sampling is recognised when so many flows could be judged and nearly all of them lack a good part. */
const RATED_FLOWS = 5
const HEAVY_SHARE = 0.8
/** Short connections: so many flows, most of them a single packet. */
const SINGLES_FLOWS = 50
const SINGLES_SHARE = 0.6

/** Share of frames cut or in fragments above which gaps have that cause. */
const CUT_SHARE = 0.05

/** So many segments late, by more than what two queues of one card differ by. */
const REORDER_SHARE = 0.01
const REORDER_NOTABLE_US = 100

/** Flows that began after the warm-up, without a SYN. Idle connections that wake up are some of them. */
const LATE_FLOWS = 20
const MIDSTREAM_WARNING = 0.5
/** After this long, idle connections have shown themselves. */
const LONG_RUN_S = 60
const MIDSTREAM_LONG = 0.2

const NO_FLOWS = "There is no TCP to judge by."

/** True when only a sample of the packets is shown: then a side that is missing says nothing. */
const isSampled = (m: Measurements): boolean => checkSampling(m).verdict === "bad"

export function checkDirections(m: Measurements): Finding {
  const { flows } = m
  const oneWay = flows.onlyToServer + flows.onlyToClient
  const judged = flows.bothWays + oneWay
  const oneWayShare = share(oneWay, judged)
  const measured = {
    flows: flows.flows,
    bothWays: flows.bothWays,
    onlyToServer: flows.onlyToServer,
    onlyToClient: flows.onlyToClient,
    tooShort: flows.tooShort,
    unanswered: flows.unanswered,
    oneWayShare,
    onDifferentInterfaces: flows.splitPorts,
  }
  const check = "directions"
  if (judged === 0)
    return {
      check,
      verdict: "unknown",
      measured,
      sentence: flows.flows === 0 ? NO_FLOWS : `None of ${plural(flows.flows, "flow")} was long enough to judge.`,
      advice: flows.flows === 0 ? null : "Look for longer.",
    }
  if (isSampled(m))
    return {
      check,
      verdict: "unknown",
      measured,
      sentence: "A sample of the packets does not show whether a side is missing.",
      advice: "Mend sampling first, then look again.",
    }
  const verdict = judge(oneWayShare, ONE_WAY_GOOD, ONE_WAY_BAD)
  const both = `${percent(1 - oneWayShare)} of ${plural(judged, "flow")} were seen in both directions`
  if (verdict === "good") return { check, verdict, measured, sentence: `${both}.`, advice: null }
  const isToServer = flows.onlyToServer >= SAME_SIDE * oneWay
  const isToClient = flows.onlyToClient >= SAME_SIDE * oneWay
  const missing = isToServer
    ? "the others only from client to server, the answers are missing"
    : isToClient
      ? "the others only from server to client, the requests are missing"
      : `${grouped(flows.onlyToServer)} lack the server's side, ${grouped(flows.onlyToClient)} the client's`
  return {
    check,
    verdict,
    measured,
    sentence: `${both}; ${missing}.`,
    advice:
      isToServer || isToClient
        ? "Mirror both directions of the port (both, not rx or tx; both legs of a tap), or, where routing is asymmetric, put a second sensor on the other path: the collector joins the halves."
        : "Routing is asymmetric: mirror the other path, too, or put a second sensor there: the collector joins the halves.",
  }
}

export function checkDuplicates(m: Measurements): Finding {
  const { copies } = m
  const copyShare = share(copies.packets, copies.judged)
  const measured = {
    judged: copies.judged,
    copies: copies.packets,
    copyShare,
    sameWire: copies.sameWire,
    otherVlan: copies.otherVlan,
    otherTunnel: copies.otherZone,
    otherInterface: copies.otherPort,
    routed: copies.routed,
    lagSecondsMean: share(copies.lagUs, copies.packets) / 1e6,
    lagSecondsMax: copies.lagUsMax / 1e6,
  }
  const check = "duplicates"
  if (copies.judged === 0) return { check, verdict: "unknown", measured, sentence: NO_FLOWS, advice: null }
  const verdict = judge(copyShare, COPIES_GOOD, COPIES_BAD)
  const kinds = [
    [
      copies.sameWire,
      "the same on the wire",
      "Mirror each packet once: one direction of all ports of a switch, or both of its uplink, not both of all.",
    ],
    [copies.otherVlan, "in another VLAN", "Mirror the VLAN on one side of the router or firewall only."],
    [copies.otherZone, "in another tunnel", "Let one of the mirror sessions go, or filter on the broker."],
    [
      copies.otherPort,
      "on another interface",
      "Let one of the two mirrors leave the packet out, or remove duplicates on the broker.",
    ],
    [copies.routed, "before and after a router", "Mirror one side of the router only."],
  ] as const
  const met = kinds.filter(([count]) => count > 0).sort((a, b) => b[0] - a[0])
  if (verdict === "good")
    return {
      check,
      verdict,
      measured,
      sentence: met.length === 0 ? "No packet came twice." : `${percent(copyShare)} of the packets came twice.`,
      advice: null,
    }
  return {
    check,
    verdict,
    measured,
    sentence: `${percent(copyShare)} of the packets are copies: ${met.map(([count, what]) => `${grouped(count)} ${what}`).join(", ")}, ${duration(copies.lagUsMax)} apart at most.`,
    advice: `${met[0]![2].slice(0, -1)}; the sensor sets copies aside, but they cost the mirror's bandwidth.`,
  }
}

export function checkLoss(m: Measurements): Finding {
  const { loss, capture } = m
  const lostShare = share(loss.lostBytes, loss.lostBytes + loss.newBytes)
  const measured = {
    payloadBytes: loss.newBytes,
    lostBytes: loss.lostBytes,
    lostShare,
    gaps: loss.lostHoles,
    unprovenBytes: loss.unprovenBytes,
    networkResentBytes: loss.resentBytes,
    networkResentShare: share(loss.resentBytes, loss.newBytes),
    retransmittedBytes: loss.retransmittedBytes,
    retransmittedShare: share(loss.retransmittedBytes, loss.newBytes),
    resyncs: loss.resyncs,
    byInterface: capture.interfaces
      .slice(0, loss.lostByPort.length)
      .map((name, port) => ({ interface: name, lostBytes: loss.lostByPort[port]! })),
  }
  const check = "loss"
  if (loss.newBytes === 0)
    return { check, verdict: "unknown", measured, sentence: "There is no TCP payload to judge by.", advice: null }
  const verdict = judge(lostShare, LOSS_GOOD, LOSS_BAD)
  const network = `the network itself sent ${percent(share(loss.resentBytes + loss.retransmittedBytes, loss.newBytes))} again`
  if (loss.lostBytes === 0)
    return { check, verdict, measured, sentence: `Nothing was lost before the sensor; ${network}.`, advice: null }
  return {
    check,
    verdict,
    measured,
    sentence: `${percent(lostShare)} of the payload that receivers acknowledged never came here (${plural(loss.lostHoles, "gap")}); ${network}.`,
    advice: verdict === "good" ? null : lossAdvice(m),
  }
}

function lossAdvice({ capture, frames, time }: Measurements): string {
  if ((capture.kernelDrops ?? 0) > 0)
    return "Mend the drops at this host first; what is left is lost on the mirror's way."
  if (share(frames.sliced, time.packets) > CUT_SHARE) return "Mend truncation first: what it hides counts as lost."
  return "The mirror loses it: mirror less, use a faster destination port or a tap, and look at the drop counters of switch and broker."
}

export function checkSampling(m: Measurements): Finding {
  const { flows } = m
  const answered = flows.flows - flows.unanswered
  const heavyShare = share(flows.heavy, flows.rated)
  const singlesShare = share(flows.singles, answered)
  const oneIn = share(flows.heavyNewBytes + flows.heavyLostBytes, flows.heavyNewBytes)
  const { frames, time } = m
  // Where segments are cut, gaps say nothing about sampling.
  const isCut = share(frames.sliced, time.packets) > CUT_SHARE
  const isHeavy = flows.rated >= RATED_FLOWS && heavyShare >= HEAVY_SHARE
  const isSingles = answered >= SINGLES_FLOWS && singlesShare >= SINGLES_SHARE
  const measured = {
    ratedFlows: flows.rated,
    gappyFlows: flows.heavy,
    gappyShare: heavyShare,
    singlePacketFlows: flows.singles,
    singlePacketShare: singlesShare,
    oneIn: isHeavy ? oneIn : null,
  }
  const check = "sampling"
  if (isCut)
    return {
      check,
      verdict: "unknown",
      measured,
      sentence: "Frames that are cut or in fragments hide whether packets are sampled.",
      advice: "Mend truncation and fragments first, then look again.",
    }
  if (isHeavy || isSingles)
    return {
      check,
      verdict: "bad",
      measured,
      sentence: isHeavy
        ? `Nearly every flow lacks most of itself: about one packet in ${grouped(Math.max(2, oneIn))} is shown.`
        : `${percent(singlesShare)} of ${plural(answered, "flow")} are a single packet: only a sample of the packets is shown.`,
      advice:
        "Turn packet sampling off (sFlow, 1-in-N mirrors, rate limits of the mirror session): the sensor needs every packet.",
    }
  if (flows.rated < RATED_FLOWS && answered < SINGLES_FLOWS)
    return { check, verdict: "unknown", measured, sentence: "There are too few flows to tell.", advice: null }
  return { check, verdict: "good", measured, sentence: "Packets are not sampled.", advice: null }
}

export function checkReordering(m: Measurements): Finding {
  const { loss } = m
  const lateShare = share(loss.reordered + loss.ackedBefore, loss.dataSegments)
  const { reorderHorizonUs, ackGraceUs } = TCP_DEFAULTS
  const measured = {
    dataSegments: loss.dataSegments,
    reordered: loss.reordered,
    reorderedBetweenInterfaces: loss.reorderedPorts,
    reorderedSecondsMax: loss.reorderedUsMax / 1e6,
    acknowledgedBefore: loss.ackedBefore,
    acknowledgedBeforeSecondsMax: loss.ackedBeforeUsMax / 1e6,
    lateShare,
  }
  const check = "reordering"
  if (loss.dataSegments === 0)
    return { check, verdict: "unknown", measured, sentence: "There is no TCP payload to judge by.", advice: null }
  const isBeyond = loss.reorderedUsMax > reorderHorizonUs || loss.ackedBeforeUsMax > ackGraceUs
  const lateUsMax = Math.max(loss.reorderedUsMax, loss.ackedBeforeUsMax)
  const isNear = lateUsMax > ackGraceUs / 2 || (lateShare > REORDER_SHARE && lateUsMax > REORDER_NOTABLE_US)
  const verdict: Verdict = isBeyond ? "bad" : isNear ? "warning" : "good"
  if (loss.reordered + loss.ackedBefore === 0)
    return { check, verdict, measured, sentence: "Segments come in the order in which they were sent.", advice: null }
  const parts = [
    loss.reordered > 0 ? `${plural(loss.reordered, "segment")} by ${duration(loss.reorderedUsMax)} at most` : "",
    loss.ackedBefore > 0
      ? `${plural(loss.ackedBefore, "segment")} after their acknowledgment by ${duration(loss.ackedBeforeUsMax)} at most`
      : "",
  ]
  const horizonMs = Math.ceil((2 * loss.reorderedUsMax) / 1000)
  const advice =
    loss.reorderedUsMax > reorderHorizonUs
      ? `Lead both directions through one port and queue of the mirror, or set --tcp-reorder-horizon to ${horizonMs}ms or more.`
      : "Lead both directions through one port and queue of the mirror; the sensor waits for segments that are late, no longer than needed."
  return {
    check,
    verdict,
    measured,
    sentence: `${percent(lateShare)} of the segments with payload come late: ${parts.filter((part) => part !== "").join(", ")}.`,
    advice: verdict === "good" ? null : advice,
  }
}

export function checkMidstream(m: Measurements): Finding {
  const { flows, seconds } = m
  const midstreamShare = share(flows.lateMidstream, flows.late)
  const answered = flows.flows - flows.unanswered
  const measured = {
    flows: answered,
    withoutSyn: flows.midstream,
    flowsAfterWarmUp: flows.late,
    withoutSynAfterWarmUp: flows.lateMidstream,
    shareAfterWarmUp: midstreamShare,
  }
  const check = "midstream"
  const all = `${grouped(flows.midstream)} of ${plural(answered, "flow")} had begun before they were first seen`
  if (flows.late < LATE_FLOWS)
    return {
      check,
      verdict: answered === 0 || flows.midstream > 0 ? "unknown" : "good",
      measured,
      sentence: answered === 0 ? NO_FLOWS : `${all}${flows.midstream > 0 ? ", which is normal at the start" : ""}.`,
      advice: flows.midstream > 0 ? "Look for longer to tell." : null,
    }
  if (isSampled(m))
    return {
      check,
      verdict: "unknown",
      measured,
      sentence: `${all}, as a sample makes it.`,
      advice: "Mend sampling first, then look again.",
    }
  const isLong = seconds >= LONG_RUN_S
  const isOften = midstreamShare > MIDSTREAM_WARNING
  const verdict: Verdict =
    isOften && isLong ? "bad" : isOften || (isLong && midstreamShare > MIDSTREAM_LONG) ? "warning" : "good"
  return {
    check,
    verdict,
    measured,
    sentence: `${all}; of those first seen after the warm-up ${percent(midstreamShare)}.`,
    advice:
      verdict === "good"
        ? null
        : "Connections should show their SYN by now: look for asymmetric routing, a sampled mirror, or drops; idle connections that wake up explain some.",
  }
}
