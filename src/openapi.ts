/**
 * API definitions in OpenAPI and CloudFormation, in and out.
 *
 * @module postern/openapi
 */
export {}
