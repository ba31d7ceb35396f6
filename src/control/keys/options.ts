/** What the operations on API keys are given and give. */
import type { Clock, Duration } from '../../clock.js'
import type { ImportWarning } from './csv.js'
import type { StagesOf } from './plans.js'
import type { RandomBytes } from './random.js'

/** What keys need of the gateway around them. */
export interface ApiKeysOptions {
  readonly clock: Clock
  /** Keys at most: `limits.keys`. */
  readonly most: number
  /** The stages that a plan covers now. */
  readonly stagesOf: StagesOf
  /** Whether nobody else writes these records: then the values of all keys pass through here. */
  readonly areOurs?: boolean
  /** After each change of a key, so that nothing remembered of it is used any longer. */
  readonly onChange?: (id: string) => void
  /** Ids of new keys: letters, digits, `_` and `-`. Default: ten random lower-case letters and digits. */
  readonly ids?: () => string
  /** Where values, and ids by default, come from. Default `crypto.randomBytes`. */
  readonly bytes?: RandomBytes
}

/** Of {@link Control.rotateApiKey}. */
export interface RotationOptions {
  /** How long the value before it still holds; 0: not at all. Default `'24h'`. */
  readonly grace?: Duration
  /** 20 to 128 visible ASCII characters; a random one when left out. */
  readonly value?: string
}

/** Of {@link Control.importApiKeys}. */
export interface ImportOptions {
  /** Nothing is imported when there is anything to warn of. Default false: the sound rows are. */
  readonly failOnWarnings?: boolean
}

/** What came of an import. */
export interface Imported {
  /** Of the keys that were made or changed, in the order of the file. */
  readonly ids: readonly string[]
  /** The rows that were not imported, by line. */
  readonly warnings: readonly ImportWarning[]
}
