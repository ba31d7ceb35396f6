/**
 * Answers without any target, as AWS has them for tests and preflights.
 *
 * @module postern/mock
 */
export {}
