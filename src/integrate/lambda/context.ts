/**
 * What a function is told of its call.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
import type { Clock } from '../../clock.js'
import type { IntegrationSite } from '../../integration.js'
import type { LambdaCallback, LambdaContext } from './types.js'

/** What is the same in all calls of a function. */
export interface FunctionFacts {
  readonly name: string
  readonly arn: string
  readonly logStreamName: string
  readonly clock: Clock
}

export function functionFacts(
  name: string,
  { region, accountId, deployment, clock }: IntegrationSite,
): FunctionFacts {
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`
  return { name, arn, logStreamName: `[$LATEST]${deployment}`, clock }
}

/** What Lambda gives a function at most, ms. */
const LONGEST = 900_000

/** All of it are its own fields, as in Lambda: functions take them out of it, or spread it. */
export class InvocationContext implements LambdaContext {
  callbackWaitsForEmptyEventLoop = true
  readonly functionVersion = '$LATEST'
  readonly memoryLimitInMB = '128'
  readonly identity = undefined
  readonly clientContext = undefined
  readonly functionName: string
  readonly invokedFunctionArn: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly getRemainingTimeInMillis: () => number
  readonly done: LambdaCallback
  readonly succeed: (result: unknown) => void
  readonly fail: (error: Error | string) => void

  /** @param until clock, ms; `undefined`: nobody stops waiting */
  constructor(
    { name, arn, logStreamName, clock }: FunctionFacts,
    readonly awsRequestId: string,
    until: number | undefined,
    callback: LambdaCallback,
  ) {
    this.functionName = name
    this.invokedFunctionArn = arn
    this.logGroupName = `/aws/lambda/${name}`
    this.logStreamName = logStreamName
    this.getRemainingTimeInMillis = () => (until === undefined ? LONGEST : Math.max(0, until - clock.now()))
    this.done = callback
    this.succeed = (result) => callback(null, result)
    // Failing without a word is failing, too.
    this.fail = (error) => callback(error ?? 'Error')
  }
}
