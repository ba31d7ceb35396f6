/** What Lambda functions look like. Handlers typed by `@types/aws-lambda` fit, and nothing of it is needed. */
import type { Writable } from 'node:stream'
import type {
  AwsCredentialProvider,
  AwsCredentials,
  IntegrationOptions,
  MappingOptions,
} from '../../integration.js'

/** What a function is told of its call, as in Lambda. */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean
  readonly functionName: string
  readonly functionVersion: string
  /** `arn:aws:lambda:eu-central-1:123456789012:function:pets` */
  readonly invokedFunctionArn: string
  readonly memoryLimitInMB: string
  /** Here the exchange's. */
  readonly awsRequestId: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly identity?: undefined
  readonly clientContext?: undefined
  /** Until the caller is answered without the function. */
  getRemainingTimeInMillis(): number
  /** Of old functions: the callback, or a promise, does the same. */
  done(error?: Error, result?: unknown): void
  /** Of old functions: as `done` with an error. */
  fail(error: Error | string): void
  /** Of old functions: as `done` with a result. */
  succeed(result: unknown, ignored?: unknown): void
}

/** Ends a call, where the function returns no promise. */
export type LambdaCallback = (error?: Error | string | null, result?: unknown) => void

/**
 * A Lambda function of Node.js: it returns a promise, or calls back.
 *
 * @example
 * const handler: LambdaHandler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.pathParameters) })
 */
export type LambdaHandler<E = LambdaProxyEvent> = (
  event: E,
  context: LambdaContext,
  callback: LambdaCallback,
) => unknown

/** What a streaming function writes its answer to. */
export interface LambdaResponseStream extends Writable {
  /** The answer's `content-type`, before anything is written. */
  setContentType(type: string): void
}

/** A Lambda function that streams, as `awslambda.streamifyResponse` has made it. */
export type LambdaStreamingHandler<E = LambdaProxyEvent> = (
  event: E,
  stream: LambdaResponseStream,
  context: LambdaContext,
) => unknown

/** Where a function is that is loaded when the gateway is made. */
export interface LambdaModule {
  /** A path, from the working directory, or a `file:` URL. */
  readonly module: string
  /** Which of its exports. Default `handler`. */
  readonly handler?: string
}

/** How a Lambda function is called, and what becomes of its result. */
export interface LambdaOptions extends IntegrationOptions, MappingOptions {
  /** The format of event and result. Default `'1.0'`, as REST APIs have it; `'2.0'` is that of HTTP APIs. */
  readonly payload?: '1.0' | '2.0'
  /** `false`: the function is given what `request` maps, and `responses` map its result. Default true. */
  readonly proxy?: boolean
  /** `'Event'`: the caller is answered 202 at once, and nobody waits for the function. */
  readonly invocation?: 'RequestResponse' | 'Event'
  /** Whether the answer is sent as the function writes it. */
  readonly streaming?: boolean
  /** Of a function by its ARN. Default: the environment's, or where the AWS SDK would find any. */
  readonly credentials?: AwsCredentials | AwsCredentialProvider
  /** Of a function by its ARN. Default: the ARN's. */
  readonly region?: string
  /** Of a function by its ARN: `http://localhost:3001`. Default: AWS's for the region. */
  readonly endpoint?: string
}

/** All that a Lambda integration is made of. */
export interface LambdaIntegration extends LambdaOptions {
  readonly target: LambdaHandler<never> | LambdaStreamingHandler<never> | string | LambdaModule
}

/** `AWS_PROXY`'s event in format 1.0. */
export interface LambdaProxyEvent {
  readonly resource: string
  /** Encoded, without the stage. */
  readonly path: string
  readonly httpMethod: string
  readonly headers: Record<string, string | undefined>
  readonly multiValueHeaders: Record<string, string[] | undefined>
  readonly queryStringParameters: Record<string, string | undefined> | null
  readonly multiValueQueryStringParameters: Record<string, string[] | undefined> | null
  /** Encoded, as AWS's REST APIs have them. */
  readonly pathParameters: Record<string, string | undefined> | null
  readonly stageVariables: Record<string, string | undefined> | null
  readonly requestContext: LambdaRequestContext
  readonly body: string | null
  readonly isBase64Encoded: boolean
}

/** What is known of a request, in format 1.0. */
export interface LambdaRequestContext {
  readonly accountId: string
  readonly apiId: string
  readonly deploymentId: string
  readonly resourceId: string
  readonly resourcePath: string
  readonly httpMethod: string
  readonly path: string
  readonly stage: string
  readonly protocol: string
  readonly requestId: string
  readonly extendedRequestId: string
  /** `15/May/2020:06:01:09 +0000` */
  readonly requestTime: string
  readonly requestTimeEpoch: number
  readonly domainName: string
  readonly domainPrefix: string
  readonly identity: LambdaIdentity
  /** What an authorizer says of the caller; `{ claims, scopes }` of a token. */
  readonly authorizer?: Record<string, unknown>
}

/** Who calls, in format 1.0. */
export interface LambdaIdentity {
  readonly sourceIp: string
  readonly userAgent: string | null
  readonly accessKey: string | null
  readonly accountId: string | null
  readonly caller: string | null
  readonly user: string | null
  readonly userArn: string | null
  readonly principalOrgId: null
  readonly cognitoAuthenticationProvider: null
  readonly cognitoAuthenticationType: null
  readonly cognitoIdentityId: null
  readonly cognitoIdentityPoolId: null
  readonly apiKey?: string | null
  readonly apiKeyId?: string
  readonly clientCert?: LambdaClientCertificate
}

/** A certificate that an authorizer has verified. */
export interface LambdaClientCertificate {
  readonly clientCertPem: string
  readonly subjectDN: string
  readonly issuerDN: string
  /** `a1:a1:…` */
  readonly serialNumber: string
  readonly validity: { readonly notBefore: string; readonly notAfter: string }
}

/** The event in format 2.0, of HTTP APIs and function URLs. What there is none of is left out. */
export interface LambdaProxyEventV2 {
  readonly version: '2.0'
  /** `GET /pets/{petId}` */
  readonly routeKey: string
  /** Encoded, with the stage where it has a name. */
  readonly rawPath: string
  readonly rawQueryString: string
  readonly cookies?: string[]
  /** Lower case; several values with commas between them. */
  readonly headers: Record<string, string | undefined>
  readonly queryStringParameters?: Record<string, string | undefined>
  readonly pathParameters?: Record<string, string | undefined>
  readonly stageVariables?: Record<string, string | undefined>
  readonly requestContext: LambdaRequestContextV2
  readonly body?: string
  readonly isBase64Encoded: boolean
}

/** What is known of a request, in format 2.0. */
export interface LambdaRequestContextV2 {
  readonly accountId: string
  readonly apiId: string
  readonly authentication?: { readonly clientCert: LambdaClientCertificate }
  /** `{ jwt: { claims, scopes } }`, `{ lambda: { … } }` or `{ iam: { … } }` */
  readonly authorizer?: Record<string, unknown>
  readonly domainName: string
  readonly domainPrefix: string
  readonly http: {
    readonly method: string
    readonly path: string
    readonly protocol: string
    readonly sourceIp: string
    readonly userAgent: string
  }
  readonly requestId: string
  readonly routeKey: string
  readonly stage: string
  readonly time: string
  readonly timeEpoch: number
}
