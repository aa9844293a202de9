// Plays the demo's partners, all at once, against nginx on the server side's address, and ends when they are done:
// about a minute and a half.
//
// Each partner has a seed of its own, so that its choices do not depend on how the others are scheduled. A partner that
// meets an error which is not part of its story ends the recording with it.
//
//   node deploy/demo/partners.ts

import {
  availabilityMonitor,
  fennecTrackers,
  internetScanner,
  ostravaLines,
  pallasShop,
  portalPerson,
} from "./live-partners.ts"
import { haldenErp, kestrelCustoms, orbisReseller, ternWarehouse } from "./sync-partners.ts"

await Promise.all([
  haldenErp(11),
  pallasShop(12, 330),
  orbisReseller(13),
  kestrelCustoms(14),
  ternWarehouse(15),
  portalPerson(16, 0, 110),
  portalPerson(17, 1, 90),
  fennecTrackers(18, 22),
  ostravaLines(60_000),
  availabilityMonitor(45),
  internetScanner(),
])
