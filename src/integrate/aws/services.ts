/**
 * How services are spoken to. Any other is told of by an integration's options.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */

/** JSON with an action in a header, a form with an action in it, or paths. */
export type Protocol =
  | { readonly kind: 'json'; readonly target: string; readonly version: '1.0' | '1.1' }
  | { readonly kind: 'query'; readonly version: string }
  | { readonly kind: 'rest' }

export interface Service {
  readonly protocol: Protocol
  /** What its host begins with. */
  readonly host: string
  /** What signatures are for. */
  readonly signingName: string
  /** Whether there is one for all regions, of {@link GLOBAL_REGION}. */
  readonly isGlobal: boolean
}

/** Of services that have no regions. */
export const GLOBAL_REGION = 'us-east-1'

type Names = Partial<Pick<Service, 'host' | 'signingName' | 'isGlobal'>>

const json = (target: string, version: '1.0' | '1.1' = '1.1', names: Names = {}): Known => ({
  protocol: { kind: 'json', target, version },
  ...names,
})
const query = (version: string, names: Names = {}): Known => ({
  protocol: { kind: 'query', version },
  ...names,
})
const rest = (names: Names = {}): Known => ({ protocol: { kind: 'rest' }, ...names })

type Known = { readonly protocol: Protocol } & Names

/** By the names that AWS's gateway knows them by, which are those of their hosts unless said otherwise. */
const SERVICES: Readonly<Record<string, Known>> = {
  acm: json('CertificateManager'),
  athena: json('AmazonAthena'),
  autoscaling: query('2011-01-01'),
  cloudformation: query('2010-05-15'),
  codebuild: json('CodeBuild_20161006'),
  codepipeline: json('CodePipeline_20150709'),
  'cognito-identity': json('AWSCognitoIdentityService'),
  'cognito-idp': json('AWSCognitoIdentityProviderService'),
  comprehend: json('Comprehend_20171127'),
  dynamodb: json('DynamoDB_20120810', '1.0'),
  ec2: query('2016-11-15'),
  ecr: json('AmazonEC2ContainerRegistry_V20150921', '1.1', { host: 'api.ecr' }),
  ecs: json('AmazonEC2ContainerServiceV20141113'),
  elasticache: query('2015-02-02'),
  elasticloadbalancing: query('2015-12-01'),
  email: query('2010-12-01', { signingName: 'ses' }),
  events: json('AWSEvents'),
  firehose: json('Firehose_20150804'),
  glue: json('AWSGlue'),
  iam: query('2010-05-08', { isGlobal: true }),
  kinesis: json('Kinesis_20131202'),
  kms: json('TrentService'),
  logs: json('Logs_20140328'),
  monitoring: query('2010-08-01'),
  rds: query('2014-10-31'),
  redshift: query('2012-12-01'),
  rekognition: json('RekognitionService'),
  route53: rest({ isGlobal: true }),
  sagemaker: json('SageMaker', '1.1', { host: 'api.sagemaker' }),
  secretsmanager: json('secretsmanager'),
  servicediscovery: json('Route53AutoNaming_v20170314'),
  sns: query('2010-03-31'),
  sqs: json('AmazonSQS', '1.0'),
  ssm: json('AmazonSSM'),
  states: json('AWSStepFunctions', '1.0'),
  'streams.dynamodb': json('DynamoDBStreams_20120810', '1.0', { signingName: 'dynamodb' }),
  sts: query('2011-06-15'),
  textract: json('Textract'),
  translate: json('AWSShineFrontendService_20170701'),
  wafv2: json('AWSWAF_20190729'),
  // Spoken to by paths.
  apigateway: rest(),
  appconfigdata: rest({ signingName: 'appconfig' }),
  batch: rest(),
  'bedrock-runtime': rest({ signingName: 'bedrock' }),
  eks: rest(),
  'execute-api': rest(),
  'data.iot': rest({ host: 'data-ats.iot', signingName: 'iotdata' }),
  // By what its endpoint begins with: `a1b2c3-ats.iotdata`.
  iotdata: rest({ host: 'iot' }),
  kafka: rest(),
  lambda: rest(),
  pinpoint: rest({ signingName: 'mobiletargeting' }),
  pipes: rest(),
  polly: rest(),
  'runtime.sagemaker': rest({ signingName: 'sagemaker' }),
  s3: rest(),
  scheduler: rest(),
  xray: rest(),
}

/** What else they are called. */
const ALIASES: Readonly<Record<string, string>> = {
  cloudwatch: 'monitoring',
  eventbridge: 'events',
  ses: 'email',
  stepfunctions: 'states',
}

export const SERVICE_NAMES: readonly string[] = [...Object.keys(SERVICES), ...Object.keys(ALIASES)]

/** What an integration says of a service that is not known, or is to be spoken to in another way. */
export interface Told {
  readonly target?: string | undefined
  readonly jsonVersion?: '1.0' | '1.1' | undefined
  readonly apiVersion?: string | undefined
  readonly signingName?: string | undefined
}

/** @param byPath whether it is called by its path; `undefined`: nothing says how it is to be called */
export function serviceOf(name: string, byPath: boolean, told: Told): Service | undefined {
  const canonical = ALIASES[name] ?? name
  const known = Object.hasOwn(SERVICES, canonical) ? SERVICES[canonical] : undefined
  const protocol = byPath ? REST : (protocolOf(told, known?.protocol) ?? known?.protocol)
  if (protocol === undefined) return undefined
  const { host = canonical, isGlobal = false, signingName = canonical } = known ?? {}
  return { protocol, host, isGlobal, signingName: told.signingName ?? signingName }
}

const REST: Protocol = { kind: 'rest' }

function protocolOf(
  { target, jsonVersion, apiVersion }: Told,
  known: Protocol | undefined,
): Protocol | undefined {
  if (target !== undefined) {
    const version = known?.kind === 'json' ? known.version : '1.1'
    return { kind: 'json', target, version: jsonVersion ?? version }
  }
  return apiVersion === undefined ? undefined : { kind: 'query', version: apiVersion }
}

/** Those that stand before a host's name for some actions: AWS has servers of their own for them. */
export function hostPrefix({ host }: Service, action: string): string {
  return host === 'states' && action === 'StartSyncExecution' ? 'sync-' : ''
}
