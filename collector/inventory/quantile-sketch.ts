// The sketch has moved: the store adds sketches up, too.
export { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
