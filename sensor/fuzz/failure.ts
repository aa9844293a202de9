// What a stage did that it must not do: a rule broken, or anything thrown.
export class FuzzFailure extends Error {}

/** Fails with the sentence unless the rule holds. */
export function hold(rule: boolean, sentence: () => string): asserts rule {
  if (!rule) throw new FuzzFailure(sentence())
}
