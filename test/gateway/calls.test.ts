/** Methods of `gateway.control` that are called wrongly say how they are called. */
import { describe, expect, it } from 'vitest'
import { createGateway, route } from '../../src/index.js'
import { testClock, testIds } from '../../src/testing.js'

async function shop() {
  const { control } = createGateway({
    routes: [route('GET /pets', { apiKey: true })],
    plans: { free: { quota: { limit: 8, period: 'day' } }, gold: {} },
    clock: testClock('2026-01-01T00:00:00Z'),
    ids: testIds(),
  })
  const { id } = await control.createApiKey({ name: 'acme', plans: ['gold'] })
  return { control, id }
}

type Control = Awaited<ReturnType<typeof shop>>['control']

const DAYS = { from: '2026-01-01', to: '2026-01-31' }
const PLAN = "('free', { throttle: { rate: 5, burst: 10 } })."
const USAGE = "Write getUsage({ plan: 'free', from: '2026-01-01', to: '2026-01-31' })."

/** As JavaScript calls it. */
const called = (name: keyof Control, ...given: unknown[]) => ({ name, given })

describe('a call of the control plane', () => {
  it.each([
    [
      called('createUsagePlan', { name: 'x' }),
      `name: an object is not a plan's name`,
      `createUsagePlan${PLAN}`,
    ],
    [called('createUsagePlan', undefined, {}), `name: undefined is not a plan's name`, PLAN],
    [called('createUsagePlan', 5, {}), `name: 5 is not a plan's name`, `Write createUsagePlan${PLAN}`],
    [called('updateUsagePlan', { name: 'x' }), `an object is not a plan's name`, `updateUsagePlan${PLAN}`],
    [
      called('updateStage', '$default'),
      'patch: undefined is not the change of a stage',
      "Write updateStage('$default', { deployment: id }), or the settings that are to change.",
    ],
    [
      called('updateStage', '$default', 'd7'),
      "patch: 'd7' is not the change of a stage",
      'Write updateStage(',
    ],
    [called('getUsage'), 'options: undefined is not the options of getUsage()', USAGE],
    [called('getUsage', 'free', 'k1'), "options: 'free' is not the options of getUsage()", USAGE],
    [
      called('getUsage', { plan: 'free', keyId: 'zzz', ...DAYS }),
      'keyId: `keyId` is no field of the options of getUsage()',
      'It has plan, key, from and to.',
    ],
    [
      called('getUsage', { plan: 'free' }),
      'from: the options of getUsage() need `from`',
      'to: the options of getUsage() need `to`',
    ],
    [
      called('updateUsage', { plan: 'free', key: 'k', remaining: -1 }),
      'remaining: -1 is not an integer of at least 0',
      'Write an integer of at least 0.',
    ],
    [
      called('updateUsage', { plan: 'free', key: 'k', remaining: 5, remainign: 5 }),
      '`remainign` is no field of the options of updateUsage()',
      'Did you mean `remaining`?',
    ],
    [
      called('updateUsage', 'free', 'k', 5),
      "'free' is not the options of updateUsage()",
      "Write updateUsage({ plan: 'free', key: key.id, remaining: 100 }).",
    ],
  ])('%j says how it is called', async ({ name, given }, message, fix) => {
    const { control } = await shop()
    const call = Reflect.apply(Reflect.get(control, name) as () => Promise<unknown>, control, given)
    const error = await call.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'DefinitionError' })
    expect(String(error)).toContain(`the call of ${name}() has `)
    expect(String(error)).toContain(message)
    expect(String(error)).toContain(fix)
  })

  it('names the plans that there are where there is none of a name', async () => {
    const { control, id } = await shop()
    const told = "there is no usage plan 'fre'; there is: free, gold. Did you mean `free`?"
    await expect(control.createApiKey({ name: 'a', plans: ['fre'] })).rejects.toThrow(told)
    await expect(control.updateApiKey(id, { plans: ['fre'] })).rejects.toThrow(told)
    await expect(control.getUsage({ plan: 'fre', ...DAYS })).rejects.toThrow(told)
    const { warnings } = await control.importApiKeys('Name,Key,UsagePlanIds\na,aaaaaaaaaaaaaaaaaaaaaaaaa,fre')
    expect(warnings).toMatchObject([{ message: told }])
  })

  it('tells usage, and sets it, of keys alone that there are', async () => {
    const { control, id } = await shop()
    const told = "there is no API key with the id 'acme'"
    await expect(control.getUsage({ plan: 'free', key: 'acme', ...DAYS })).rejects.toThrow(told)
    await expect(control.updateUsage({ plan: 'free', key: 'acme', remaining: 1 })).rejects.toThrow(told)
    await expect(control.updateUsage({ plan: 'free', key: id, remaining: 1 })).rejects.toThrow(
      `the API key '${id}' is not in usage plan 'free'; it is in: gold`,
    )
  })

  it('sets no usage of a plan without a quota', async () => {
    const { control, id } = await shop()
    await expect(control.updateUsage({ plan: 'gold', key: id, remaining: 1 })).rejects.toThrow(
      "plan: usage plan 'gold' has no quota (VALUE_INVALID)\n    Give it one by updateUsagePlan('gold', { quota: { limit: 1000, period: 'day' }, … }).",
    )
  })
})
