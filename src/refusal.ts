/**
 * Every refusal: its type, status and public words. AWS's gateway response types and our few own.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */

interface Row {
  readonly status: number
  readonly message: string
  /** The value of `x-amzn-ErrorType`. */
  readonly error: string
}

const row = (status: number, message: string, error: string): Row => ({ status, message, error })

/** Status, public message and `x-amzn-ErrorType` of each type of refusal. */
export const REFUSALS = {
  BAD_REQUEST_BODY: row(400, 'Invalid request body', 'BadRequestException'),
  BAD_REQUEST_PARAMETERS: row(400, 'Missing required request parameters', 'BadRequestException'),
  UNAUTHORIZED: row(401, 'Unauthorized', 'UnauthorizedException'),
  ACCESS_DENIED: row(403, 'Forbidden', 'AccessDeniedException'),
  EXPIRED_TOKEN: row(403, 'The security token included in the request is expired', 'ExpiredTokenException'),
  INVALID_API_KEY: row(403, 'Forbidden', 'ForbiddenException'),
  INVALID_SIGNATURE: row(
    403,
    'The request signature we calculated does not match the signature you provided.',
    'InvalidSignatureException',
  ),
  MISSING_AUTHENTICATION_TOKEN: row(
    403,
    'Missing Authentication Token',
    'MissingAuthenticationTokenException',
  ),
  WAF_FILTERED: row(403, 'Forbidden', 'ForbiddenException'),
  RESOURCE_NOT_FOUND: row(404, 'Not Found', 'NotFoundException'),
  REQUEST_TOO_LARGE: row(413, 'Request Too Long', 'RequestTooLargeException'),
  UNSUPPORTED_MEDIA_TYPE: row(415, 'Unsupported Media Type', 'UnsupportedMediaTypeException'),
  QUOTA_EXCEEDED: row(429, 'Limit Exceeded', 'LimitExceededException'),
  THROTTLED: row(429, 'Too Many Requests', 'TooManyRequestsException'),
  API_CONFIGURATION_ERROR: row(500, 'Internal server error', 'InternalServerErrorException'),
  AUTHORIZER_CONFIGURATION_ERROR: row(500, 'Internal server error', 'AuthorizerConfigurationException'),
  AUTHORIZER_FAILURE: row(500, 'Internal server error', 'AuthorizerFailureException'),
  INTEGRATION_FAILURE: row(504, 'Internal server error', 'InternalServerErrorException'),
  INTEGRATION_TIMEOUT: row(504, 'Endpoint request timed out', 'InternalServerErrorException'),
  // Ours, beside AWS's.
  MALFORMED_TARGET: row(400, 'Bad Request', 'BadRequestException'),
  INSECURE_TRANSPORT: row(403, 'HTTPS is required', 'ForbiddenException'),
  METHOD_NOT_ALLOWED: row(405, 'Method Not Allowed', 'MethodNotAllowedException'),
  TARGET_TOO_LONG: row(414, 'URI Too Long', 'BadRequestException'),
  HEADERS_TOO_LARGE: row(431, 'Request Header Fields Too Large', 'BadRequestException'),
  MALFORMED_INTEGRATION_ANSWER: row(502, 'Internal server error', 'InternalServerErrorException'),
  STORE_UNAVAILABLE: row(503, 'Service Unavailable', 'ServiceUnavailableException'),
} as const satisfies Record<string, Row>

/** AWS's gateway response types, and Postern's own. */
export type RefusalType = keyof typeof REFUSALS

/** The families that an override can stand for. */
export type FamilyType = 'DEFAULT_4XX' | 'DEFAULT_5XX'

export const FAMILIES: readonly FamilyType[] = ['DEFAULT_4XX', 'DEFAULT_5XX']

/** The family of a type, by its own status. */
export function familyOf(type: RefusalType): FamilyType {
  return REFUSALS[type].status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
}
