/** Whose credentials sign: given ones, those of the environment, and those that the AWS SDK finds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway, route } from 'postern'
import { type AwsCredentialProvider, aws } from 'postern/aws'
import { lambda } from 'postern/lambda'
import { send, testClock } from 'postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { HeldCredentials } from '../../../src/integrate/aws/credentials.js'
import { serve } from '../../sockets.js'
import { lambdaEndpoint } from './lambda.js'
import { endpoint, type Secrets, SIGNER } from './signed.js'

const OTHERS = { accessKeyId: 'AKIDOTHER000000000000', secretAccessKey: 'other' }
const TEMPORARY = {
  accessKeyId: 'ASIATEMPORARY00000000',
  secretAccessKey: 'temporary',
  sessionToken: 'token+/=',
}
const START = '2026-01-01T00:00:00Z'
const MINUTE = 60_000

describe('credentials of a provider', () => {
  const clock = testClock(START)
  const never = (error: unknown) => expect(error).toBeUndefined()

  function held(lasting: number | undefined, provider = vi.fn<AwsCredentialProvider>()) {
    let number = 0
    provider.mockImplementation(async () => ({
      ...TEMPORARY,
      sessionToken: String(++number),
      ...(lasting !== undefined && { expiration: new Date(clock.now() + lasting) }),
    }))
    return { provider, held: new HeldCredentials(provider, clock) }
  }

  it('are asked for once, by all who need them', async () => {
    const { provider, held: credentials } = held(60 * MINUTE)
    const all = await Promise.all(Array.from({ length: 20 }, () => credentials.get(never)))
    expect(new Set(all.map((each) => each.sessionToken))).toEqual(new Set(['1']))
    expect(provider).toHaveBeenCalledTimes(1)
    expect(credentials.get(never)).not.toBeInstanceOf(Promise)
  })

  it('are asked for again five minutes before they expire, and nobody waits for it', async () => {
    const { provider, held: credentials } = held(60 * MINUTE)
    await credentials.get(never)
    clock.advance(54 * MINUTE)
    expect(credentials.get(never)).toMatchObject({ sessionToken: '1' })
    expect(provider).toHaveBeenCalledTimes(1)
    clock.advance(2 * MINUTE)
    expect(credentials.get(never)).toMatchObject({ sessionToken: '1' })
    expect(credentials.get(never)).toMatchObject({ sessionToken: '1' })
    await vi.waitFor(() => expect(credentials.get(never)).toMatchObject({ sessionToken: '2' }))
    expect(provider).toHaveBeenCalledTimes(2)
  })

  it('are waited for where the old ones have expired', async () => {
    const { held: credentials } = held(60 * MINUTE)
    await credentials.get(never)
    clock.advance(61 * MINUTE)
    expect(await credentials.get(never)).toMatchObject({ sessionToken: '2' })
  })

  it('hold on while new ones cannot be had, until they expire', async () => {
    const { provider, held: credentials } = held(60 * MINUTE)
    await credentials.get(never)
    provider.mockRejectedValue(new Error('away'))
    const errors: unknown[] = []
    clock.advance(56 * MINUTE)
    expect(credentials.get((error) => errors.push(error))).toMatchObject({ sessionToken: '1' })
    await vi.waitFor(() => expect(errors).toEqual([new Error('away')]))
    clock.advance(5 * MINUTE)
    await expect(Promise.resolve(credentials.get(never))).rejects.toThrow('away')
  })

  it('that are given out late are not asked for with every request', async () => {
    const { provider, held: credentials } = held(2 * MINUTE)
    await credentials.get(never)
    expect(credentials.get(never)).toMatchObject({ sessionToken: '1' })
    expect(provider).toHaveBeenCalledTimes(1)
  })

  it('that do not say when they expire are asked for every five minutes', async () => {
    const { provider, held: credentials } = held(undefined)
    await credentials.get(never)
    clock.advance(4 * MINUTE)
    await credentials.get(never)
    expect(provider).toHaveBeenCalledTimes(1)
    clock.advance(2 * MINUTE)
    await credentials.get(never)
    expect(provider).toHaveBeenCalledTimes(2)
  })

  it('are such', async () => {
    const credentials = new HeldCredentials((() => ({ accessKeyId: 'x' })) as never, clock)
    await expect(Promise.resolve(credentials.get(never))).rejects.toThrow(
      'a provider of credentials gives { accessKeyId, secretAccessKey, sessionToken?, expiration? }',
    )
  })
})

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'
const SECRETS: Secrets = {
  [SIGNER.accessKeyId]: SIGNER,
  [OTHERS.accessKeyId]: OTHERS,
  [TEMPORARY.accessKeyId]: TEMPORARY,
}

describe('an integration', () => {
  const names = Object.keys(process.env).filter((name) => name.startsWith('AWS_'))
  let before: Record<string, string | undefined> = {}
  let folder = ''

  beforeEach(() => {
    before = Object.fromEntries(names.map((name) => [name, process.env[name]]))
    for (const name of names) delete process.env[name]
    folder = mkdtempSync(join(tmpdir(), 'postern-aws-'))
    // Nothing of this machine is looked into, or asked.
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_CONFIG_FILE: join(folder, 'config'),
    })
  })

  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
    Object.assign(process.env, before)
    rmSync(folder, { recursive: true })
    vi.doUnmock('@aws-sdk/credential-providers')
  })

  /** Who has signed, and what else is known. Regions tell tests apart: what is found is kept by region. */
  async function signerIn(region: string, credentials?: AwsCredentialProvider) {
    const server = await endpoint(() => ({ status: 200, body: '{}' }), SECRETS)
    const errors: unknown[] = []
    const details: unknown[] = []
    const options = { endpoint: server.url, region, ...(credentials && { credentials }) }
    const gateway = createGateway({
      routes: [route('GET /x', {}, aws('dynamodb', 'ListTables', options))],
      onError: (error) => errors.push(error),
      onRecord: ({ detail }) => details.push(detail),
    })
    onTestFinished(() => gateway.close())
    const { status } = await send(gateway, 'GET /x')
    const signer = /Credential=([^/]+)/.exec(server.got[0]?.headers.authorization ?? '')?.[1]
    return { status, signer, token: server.got[0]?.headers['x-amz-security-token'], errors, details }
  }

  it('signs with what a provider gives', async () => {
    const provider = vi.fn(async () => TEMPORARY)
    expect(await signerIn('eu-north-1', provider)).toMatchObject({
      status: 200,
      signer: TEMPORARY.accessKeyId,
      token: TEMPORARY.sessionToken,
    })
  })

  it('asks one provider for all that name it', async () => {
    const provider = vi.fn(async () => SIGNER)
    const server = await lambdaEndpoint({ [ARN]: () => ({}) }, SECRETS)
    const own = { endpoint: server.url, credentials: provider }
    const gateway = createGateway({
      routes: [route('GET /a', {}, lambda(ARN, own)), route('GET /b', {}, lambda(ARN, own))],
      stages: { prod: {}, beta: {} },
      clock: { now: () => Date.now() },
    })
    onTestFinished(() => gateway.close())
    for (const path of ['/prod/a', '/beta/a', '/prod/b'])
      expect((await send(gateway, `GET ${path}`)).status).toBe(200)
    expect(provider).toHaveBeenCalledTimes(1)
  })

  it('tells the operator where a provider fails', async () => {
    const found = await signerIn('eu-north-1', () => Promise.reject(new Error('the vault is sealed')))
    expect(found).toMatchObject({ status: 500, details: ['the vault is sealed'] })
    expect(found.errors).toEqual([new Error('the vault is sealed')])
  })

  it('waits for a provider no longer than for an answer', async () => {
    const options = { credentials: () => new Promise<never>(() => {}), timeout: '60ms' } as const
    const gateway = createGateway({ routes: [route('GET /x', {}, aws('dynamodb', 'ListTables', options))] })
    onTestFinished(() => gateway.close())
    expect((await send(gateway, 'GET /x')).status).toBe(504)
  })

  it('signs with those of the environment, for which nothing is loaded', async () => {
    vi.doMock('@aws-sdk/credential-providers', () => {
      throw new Error('it was loaded')
    })
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: TEMPORARY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEMPORARY.secretAccessKey,
      AWS_SESSION_TOKEN: TEMPORARY.sessionToken,
    })
    expect(await signerIn('us-west-1')).toMatchObject({
      status: 200,
      signer: TEMPORARY.accessKeyId,
      token: TEMPORARY.sessionToken,
    })
  })

  it('signs with those of the environment beside a profile, where nothing is there to look for that', async () => {
    vi.doMock('@aws-sdk/credential-providers', () => {
      throw new Error('it is not installed')
    })
    Object.assign(process.env, {
      AWS_PROFILE: 'staff',
      AWS_ACCESS_KEY_ID: SIGNER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: SIGNER.secretAccessKey,
    })
    expect(await signerIn('us-east-2')).toMatchObject({ status: 200, signer: SIGNER.accessKeyId })
  })

  it('says what is missing where the SDK’s providers are not installed', async () => {
    vi.doMock('@aws-sdk/credential-providers', () => {
      throw new Error("Cannot find package '@aws-sdk/credential-providers'")
    })
    const { status, errors, details } = await signerIn('us-west-2')
    const words =
      'there are no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give `credentials`, or install @aws-sdk/credential-providers, which finds those of profiles, web identities, containers and instances'
    expect([status, details]).toEqual([500, [words]])
    expect(errors).toEqual([expect.objectContaining({ message: words })])
  })

  it('says so where there are none at all', async () => {
    const { status, details } = await signerIn('ap-south-1')
    expect(status).toBe(500)
    expect(details).toEqual([
      expect.stringMatching(
        /^there are no credentials for AWS \(.+\): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give `credentials`$/,
      ),
    ])
  })

  it('signs with those of a profile, which goes before the environment’s', async () => {
    writeFileSync(
      join(folder, 'credentials'),
      `[staff]\naws_access_key_id = ${OTHERS.accessKeyId}\naws_secret_access_key = ${OTHERS.secretAccessKey}\n`,
    )
    Object.assign(process.env, {
      AWS_PROFILE: 'staff',
      AWS_ACCESS_KEY_ID: SIGNER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: SIGNER.secretAccessKey,
    })
    expect(await signerIn('ca-central-1')).toMatchObject({ status: 200, signer: OTHERS.accessKeyId })
  })

  it('signs with those of a web identity, for which STS is asked', async () => {
    const asked: URLSearchParams[] = []
    const sts = await serve(async (req, res) => {
      let form = ''
      for await (const piece of req) form += piece
      asked.push(new URLSearchParams(form))
      const expiration = new Date(Date.now() + 3_600_000).toISOString()
      res.setHeader('content-type', 'text/xml')
      res.end(`<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Credentials>
      <AccessKeyId>${TEMPORARY.accessKeyId}</AccessKeyId>
      <SecretAccessKey>${TEMPORARY.secretAccessKey}</SecretAccessKey>
      <SessionToken>${TEMPORARY.sessionToken}</SessionToken>
      <Expiration>${expiration}</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`)
    })
    writeFileSync(join(folder, 'token'), 'a.web.token')
    Object.assign(process.env, {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/gateway',
      AWS_ENDPOINT_URL_STS: sts.url,
    })
    expect(await signerIn('sa-east-1')).toMatchObject({
      status: 200,
      signer: TEMPORARY.accessKeyId,
      token: TEMPORARY.sessionToken,
    })
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: 'arn:aws:iam::123456789012:role/gateway',
      WebIdentityToken: 'a.web.token',
    })
  })

  it('signs with those of a container', async () => {
    const container = await serve((req, res) => {
      if (req.headers.authorization !== 'let me in') return void res.writeHead(401).end()
      const { accessKeyId, secretAccessKey, sessionToken } = TEMPORARY
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      res.setHeader('content-type', 'application/json')
      res.end(
        JSON.stringify({
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          Token: sessionToken,
          Expiration,
        }),
      )
    })
    Object.assign(process.env, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in',
    })
    expect(await signerIn('me-south-1')).toMatchObject({ status: 200, signer: TEMPORARY.accessKeyId })
  })
})
