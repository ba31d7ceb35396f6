/**
 * AWS services as integrations: `aws('dynamodb', 'GetItem')`.
 *
 * @module postern/aws
 */
export {}
