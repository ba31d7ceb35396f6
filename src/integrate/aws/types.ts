/** What AWS services are told. */
import type {
  AwsCredentialProvider,
  AwsCredentials,
  IntegrationOptions,
  MappingOptions,
} from '../../integration.js'

/** How a service is called, and what becomes of its answer. */
export interface AwsOptions extends IntegrationOptions, MappingOptions {
  /** Default: the definition's. */
  readonly region?: string
  /** Scheme, host and port: `http://localhost:4566`. Default: AWS's for service and region. */
  readonly endpoint?: string
  /** Of a service by its path. Default: the caller's own. Of a query: `'GET'` or, by default, `'POST'`. */
  readonly method?: string
  /** What stands before the service's name in its host: a bucket's name, for one. Stage variables may stand in it. */
  readonly subdomain?: string
  /** Default: the environment's, or where the AWS SDK would find any. */
  readonly credentials?: AwsCredentials | AwsCredentialProvider
  /** What stands before the action in `X-Amz-Target`: `'DynamoDB_20120810'`. Makes a JSON service of one that is not known. */
  readonly target?: string
  /** The version of JSON services that are not known. Default `'1.1'`. */
  readonly jsonVersion?: '1.0' | '1.1'
  /** `Version` of a query: `'2010-03-31'`. Makes a query service of one that is not known. */
  readonly apiVersion?: string
  /** What signatures are for, where that is not the service's name. */
  readonly signingName?: string
}

/** All that an integration of a service is made of. */
export interface AwsIntegration extends AwsOptions {
  readonly service: string
  readonly action: string | AwsPath
}

/** A service that is called by its path: `{ path: 'my-bucket/{key}' }`. */
export interface AwsPath {
  /**
   * Parameters of the route's path fill it, encoded, `{key+}` with its slashes; and so do those that the request's
   * mapping gives. Stage variables may stand in it, and a query that is always the same behind it.
   */
  readonly path: string
}
