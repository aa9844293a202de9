// Does anything arrive, does all of it arrive, and when: traffic, load, drops at this host, clock.
import { bits, duration, type Finding, grouped, judge, percent, plural, share, type Verdict } from "./finding.ts"
import type { Measurements } from "./measurements.ts"
import { Speech } from "./speech.ts"
import { MOMENT_US } from "./time-watch.ts"

const MOMENT_S = MOMENT_US / 1e6

/** A destination port this full on average, or in its busiest 10 ms, has no room for bursts: switches drop then, silently. */
const LOAD_BAD = 0.8
const PEAK_WARNING = 0.95

/** Share of packets lost at this host. One in a thousand costs about one exchange in a hundred: an exchange is some ten packets. */
export const DROPS_BAD = 0.001

/** Live: packet time this far from the clock on the wall. */
const SKEW_WARNING_US = 2_000_000
const SKEW_BAD_US = 60_000_000

/**
 * Silence is suspicious when so many packets were to be expected in it (fewer when it is long), and no other was nearly as
 * long: traffic has pauses of its own.
 */
const EXPECTED_PACKETS = 20_000
const EXPECTED_PACKETS_LONG = 1000
const SILENCE_LONG_US = 30_000_000
const SILENCE_FACTOR = 10
/** What is to be expected can be said after so much time with packets. */
const ACTIVE_SECONDS = 5

export function checkTraffic(m: Measurements): Finding {
  const { frames, decoder, capture, time, seconds } = m
  const wireBytes = time.portBytes.reduce((sum, one) => sum + one, 0)
  const silent = m.isLive ? capture.interfaces.filter((_, port) => time.portPackets[port] === 0) : []
  const measured = {
    packets: time.packets,
    seconds,
    packetsPerSecond: share(time.packets, seconds),
    bitsPerSecond: share(8 * wireBytes, seconds),
    tcpSegments: decoder.tcp,
    unicast: frames.unicast,
    multicast: frames.multicast,
    broadcast: frames.broadcast,
    own: frames.own,
    silentInterfaces: silent,
  }
  const found = (verdict: Verdict, sentence: string, advice: string | null): Finding => ({
    check: "traffic",
    verdict,
    measured,
    sentence,
    advice,
  })
  if (time.packets === 0) return nothing(m, found)
  const foreign = frames.unicast - frames.own
  if (frames.multicast + frames.broadcast > 0 && frames.unicast === 0)
    return found(
      "bad",
      `Only broadcast and multicast arrives (${plural(time.packets, "packet")}): what any port gets, no mirror.`,
      "Activate the mirror session and check that its destination is the port that this interface is plugged into.",
    )
  if (foreign === 0 && frames.ownPlain > frames.own / 2) {
    // Where servers or a gateway run on this host, its own traffic is what shall be seen.
    const hasHttp = m.flows.bytes[Speech.http1]! + m.flows.bytes[Speech.http2]! > 0
    return found(
      hasHttp ? "warning" : "bad",
      `Only this host's own traffic arrives (${plural(frames.own, "frame")} to or from its address), ${hasHttp ? "HTTP among it" : "and no HTTP"}: no mirror.`,
      "If there shall be a mirror, activate its session, or name the interface that it ends at; it needs no address of its own.",
    )
  }
  const rate = `${grouped(share(time.packets, seconds))} packets/s, ${bits(share(8 * wireBytes, seconds))} for ${duration(seconds * 1e6)}`
  if (silent.length > 0)
    return found(
      "bad",
      `Nothing arrives on ${silent.join(", ")}; in all ${rate}.`,
      "Check link and mirror session of each interface that is silent.",
    )
  if (decoder.tcp === 0)
    return found(
      "bad",
      `No TCP was found in ${plural(time.packets, "packet")} (${rate}).`,
      "Mirror the ports or VLANs that the servers are behind; where packets are tunnelled, see the finding on tunnels.",
    )
  return found("good", `${rate}.`, null)
}

