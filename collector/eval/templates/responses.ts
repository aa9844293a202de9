// What an API answers: JSON bodies whose top-level members are the operation's own, and the coarse shape a sensor sees of them.
//
// APIs differ in habit. plain: each operation answers with members of its own. lists: all lists have one envelope. wrapped: every
// answer has one envelope, and the shape says nothing. Members may be missing, so that one operation has up to three shapes; some
// answers are no JSON, some are empty; errors look the same all over an API.
import { hashText, SeededRandom } from "./seeded-random.ts"

export type Habit = "plain" | "lists" | "wrapped"

export interface Answer {
  /** JSON, "" without a body. */
  readonly body: string
  /** 32 bits; 0 without a body, or of a body that is no JSON. */
  readonly shape: number
}

interface Member {
  readonly name: string
  readonly type: keyof typeof EXAMPLES
}

const EXAMPLES = {
  int: "17",
  float: "2.5",
  string: '"text"',
  bool: "true",
  object: '{"id":1}',
  array: '[{"id":1}]',
  null: "null",
} as const

const MEMBER_NAMES =
  `id name status created updated title description total amount currency email phone address city country type kind state owner
  items tags links price quantity weight color size version active enabled start end duration count score rating comment notes
  parent children position language locale zone url image file reference number code label category priority due paid shipped
  customer account contact company user role group balance limit rate tax discount method carrier route stops vehicle driver`
    .trim()
    .split(/\s+/)

const EMPTY: Answer = { body: "", shape: 0 }
const NO_JSON: Answer = { body: "plain text", shape: 0 }

const answerOf = (members: readonly Member[]): Answer => ({
  body: `{${members.map(({ name, type }) => `"${name}":${EXAMPLES[type]}`).join(",")}}`,
  shape: hashText(
    members
      .map(({ name, type }) => `${name}:${type}`)
      .sort()
      .join(),
  ),
})

/** One API's answers. */
export class Responses {
  readonly habit: Habit
  readonly #seed: number
  readonly #envelope: readonly Answer[]
  readonly #error: Answer
  readonly #operations = new Map<string, readonly Answer[]>()

  constructor(seed: number) {
    const random = new SeededRandom(seed)
    this.#seed = seed
    this.habit = random.pick(["plain", "plain", "plain", "plain", "lists", "lists", "wrapped"])
    this.#envelope = [
      answerOf([
        { name: this.habit === "wrapped" ? "data" : "items", type: this.habit === "wrapped" ? "object" : "array" },
        { name: "total", type: "int" },
        { name: "next", type: "string" },
      ]),
    ]
    this.#error = answerOf([
      { name: "code", type: "string" },
      { name: "message", type: "string" },
    ])
  }

  /** `operation`: method and route's key. */
  of(operation: string, method: string, isList: boolean, status: number, random: SeededRandom): Answer {
    if (status >= 400) return this.#error
    if (status === 204 || method === "HEAD") return EMPTY
    const answers = this.#operations.get(operation) ?? this.#make(operation, method, isList)
    this.#operations.set(operation, answers)
    return answers[random.chance(0.75) ? 0 : random.integer(0, answers.length - 1)]!
  }

  #make(operation: string, method: string, isList: boolean): readonly Answer[] {
    const random = new SeededRandom(this.#seed ^ hashText(operation))
    if (method === "DELETE" && random.chance(0.5)) return [EMPTY]
    if (random.chance(0.06)) return [NO_JSON]
    if (this.habit === "wrapped" || (this.habit === "lists" && isList)) return this.#envelope
    // What a resource is read, made and changed as often looks the same.
    const members = this.#members(random.chance(0.5) ? operation.replace(/^\S+ /, "") : operation)
    const optional = random.integer(0, 2)
    const answers = [answerOf(members)]
    for (let i = 0; i < optional && members.length > 3; i++)
      answers.push(answerOf(members.filter((_, k) => k !== i + 1)))
    return answers
  }

  #members(of: string): readonly Member[] {
    const random = new SeededRandom(this.#seed ^ hashText(`members ${of}`))
    const names = random.shuffle(MEMBER_NAMES).slice(0, random.integer(3, 12))
    const types = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[]
    return names.map((name) => ({ name, type: random.pick(types) }))
  }
}
