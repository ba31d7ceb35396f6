/** What an API says of itself and nothing here acts upon: plain data, kept so that it can be told again. */

/** Plain data, as JSON has it. */
export interface PlainData {
  readonly [name: string]: unknown
}

/** What a definition says of its API, in the words of OpenAPI. */
export interface ApiDocs {
  /** `{ title: 'Pets', version: '1.0' }`, description, contact, licence. */
  readonly info?: PlainData
  readonly servers?: readonly PlainData[]
  /** Of operations: `[{ name: 'pets', description: 'All about pets' }]`. */
  readonly tags?: readonly PlainData[]
  readonly externalDocs?: PlainData
  /** By path: what a path says of all its methods. */
  readonly paths?: { readonly [path: string]: PlainData }
  /** By the names of authorizers, or of schemes that the gateway does not ask for. */
  readonly securitySchemes?: { readonly [name: string]: PlainData }
  /** Requests that the API itself makes. */
  readonly webhooks?: PlainData
  /** AWS's documentation parts. */
  readonly parts?: readonly DocumentationPart[]
  /** The version that the parts are of. */
  readonly partsVersion?: string
  /** Vendors' fields: `{ 'x-logo': { url: '…' } }`. */
  readonly extensions?: PlainData
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-documenting-api-content-representation.html */
export interface DocumentationPart {
  readonly location: {
    readonly type: DocumentationPartType
    readonly path?: string
    readonly method?: string
    readonly statusCode?: string
    readonly name?: string
  }
  readonly properties: unknown
}

/** What a documentation part is about. */
export type DocumentationPartType = (typeof PART_TYPES)[number]

export const PART_TYPES = [
  'API',
  'AUTHORIZER',
  'MODEL',
  'RESOURCE',
  'METHOD',
  'PATH_PARAMETER',
  'QUERY_PARAMETER',
  'REQUEST_HEADER',
  'REQUEST_BODY',
  'RESPONSE',
  'RESPONSE_HEADER',
  'RESPONSE_BODY',
] as const

/** What a route says of itself, in the words of OpenAPI. */
export interface OperationDocs {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  readonly externalDocs?: PlainData
  readonly servers?: readonly PlainData[]
  /** By place and name, `query.limit`: what is said beside that which the policy asks for. */
  readonly parameters?: { readonly [parameter: string]: PlainData }
  readonly body?: BodyDocs
  /** By status. */
  readonly responses?: { readonly [status: string]: ResponseDocs }
  readonly callbacks?: PlainData
  /** Requirements of a document, as it has them, where the policy does not ask for all that they say. */
  readonly security?: readonly PlainData[]
  /** An integration that is not the one that runs. */
  readonly integration?: PlainData
  /** Vendors' fields. */
  readonly extensions?: PlainData
}

/** What is said of a request's body. */
export interface BodyDocs {
  /** As Swagger 2.0 names it. */
  readonly name?: string
  readonly description?: string
  readonly required?: boolean
  /** By content type. A schema stands here only where the policy does not ask for it. */
  readonly content?: { readonly [contentType: string]: PlainData }
  readonly extensions?: PlainData
}

/** What is said of an answer. */
export interface ResponseDocs {
  readonly description?: string
  readonly headers?: { readonly [name: string]: PlainData }
  /** By content type. A schema stands here only where `responses` has none. */
  readonly content?: { readonly [contentType: string]: PlainData }
  readonly links?: PlainData
  readonly extensions?: PlainData
}

/** Where the endpoint of an API is to be had on AWS. */
export interface EndpointDefinition {
  readonly types?: readonly ('EDGE' | 'REGIONAL' | 'PRIVATE')[]
  readonly vpcEndpointIds?: readonly string[]
  /** Only custom domains. Here that is `defaultEndpoint: false`. */
  readonly disableExecuteApiEndpoint?: boolean
  readonly ipAddressType?: 'ipv4' | 'dualstack'
}
