// How much garbage the collector lets lie before it is collected.
//
// The engine lets the old generation grow to some four times of what lives in it: with 1,000 consumers at 2,000 endpoints, 60 MB that
// live and 350 that do not. By this it grows by a fifth before it is looked at again: two hundred MB less for a tenth more CPU. How
// large the young generation may become can only be said when the engine starts: deploy/bin/sonde-collector says 16 MB, a hundred less.
//
// The engine also learns which places in the code make objects that live, and puts those among the old at once. What is made for a batch
// looks like that and is not: it would lie among the old as garbage that holds the next batch's, 1.2 MB a batch. Without it a fifth less CPU.
import { setFlagsFromString } from "node:v8"

/** Called once, before there is much to collect. */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=20")
  setFlagsFromString("--no-allocation-site-pretenuring")
}
