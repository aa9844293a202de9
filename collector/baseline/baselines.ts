// All baselines, in the order in which they take an exchange in: objects first, because the others count what those find.
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Turn } from "./event-clock.ts"
import { Fingerprints, type SavedFingerprints } from "./fingerprints.ts"
import { Mix, type SavedMix } from "./mix.ts"
import { Novelty, type SavedNovelty } from "./novelty.ts"
import { Objects, type SavedObjects } from "./objects.ts"
import { Order, type SavedOrder } from "./order.ts"
import { type SavedShapes, Shapes } from "./shapes.ts"
import type { Sight } from "./sight.ts"
import type { Subjects } from "./subjects.ts"
import { type SavedVolume, Volume } from "./volume.ts"
import { type SavedWalks, Walks } from "./walks.ts"

export interface SavedBaselines {
  readonly objects: SavedObjects
  readonly walks: SavedWalks
  readonly volume: SavedVolume
  readonly novelty: SavedNovelty
  readonly mix: SavedMix
  readonly order: SavedOrder
  readonly fingerprints: SavedFingerprints
  readonly shapes: SavedShapes
}

export class Baselines {
  readonly subjects: Subjects
  readonly objects: Objects
  readonly walks: Walks
  readonly volume: Volume
  readonly novelty: Novelty
  readonly mix: Mix
  readonly order: Order
  readonly fingerprints: Fingerprints
  readonly shapes: Shapes
  readonly #all: readonly Baseline[]

  constructor(parts: BaselineParts, saved?: SavedBaselines) {
    this.subjects = parts.subjects
    this.objects = new Objects(parts, saved?.objects)
    this.walks = new Walks(parts, saved?.walks)
    this.volume = new Volume(parts, saved?.volume)
    this.novelty = new Novelty(parts, saved?.novelty)
    this.mix = new Mix(parts, saved?.mix)
    this.order = new Order(parts, saved?.order)
    this.fingerprints = new Fingerprints(parts, saved?.fingerprints)
    this.shapes = new Shapes(parts, saved?.shapes)
    this.#all = [
      this.objects,
      this.walks,
      this.volume,
      this.novelty,
      this.mix,
      this.order,
      this.fingerprints,
      this.shapes,
    ]
  }

  get all(): readonly Baseline[] {
    return this.#all
  }

  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  note(sight: Sight): void {
    this.objects.note(sight)
    this.walks.note(sight)
    this.volume.note(sight)
    this.novelty.note(sight)
    this.mix.note(sight)
    this.order.note(sight)
    this.fingerprints.note(sight)
    this.shapes.note(sight)
  }

  turn(turn: Turn): void {
    for (const baseline of this.#all) baseline.turn?.(turn)
  }

  save(): SavedBaselines {
    return {
      objects: this.objects.save(),
      walks: this.walks.save(),
      volume: this.volume.save(),
      novelty: this.novelty.save(),
      mix: this.mix.save(),
      order: this.order.save(),
      fingerprints: this.fingerprints.save(),
      shapes: this.shapes.save(),
    }
  }
}
