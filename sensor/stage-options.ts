// From the settled values to the options of each stage: one place that knows the names of both.
import type { PipelineValues } from "./config.ts"
import { DECODER_DEFAULTS, type DecoderOptions } from "./decode/options.ts"
import { parseZoneMap } from "./decode/zone-map.ts"
import { DEFRAG_DEFAULTS, type DefragOptions, type OverlapPolicy } from "./defrag/options.ts"
import { DUPLICATE_DEFAULTS, type DuplicateOptions } from "./duplicates/options.ts"
import { HTTP2_DEFAULTS, type Http2Options } from "./http/http2/options.ts"
import { HTTP_DEFAULTS, type HttpOptions } from "./http/options.ts"
import type { AddressMode } from "./summary/addresses.ts"
import type { ObjectMode } from "./summary/objects/objects.ts"
import type { SummaryOptions } from "./summary/options.ts"
import type { PathMode } from "./summary/privacy/path-privacy.ts"
import type { ValueMode } from "./summary/query-values.ts"
import { summarySettings } from "./summary/settings.ts"
import { TCP_DEFAULTS, type TcpOptions } from "./tcp/options.ts"
import { DECRYPTION_DEFAULTS, type DecryptionOptions } from "./tls/decryption-options.ts"
import type { KeyStoreOptions } from "./tls/key-store.ts"
import { TLS_DEFAULTS, type TlsOptions } from "./tls/options.ts"

export interface StageOptions {
  readonly decoder: DecoderOptions
  readonly defrag: DefragOptions
  readonly duplicates: DuplicateOptions
  readonly tcp: TcpOptions
  readonly http: HttpOptions
  readonly http2: Http2Options
  readonly tls: TlsOptions
  readonly keys: KeyStoreOptions
  readonly decryption: DecryptionOptions
  readonly summary: Partial<SummaryOptions>
}

/** `values` have been checked, each by its own limits. */
export function stageOptions(values: PipelineValues): StageOptions {
  return {
    decoder: {
      ...DECODER_DEFAULTS,
      isVlanInZone: values["zones.vlan"],
      vxlanPorts: values["tunnel.vxlan-ports"].map(Number),
      genevePorts: values["tunnel.geneve-ports"].map(Number),
      zoneMap: parseZoneMap(values["zones.collapse"]).map,
    },
    defrag: {
      ...DEFRAG_DEFAULTS,
      memcapBytes: values["defrag.memcap"],
      timeoutUs: values["defrag.timeout"],
      overlapIpv4: values["defrag.overlap"] as OverlapPolicy,
    },
    duplicates: {
      ...DUPLICATE_DEFAULTS,
      isOn: values["duplicates.mode"] === "on",
      windowUs: values["duplicates.window"],
    },
    tcp: {
      ...TCP_DEFAULTS,
      flowsMax: values["flow.max"],
      depthBytes: values["tcp.depth"],
      memcapBytes: values["tcp.memcap"],
      reorderHorizonUs: values["tcp.reorder-horizon"],
      idleTimeoutUs: values["tcp.idle-timeout"],
    },
    http: {
      ...HTTP_DEFAULTS,
      headBytesMax: values["http.head-max"],
      bodyPrefixBytes: values["body.prefix"],
    },
    http2: {
      ...HTTP2_DEFAULTS,
      blockBytesMax: values["http.head-max"],
      bodyPrefixBytes: values["body.prefix"],
    },
    tls: { ...TLS_DEFAULTS, heldBytesMax: values["tls.memcap"] },
    keys: { sessionsMax: values["tls.keys"], lifetimeUs: values["tls.key-life"] },
    decryption: {
      ...DECRYPTION_DEFAULTS,
      waitUs: values["tls.key-wait"],
      waitSessionBytesMax: values["tls.key-wait-bytes"],
      waitBytesMax: values["tls.key-wait-memcap"],
    },
    summary: {
      bodyPrefixBytes: values["body.prefix"],
      pathMode: values["privacy.paths"] as PathMode,
      valueMode: values["privacy.values"] as ValueMode,
      objectMode: values["privacy.objects"] as ObjectMode,
      addressMode: values["privacy.addresses"] as AddressMode,
      ...summarySettings(values),
    },
  }
}
