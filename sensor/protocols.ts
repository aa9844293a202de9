// What sessions turn into where HTTP/1 ends: each protocol's stage, for the pipeline to put together.
import type { Side } from "./flow/flow.ts"
import type { HttpHead } from "./http/http-head.ts"
import type { Http2 } from "./http/http2/http2.ts"
import type { HandedSession, Successors, UpgradedReceiver } from "./http/successors.ts"
import { isWebSocket } from "./http/websocket/handshake.ts"
import type { WebSockets } from "./http/websocket/websockets.ts"
import type { SessionReceiver, SessionView } from "./tcp/session-receiver.ts"
import type { Tls } from "./tls/tls.ts"

export class Protocols<Q, S> implements Successors<Q> {
  readonly #tls: Tls
  readonly #http2: Http2<Q, S>
  readonly #webSockets: WebSockets<Q, S>

  constructor(tls: Tls, http2: Http2<Q, S>, webSockets: WebSockets<Q, S>) {
    this.#tls = tls
    this.#http2 = http2
    this.#webSockets = webSockets
  }

  openTls(session: SessionView, timeUs: number): SessionReceiver {
    return this.#tls.open(session, timeUs)
  }

  openHttp2(session: HandedSession, client: Side | -1, timeUs: number): SessionReceiver | null {
    return this.#http2.open(session, client, timeUs)
  }

  openH2c(session: HandedSession, client: Side, timeUs: number): UpgradedReceiver<Q> | null {
    return this.#http2.openUpgraded(session, client, timeUs)
  }

  openUpgraded(
    session: SessionView,
    client: Side,
    response: HttpHead,
    request: Q | null,
    timeUs: number,
  ): SessionReceiver | null {
    return isWebSocket(response) ? this.#webSockets.open(session, client, response, request, timeUs) : null
  }
}