function nothing(
  m: Measurements,
  found: (verdict: Verdict, sentence: string, advice: string | null) => Finding,
): Finding {
  const missing = m.hosts.filter((host) => !host.after.exists)
  const down = m.hosts.filter((host) => host.after.hasCarrier === false)
  const names = m.capture.interfaces.join(", ") || "the input"
  if (missing.length > 0)
    return found(
      "bad",
      `There is no interface ${missing.map((host) => host.after.name).join(", ")}.`,
      "Name an interface that `ip link` lists.",
    )
  if (down.length > 0)
    return found(
      "bad",
      `No packet arrived, and ${down.map((host) => host.after.name).join(", ")} has no link.`,
      "Set the interface up (ip link set NAME up), check cable, optics and that the switch's port is enabled.",
    )
  if (!m.isLive)
    return found("bad", `There is no packet in ${names}.`, "Capture again; check the filter of the capture.")
  return found(
    "bad",
    `No packet arrived on ${names} in ${duration(m.seconds * 1e6)} although the link is not known to be down.`,
    "Check that the mirror session is active and that its destination is the port that this interface is plugged into.",
  )
}

/** Null when no interface says how fast it is. */
export function checkLoad(m: Measurements): Finding | null {
  if (!m.isLive || m.time.packets === 0) return null
  const ports = m.hosts.map(({ after }, port) => {
    const peakBits = (8 * m.time.portPeakBytes[port]!) / MOMENT_S
    const averageBits = share(8 * m.time.portBytes[port]!, m.seconds)
    return {
      interface: after.name,
      speedBitsPerSecond: after.speedBits,
      bitsPerSecond: averageBits,
      peakBitsPerSecond: peakBits,
      load: after.speedBits === null ? null : averageBits / after.speedBits,
      peakLoad: after.speedBits === null ? null : peakBits / after.speedBits,
    }
  })
  const known = ports.filter((port) => port.load !== null)
  if (known.length === 0) return null
  const worst = known.reduce((a, b) => (b.peakLoad! > a.peakLoad! ? b : a))
  const fullest = known.reduce((a, b) => (b.load! > a.load! ? b : a))
  const verdict = fullest.load! > LOAD_BAD ? "bad" : worst.peakLoad! > PEAK_WARNING ? "warning" : "good"
  return {
    check: "load",
    verdict,
    measured: { interfaces: ports },
    sentence: `${fullest.interface} is ${percent(fullest.load!)} full on average, ${worst.interface} ${percent(worst.peakLoad!)} in its busiest 10 ms.`,
    advice:
      verdict === "good"
        ? null
        : "Mirror less (fewer ports or VLANs, a filter on the broker) or use a faster destination port: a full one drops without a word.",
  }
}

