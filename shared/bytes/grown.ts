// Longer typed arrays in the place of those that are full.
//
// In:  an array, and a longer one of the same class. Out: the longer one, which begins with what the other held.
export function grown<Column extends { set(values: Column): void }>(former: Column, longer: Column): Column {
  longer.set(former)
  return longer
}
