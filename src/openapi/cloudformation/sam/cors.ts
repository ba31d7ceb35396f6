/** CORS as SAM has it for REST APIs: an OPTIONS method on each path. */
import type { DocumentDraft } from '../document.js'
import type { Part } from '../trace.js'
import type { Auth } from './auth.js'

const HEADERS = {
  AllowHeaders: 'Access-Control-Allow-Headers',
  AllowMethods: 'Access-Control-Allow-Methods',
  AllowOrigin: 'Access-Control-Allow-Origin',
  MaxAge: 'Access-Control-Max-Age',
}
const EVERY = 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'

export function readCors(draft: DocumentDraft, cors: Part, auth: Auth): void {
  if (!cors.given) return
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of draft.operations) {
    methods.set(path, (methods.get(path) ?? new Set<string>()).add(method))
  }
  for (const [path, there] of methods) {
    if (there.has('OPTIONS')) continue
    preflight(draft, cors, {
      path,
      allowed: there.has('ANY') ? EVERY : [...there, 'OPTIONS'].sort().join(','),
      auth,
    })
  }
}

interface Preflight {
  readonly path: string
  readonly allowed: string
  readonly auth: Auth
}

function preflight(draft: DocumentDraft, cors: Part, { path, allowed, auth }: Preflight): void {
  const { trace } = draft.template
  const headers = headersOf(cors, allowed)
  const named = headers.map(([name]) => [name, { schema: { type: 'string' } }] as const)
  const parameters = headers.map(([name, value]) => [`method.response.header.${name}`, value] as const)
  const integration = trace.build(cors.pointer, {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200', responseParameters: Object.fromEntries(parameters) } },
  })
  const operation = trace.build(cors.pointer, {
    responses: {
      200: { description: 'What may be asked from elsewhere', headers: Object.fromEntries(named) },
    },
    'x-amazon-apigateway-integration': integration,
  })
  const own = auth.at
  const authorized =
    own.at('DefaultAuthorizer').given && own.at('AddDefaultAuthorizerToCorsPreflight').flag !== false
  const keyed =
    own.at('ApiKeyRequired').flag === true && own.at('AddApiKeyRequiredToCorsPreflight').flag !== false
  const fields = {
    Authorizer: authorized ? own.at('DefaultAuthorizer').value : 'NONE',
    ApiKeyRequired: keyed,
  }
  auth.put(operation, draft.template.evaluator.part(fields, cors.pointer))
  const names = [...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name]) => name)
  const needed = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  if (needed.length > 0) trace.put(operation, 'parameters', needed, cors.pointer)
  draft.operation(path, 'OPTIONS', operation, cors)
}

/** An origin alone, or what is allowed one by one; both with the quotes of a constant. */
function headersOf(cors: Part, allowed: string): readonly (readonly [name: string, value: string])[] {
  const [origin, given] =
    cors.text === undefined ? [cors.at('AllowOrigin').text ?? "'*'", cors] : [cors.text, undefined]
  const made = Object.entries(HEADERS).flatMap(([field, name]) => {
    const value = given?.at(field).text
    if (field === 'AllowOrigin') return [[name, origin] as const]
    if (field === 'AllowMethods') return [[name, value ?? `'${allowed}'`] as const]
    return value === undefined ? [] : [[name, value] as const]
  })
  const credentials = given?.at('AllowCredentials').flag === true
  return credentials ? [...made, ['Access-Control-Allow-Credentials', "'true'"]] : made
}