export function checkDrops(m: Measurements): Finding {
  const { capture, time, hosts } = m
  const ports = Object.entries(capture.ports ?? {})
  const sum = (pick: (counters: (typeof ports)[number][1]) => number): number =>
    ports.reduce((total, [, counters]) => total + pick(counters), 0)
  const difference = (pick: (facts: (typeof hosts)[number]["after"]) => number | null): number | null => {
    if (hosts.length === 0 || hosts.some(({ before, after }) => pick(before) === null || pick(after) === null))
      return null
    return hosts.reduce((total, { before, after }) => total + pick(after)! - pick(before)!, 0)
  }
  const kernelDrops = capture.kernelDrops
  const cardMissed = difference((facts) => facts.missed)
  const cardDamaged = difference((facts) => facts.damaged)
  const freezes = sum((counters) => counters.freezes)
  const linkDowns = sum((counters) => counters.linkDowns)
  const lost = (kernelDrops ?? 0) + (cardMissed ?? 0) + (cardDamaged ?? 0)
  const lostShare = share(lost, lost + time.packets)
  const measured = { kernelDrops, cardMissed, cardDamaged, freezes, linkDowns, lostShare }
  const found = (verdict: Verdict, sentence: string, advice: string | null): Finding => ({
    check: "drops",
    verdict,
    measured,
    sentence,
    advice,
  })
  if (lost > 0) {
    const where = [
      [kernelDrops ?? 0, "by the kernel"],
      [cardMissed ?? 0, "by the card for want of buffers"],
      [cardDamaged ?? 0, "by the card as damaged"],
    ] as const
    const said = where.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`)
    return found(
      judge(lostShare, 0, DROPS_BAD),
      `${percent(lostShare)} of the packets were dropped at this host: ${said.join(", ")}.`,
      (cardDamaged ?? 0) > lost / 2
        ? "Check cable, optics and duplex of this link: the card receives damaged frames."
        : "Give the capture a larger ring and a CPU of its own, narrow it with a filter, or spread it over workers.",
    )
  }
  if (linkDowns > 0 || freezes > 0)
    return found(
      "warning",
      `Nothing is known to be dropped, but the link went down ${plural(linkDowns, "time")} and the ring was full ${plural(freezes, "time")}.`,
      "Check the cable and the switch's log for the link; give the capture a larger ring for the rest.",
    )
  if (kernelDrops === null)
    return found(
      "unknown",
      "This way of capturing does not say what the kernel dropped.",
      "Capture with the sensor's own AF_PACKET ring (Linux), which counts; until then rely on the finding on loss.",
    )
  if (!m.isLive)
    return found(
      "unknown",
      "A capture does not tell what its recorder dropped.",
      "Read what the recorder said at its end (dropped by kernel); the finding on loss shows what is missing.",
    )
  return found("good", "The kernel and the card dropped nothing.", null)
}

export function checkClock(m: Measurements): Finding {
  const { time, skew, isLive } = m
  const activeSeconds = (time.spanUs - time.silenceUs) / 1e6
  const rate = share(time.packets, activeSeconds)
  const expected = rate * (time.silenceUsMax / 1e6)
  const skewUs = skew === null ? null : Math.abs(skew.minUs) < Math.abs(skew.maxUs) ? skew.minUs : skew.maxUs
  const measured = {
    spanSeconds: time.spanUs / 1e6,
    stepsBack: time.stepsBack,
    stepBackSecondsMax: time.stepBackUsMax / 1e6,
    unordered: time.unordered,
    unorderedSecondsMax: time.unorderedUsMax / 1e6,
    silences: time.silences,
    silenceSecondsMax: time.silenceUsMax / 1e6,
    skewSeconds: skewUs === null ? null : skewUs / 1e6,
  }
  const found = (verdict: Verdict, sentence: string, advice: string | null): Finding => ({
    check: "clock",
    verdict,
    measured,
    sentence,
    advice,
  })
  if (time.packets === 0) return found("unknown", "Without packets there is no time to judge.", null)
  if (time.stepsBack > 0)
    return found(
      "bad",
      `Packet time goes back ${plural(time.stepsBack, "time")}, by ${duration(time.stepBackUsMax)} at most.`,
      isLive
        ? "Let the clock of this host be slewed, not set (chrony, ntpd -x), or look again when it has settled."
        : "Give captures in the order of their time (mergecap puts several interfaces into one order); slew the recorder's clock.",
    )
  if (skewUs !== null && Math.abs(skewUs) > SKEW_WARNING_US)
    return found(
      Math.abs(skewUs) > SKEW_BAD_US ? "bad" : "warning",
      `Packets are stamped ${duration(Math.abs(skewUs))} ${skewUs > 0 ? "before" : "after"} this host's clock.`,
      "Synchronise the clock that stamps packets (of the card or the broker) with this host's: NTP or PTP.",
    )
  const isLong = time.silenceUsMax > SILENCE_LONG_US
  const isAlone = time.silenceUsMax > SILENCE_FACTOR * time.silenceUsSecond
  if (isAlone && activeSeconds >= ACTIVE_SECONDS && expected > (isLong ? EXPECTED_PACKETS_LONG : EXPECTED_PACKETS))
    return found(
      "warning",
      `Nothing came for ${duration(time.silenceUsMax)} where some ${grouped(expected)} packets were to be expected.`,
      "Find out whether the mirror paused, the recorder stopped, or its clock jumped.",
    )
  return found(
    "good",
    `Packet time runs forward${time.unordered > 0 ? `, packets of several queues mixed by ${duration(time.unorderedUsMax)} at most` : ""}.`,
    null,
  )
}
