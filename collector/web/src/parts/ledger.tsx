// The loss ledger for people: does it add up, what is missing and why, every counter.
import { compact, count, quantity, words } from "../format.ts"
import type { Balance, CounterGroup, Ledger, Loss } from "../types/sensors.ts"

export function Losses({ losses }: { readonly losses: readonly Loss[] }) {
  return (
    <ul class="losses">
      {losses.map((loss) => (
        <li key={loss.counter}>
          <span class={`much ${loss.severity}`}>{quantity(loss.value, loss.unit)}</span>
          <span>{loss.sentence}</span>
          <span class="counter">{loss.counter}</span>
        </li>
      ))}
    </ul>
  )
}

const STAGE_WORDS: Readonly<Record<string, readonly [offered: string, accounted: string]>> = {
  capture: ["offered by the kernel", "read, or dropped by it"],
  decoder: ["captured", "TCP, or set aside with a reason"],
  defrag: ["fragments", "put together, or set aside with a reason"],
  duplicates: ["segments", "copies, or handed to TCP"],
  tcp: ["of TCP payload", "delivered in order, or set aside with a reason"],
  http: ["delivered by TCP, or decrypted", "HTTP messages, handed over, or not HTTP"],
  http2: ["handed over as HTTP/2", "frames, or passed over"],
  tls: ["handed over as TLS", "handshakes, read, or dark with a reason"],
  websocket: ["handed over as WebSocket", "frames, or behind a lost boundary"],
  pairing: ["put together", "complete, lossy, or alone, by state"],
  published: ["put together", "published"],
  acknowledged: ["published", "acknowledged, or given up with a reason"],
}

/** Whether a balance holds; while a sensor runs, what a stage has and has not yet handed on is no fault. */
export function BalanceBadge({ balance, settled }: { readonly balance: Balance; readonly settled: boolean }) {
  const difference = balance.offered - balance.accounted
  if (difference === 0) return <span class="badge good">Adds up</span>
  if (!settled && difference > 0) return <span class="badge info">{compact(difference)} under way</span>
  return <span class="badge bad">Off by {count(Math.abs(difference))}</span>
}

/** The worst balance of a ledger in a word. */
export function LedgerBadge({ ledger, short = false }: { readonly ledger: Ledger; readonly short?: boolean }) {
  const open = ledger.balances.filter((balance) => !balance.holds)
  if (open.length === 0) return <span class="badge good">Adds up</span>
  const wrong = open.filter((balance) => ledger.settled || balance.offered < balance.accounted)
  if (wrong.length === 0)
    return <span class="badge info">{short ? "Under way" : "Adds up but for what is under way"}</span>
  if (short) return <span class="badge bad">Does not add up</span>
  return <span class="badge bad">Does not add up: {wrong.map((balance) => balance.stage).join(", ")}</span>
}

export function Balances({ ledger }: { readonly ledger: Ledger }) {
  const { balances, settled } = ledger
  return (
    <div class="table-wrap">
      <table aria-label="Balance of each stage">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              Offered
            </th>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Accounted for
            </th>
            <th scope="col" class="grow narrow-hidden">
              As
            </th>
            <th scope="col">Balance</th>
          </tr>
        </thead>
        <tbody>
          {balances.map((balance) => {
            const [offered, accounted] = STAGE_WORDS[balance.stage] ?? balance.sentence.split(" = ")
            return (
              <tr key={balance.stage}>
                <th scope="row">{balance.stage}</th>
                <td class="number">{count(balance.offered)}</td>
                <td class="faint">
                  {balance.unit} {offered}
                </td>
                <td class="number">{count(balance.accounted)}</td>
                <td class="grow narrow-hidden faint">{accounted}</td>
                <td>
                  <BalanceBadge balance={balance} settled={settled} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** "ignored.notIp" for each number of a group, depth first. */
function flatten(group: CounterGroup, prefix = ""): [name: string, value: number][] {
  return Object.entries(group).flatMap(([name, value]): [string, number][] =>
    typeof value === "number" ? [[prefix + name, value]] : flatten(value, `${prefix}${name}: `),
  )
}

export function Stages({ stages }: { readonly stages: Ledger["stages"] }) {
  return (
    <div class="stages">
      {Object.entries(stages).map(([stage, group]) => (
        <section key={stage} class="stage">
          <h3>{stage}</h3>
          <dl>
            {flatten(group).map(([name, value]) => (
              <div key={name}>
                <dt class="soft">{words(name)}</dt>
                <dd class="number">{count(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
