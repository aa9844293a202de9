// What was read of the operations inside one URL. In the ledger: summary.calls.*

export class CallCounters {
  /** Calls found, in bodies and heads. */
  found = 0
  /** Request bodies read only because their place has shown calls before. */
  only = 0
  /** Bodies that began like a call and were cut before its name was known. */
  cut = 0
  /** Names that are no names, published as "{odd}". */
  oddNames = 0
  /** Calls at a place that has shown KEYS_MAX keys already, published as "{other}". */
  other = 0
  /** Times that the keys of all places were forgotten because together they had reached PAIRS_MAX. */
  keysForgotten = 0
  /** Documents of GraphQL tokenised, because they were new. */
  documents = 0
}
