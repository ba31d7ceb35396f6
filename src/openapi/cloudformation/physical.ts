/** The names that resources have on AWS, as far as a template says them. */
import type { PseudoParameters } from './options.js'

export type Pseudo = Required<PseudoParameters>

export function pseudoOf({
  region = 'us-east-1',
  accountId = '000000000000',
  stackName = 'stack',
  partition,
}: PseudoParameters = {}): Pseudo {
  return { region, accountId, stackName, partition: partition ?? partitionOf(region) }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

export function suffixOf({ partition }: Pseudo): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
export function pseudoParameter(name: string, pseudo: Pseudo): unknown {
  const { region, accountId, stackName, partition } = pseudo
  const known: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': accountId,
    'AWS::NotificationARNs': [],
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackId': `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': suffixOf(pseudo),
  }
  return Object.hasOwn(known, name) ? known[name] : undefined
}

/** What a type's resources are called by, and what they are then known as. */
interface Naming {
  /** The property that holds the name. */
  readonly property: string
  /** By attribute, `Ref` for the reference itself. */
  readonly known: Readonly<Record<string, (name: string, pseudo: Pseudo) => string>>
}

const itself = (name: string) => name

function arn(service: string, before = '') {
  return (name: string, { partition, region, accountId }: Pseudo) =>
    `arn:${partition}:${service}:${region}:${accountId}:${before}${name}`
}

function global(service: string, before = '', account = true) {
  return (name: string, { partition, accountId }: Pseudo) =>
    `arn:${partition}:${service}::${account ? accountId : ''}${account ? ':' : ':'}${before}${name}`
}

const STATE_MACHINE: Naming['known'] = {
  Ref: arn('states', 'stateMachine:'),
  Arn: arn('states', 'stateMachine:'),
  Name: itself,
}
const TABLE: Naming['known'] = { Ref: itself, Arn: arn('dynamodb', 'table/') }

export const NAMINGS: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': { property: 'TableName', known: TABLE },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', known: TABLE },
  'AWS::Serverless::SimpleTable': { property: 'TableName', known: TABLE },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    known: {
      Ref: (name, pseudo) => `https://sqs.${pseudo.region}.${suffixOf(pseudo)}/${pseudo.accountId}/${name}`,
      QueueUrl: (name, pseudo) =>
        `https://sqs.${pseudo.region}.${suffixOf(pseudo)}/${pseudo.accountId}/${name}`,
      Arn: arn('sqs'),
      QueueName: itself,
    },
  },
  'AWS::SNS::Topic': {
    property: 'TopicName',
    known: { Ref: arn('sns'), TopicArn: arn('sns'), TopicName: itself },
  },
  'AWS::S3::Bucket': { property: 'BucketName', known: { Ref: itself, Arn: global('s3', '', false) } },
  'AWS::Kinesis::Stream': { property: 'Name', known: { Ref: itself, Arn: arn('kinesis', 'stream/') } },
  'AWS::Events::EventBus': {
    property: 'Name',
    known: { Ref: itself, Name: itself, Arn: arn('events', 'event-bus/') },
  },
  'AWS::StepFunctions::StateMachine': { property: 'StateMachineName', known: STATE_MACHINE },
  'AWS::Serverless::StateMachine': { property: 'Name', known: STATE_MACHINE },
  'AWS::IAM::Role': { property: 'RoleName', known: { Ref: itself, Arn: global('iam', 'role/') } },
}

export const functionArn = arn('lambda', 'function:')
