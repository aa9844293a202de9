// Known file extensions at the end of a path: they are split off its last segment.

const EXTENSIONS = new Set(
  (
    "json xml html htm xhtml csv tsv txt md pdf yaml yml js mjs css map png jpg jpeg gif svg ico webp avif bmp tif tiff " +
    "woff woff2 ttf eot otf zip gz tgz bz2 xz 7z rar tar jar war iso bin exe msi dll apk dmg deb rpm doc docx xls xlsx " +
    "ppt pptx odt ods rtf php asp aspx ashx asmx jsp jspx do action cgi pl py rb svc wsdl xsd wasm mp3 mp4 m4a m4v m4s webm " +
    "ogg wav avi mov m3u8 ts mpd rss atom ics vcf kml geojson gpx proto avro parquet ndjson jsonl log bak sql sh bat ps1 conf ini"
  ).split(" "),
)
/** Bytes of the longest one, and its dot. */
const EXTENSION_MAX = 9

/** Place of the dot before a known extension of the segment [from, to), -1 without one. */
export function extensionStart(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i > from && to - i <= EXTENSION_MAX; i--)
    if (bytes[i] === 0x2e) return EXTENSIONS.has(textOf(bytes, i + 1, to)) ? i : -1
  return -1
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).latin1Slice(start, end).toLowerCase()
}
