// Names of fields, in words: "customerEmail", "customer_email", "Customer-E-Mails" are " customer email " and " customer e mail ".
//
// In:  a name as it was written.   Out: its words in small letters between spaces, without digits and plural.
// A hint is words in a row ("card number") anywhere in the name; with "$" behind they must be its last ("pan$"). Names are
// looked at once a field, not once a value; bounded by NAME_MAX.

const NAME_MAX = 64

/** A plural and its singular are one word: "emails", "addresses" (so "address" loses its last letters as well). */
const singular = (word: string): string => (word.length > 3 ? word.replace(/(?:es|s)$/, "") : word)

export function wordsOf(name: string): string {
  const words = name
    .slice(0, NAME_MAX)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "")
  return ` ${words.map(singular).join(" ")} `
}

/** As wordsOf makes names, so that both lose the same endings. */
export function hintOf(text: string): string {
  const isLast = text.endsWith("$")
  return wordsOf(isLast ? text.slice(0, -1) : text) + (isLast ? "$" : "")
}

/** `hint` is one of hintOf, `words` of wordsOf. */
export const isHinted = (words: string, hint: string): boolean => `${words}$`.includes(hint)
