// BEING WRITTEN NOW BY ANOTHER ENGINEER (helper D2). Agreed face:
//
//   export interface DecodedBody { bytes: Uint8Array; start: number; end: number; anomaly: number /* Anomaly code or 0 */; whole: boolean }
//   /** `coding` is the Content-Encoding value, lower case. Reused result record; identity hands the input back untouched. */
//   export class BodyDecoder { constructor(limits?: { outputBytesMax: number; ratioMax: number }); decode(coding: string, bytes: Uint8Array, start: number, end: number, whole: boolean): DecodedBody }
export {}
