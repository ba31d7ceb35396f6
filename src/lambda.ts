/**
 * Lambda functions as integrations.
 *
 * @module postern/lambda
 */
export {}
