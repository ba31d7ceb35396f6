/** An outline as a person reads it. */
import type { Outline, PlanOutline, RouteOutline, StageOutline, ThrottleOutline } from './outline.js'
import { table } from './table.js'
import type { Output } from './terminal.js'

/** Whether somebody looks at it who has not asked for plain text. */
export function isStyled({ isTTY }: Output): boolean {
  return isTTY === true && !process.env.NO_COLOR
}

/** @param bold whether headings may be */
export function inWords({ stages, plans, routes }: Outline, bold: boolean): string {
  const heading = (text: string) => (bold ? `\x1b[1m${text}\x1b[22m` : text)
  const deployments = [...new Set(routes.map(({ deployment }) => deployment))]
  const parts = [
    `${heading('Stages')}\n${table(STAGE, stages.map(stageRow))}`,
    `${heading('Usage plans')}\n${plans.length > 0 ? table(PLAN, plans.map(planRow)) : '  none\n'}`,
    ...deployments.map((id) => {
      const own = routes.filter(({ deployment }) => deployment === id)
      const names = own[0]?.stages.join(', ')
      return `${heading(`Routes of deployment ${id} (${names})`)}\n${table(ROUTE, own.map(routeRow))}`
    }),
    ...(routes.length === 0 ? [`${heading('Routes')}\n  none: every request is refused\n`] : []),
  ]
  return parts.join('\n')
}

/** The routes alone. */
export function routesInWords(routes: readonly RouteOutline[], bold: boolean): string {
  return `${bold ? '\x1b[1mRoutes\x1b[22m' : 'Routes'}\n${table(ROUTE, routes.map(routeRow))}`
}

const STAGE = ['name', 'deployment', 'throttle', 'variables', 'canary?']

function stageRow({ name, deployment, throttle, variables, canary }: StageOutline): string[] {
  const count = Object.keys(variables).length
  const share = canary === undefined ? '' : `${canary.percent}% to ${canary.deployment}`
  return [name, deployment, throttles(throttle), count === 0 ? '' : String(count), share]
}

const PLAN = ['name', 'throttle', 'quota', 'stages']

function planRow({ name, throttle, quota, stages }: PlanOutline): string[] {
  const allowed = quota === undefined ? '' : `${quota.limit} a ${quota.period}`
  return [name, throttles(throttle), allowed, stages?.join(', ') ?? 'all']
}

const ROUTE = ['method', 'path', 'api key', 'authorize', 'throttle', 'body', 'cache', 'mode?', 'answered by']

function routeRow(route: RouteOutline): string[] {
  const { method, path, throttle, cache, observed, answeredBy } = route
  const kept = cache === undefined ? '' : cache === 0 ? 'as its stage' : `${cache} s`
  const mode = observed ? 'observe' : ''
  return [
    method,
    path,
    apiKey(route),
    authorize(route),
    throttles(throttle),
    body(route),
    kept,
    mode,
    answeredBy,
  ]
}

function apiKey({ apiKey }: RouteOutline): string {
  if (typeof apiKey === 'boolean') return apiKey ? 'any plan' : ''
  return apiKey.join(', ')
}

function authorize({ authorize = '', scopes = [] }: RouteOutline): string {
  return scopes.length === 0 ? authorize : `${authorize} (${scopes.join(' ')})`
}

function body({ body = {} }: RouteOutline): string {
  const models = Object.entries(body)
  const single = models.length === 1 ? models[0]?.[1] : undefined
  return single ?? models.map(([type, model]) => `${model} (${type})`).join(', ')
}

function throttles(all: readonly ThrottleOutline[]): string {
  return all
    .map(({ rate, burst, per, mode }) => {
      const whose = per === undefined ? '' : ` per ${PER[per] ?? 'function'}`
      return `${rate}/s burst ${burst}${whose}${mode === undefined ? '' : ` (${mode})`}`
    })
    .join(', ')
}

const PER: Readonly<Record<string, string>> = {
  address: 'address',
  apiKey: 'API key',
  principal: 'principal',
}
