/**
 * Postern: an app's own API gateway. The public names, and nothing else.
 *
 * @module postern
 */

export type {
  Authorize,
  AuthorizerDefinition,
  AuthorizerFunction,
  AuthorizerResult,
  Credential,
  CredentialRow,
  CredentialSource,
  IamAuthorizer,
  IamOptions,
  JwtAuthorizer,
  JwtOptions,
  MtlsAuthorizer,
  MtlsOptions,
  NamedAuthorizer,
  PolicyDocument,
  PolicyPrincipal,
  PolicyStatement,
  Principal,
  RequestAuthorizer,
  RequestAuthorizerEvent,
  TokenAuthorizer,
  TokenAuthorizerEvent,
  Ttl,
} from './access.js'
export type { WholeBody } from './answer.js'
export type { ExplainRequest, Explanation, Miss, StatementExplanation } from './authorize/explain.js'
export type { CacheFlush } from './cache/cache.js'
export { type Clock, type Duration, systemClock } from './clock.js'
export type { Client, Context, GatewayContext } from './context.js'
export type { Control } from './control/control.js'
export type { DeploymentInfo } from './control/deployment.js'
export type { DeployOptions, InlinePolicy, StagePatch } from './control/inputs.js'
export type {
  ApiKey,
  Imported,
  ImportOptions,
  ImportWarning,
  KeyInput,
  KeyPage,
  KeyPatch,
  KeyQuery,
  NewApiKey,
  RotationOptions,
} from './control/keys.js'
export type { UsagePlanInfo } from './control/planinfo.js'
export type { RouteInfo } from './control/routeinfo.js'
export type { StageInfo } from './control/stages.js'
export type { Usage, UsageQuery, UsageUpdate } from './control/usage.js'
export { createGateway } from './create.js'
export {
  Api,
  type ApiDecorator,
  type ApiOptions,
  Route,
  type RouteDecorator,
  routesOf,
} from './decorators.js'
export type {
  DocumentDefinition,
  DocumentGatewayDefinition,
  OpenApiDocument,
  OpenApiSource,
} from './definition.js'
export {
  type AccountDefinition,
  before,
  type CanaryDefinition,
  type Definition,
  type GatewayDefinition,
  type KeyRecord,
  type KeySource,
  type Limits,
  type MethodSettings,
  type ProxyHeader,
  type RefusalOverride,
  type Runtime,
  type StageCache,
  type StageDefinition,
  type StepDefinition,
  type StepPlace,
} from './definition.js'
export { digestApiKey } from './digest.js'
export type {
  ApiDocs,
  BodyDocs,
  DocumentationPart,
  DocumentationPartType,
  EndpointDefinition,
  OperationDocs,
  PlainData,
  ResponseDocs,
} from './docs.js'
export { RATE_LIMIT_DRAFT } from './enforce/ratelimit.js'
export { DefinitionError, type ErrorCode, type Fault, PosternError } from './errors.js'
export {
  Answer,
  answer,
  type Exchange,
  type Outcome,
  type Passed,
  type Permits,
  passed,
  Refusal,
  refuse,
  type Step,
  type Tap,
  type Tapped,
} from './exchange.js'
export { explain } from './explain.js'
export { type Arrival, type Forward, Gateway } from './gateway.js'
export type { AuthorizerNames, BodyOf, HeadersOf, ModelNames, QueryOf } from './inferred.js'
export type { IntegrationDefinition, VpcLinkDefinition } from './integration.js'
export { formatRecord, logRecord } from './observe/log.js'
export type { ExchangeEnd, ExchangeRecord } from './observe/record.js'
export type { ParamsOf, PathPattern } from './params.js'
export {
  type ApiKeyPolicy,
  type Body,
  type BodyOptions,
  type CacheInvalidation,
  type CachePolicy,
  type CorsPolicy,
  type DeclaredParameters,
  define,
  type Mode,
  type NamedPolicy,
  type Parameter,
  type ParameterOptions,
  type ParametersPolicy,
  type Policy,
  type Quota,
  type RouteDefinition,
  route,
  type Throttle,
  type TypedRoute,
  type UsagePlan,
} from './policy.js'
export type { GatewayRequest } from './port.js'
export { type FamilyType, REFUSALS, type RefusalType } from './refusal.js'
export type { JsonSchema, Model, OutputOf, StandardSchema, ValidationFault } from './schema.js'
export type {
  Answers,
  BucketLimit,
  Change,
  Counter,
  Counters,
  DayUsage,
  Entry,
  Json,
  Limit,
  QuotaLimit,
  Records,
  Store,
  StoredAnswer,
  Taken,
} from './store/contract.js'
export { type MemoryOptions, type MemoryStore, memoryStore } from './store/memory.js'
export type { ByteStream } from './stream.js'
export type { Caller, Delivered, Delivery } from './web/request.js'
