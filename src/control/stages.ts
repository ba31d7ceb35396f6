/** The stages: what each points at, what it pointed at before. */
import type { CompleteStage } from '../complete.js'
import { PosternError } from '../errors.js'
import type { Deployment } from './deployment.js'

/** Where a stage stands: which deployment, with which settings. */
export interface StageState {
  readonly deployment: string
  readonly settings: CompleteStage
}

/** What is told of a stage. */
export interface StageInfo {
  readonly name: string
  readonly description: string | undefined
  readonly deployment: string
  readonly variables: Readonly<Record<string, string>>
  readonly canary: CompleteStage['canary']
}

/** So many former states can be rolled back to. */
const KEPT = 20

/** Immutable: each change gives a new one, which is published or thrown away as a whole. */
export class Stages {
  /** By name, the present state first. */
  readonly #histories: ReadonlyMap<string, readonly StageState[]>

  constructor(histories: ReadonlyMap<string, readonly StageState[]> = new Map()) {
    this.#histories = histories
  }

  get states(): ReadonlyMap<string, StageState> {
    const present = new Map<string, StageState>()
    for (const [name, [state]] of this.#histories) if (state !== undefined) present.set(name, state)
    return present
  }

  /** @throws PosternError `STAGE_UNKNOWN` */
  get(name: string): StageState {
    const [state] = this.#history(name)
    if (state === undefined) throw this.#unknown(name)
    return state
  }

  with(name: string, state: StageState): Stages {
    const former = this.#histories.get(name) ?? []
    return this.#having(name, [state, ...former].slice(0, KEPT))
  }

  /**
   * Stages pointed at a deployment, each with the settings that its definition gives it, or those that it has.
   *
   * @param most stages at most
   * @throws PosternError `STAGE_UNKNOWN`, `LIMIT_REACHED`
   */
  pointing(
    { info, complete }: Deployment,
    names: readonly string[],
    most = Number.POSITIVE_INFINITY,
  ): Stages {
    const next = names.reduce<Stages>((all, name) => {
      const settings = complete.stages.get(name) ?? all.get(name).settings
      return all.with(name, { deployment: info.id, settings })
    }, this)
    if (next.states.size <= most) return next
    throw new PosternError(
      'LIMIT_REACHED',
      `there would be more than the ${most} stages that \`limits.stages\` allows`,
    )
  }

  /** @throws PosternError `STAGE_UNKNOWN` */
  without(name: string): Stages {
    this.#history(name)
    return new Stages(new Map([...this.#histories].filter(([other]) => other !== name)))
  }

  /** The state before the present one. @throws PosternError `STAGE_UNKNOWN`, `NOTHING_TO_ROLL_BACK` */
  rolledBack(name: string): Stages {
    const [, ...former] = this.#history(name)
    if (former.length > 0) return this.#having(name, former)
    throw new PosternError('NOTHING_TO_ROLL_BACK', `stage '${name}' has pointed at nothing else before`)
  }

  /** The stage that points at a deployment, if one does. */
  uses(deployment: Deployment): string | undefined {
    for (const [name, [state]] of this.#histories) {
      if (
        state?.deployment === deployment.info.id ||
        state?.settings.canary?.deployment === deployment.info.id
      )
        return name
    }
    return undefined
  }

  /** Former states of a deployment that is gone can no longer be rolled back to. */
  forgetting({ info: { id } }: Deployment): Stages {
    const stays = ({ deployment, settings }: StageState) =>
      deployment !== id && settings.canary?.deployment !== id
    return new Stages(new Map([...this.#histories].map(([name, history]) => [name, history.filter(stays)])))
  }

  #having(name: string, history: readonly StageState[]): Stages {
    return new Stages(new Map(this.#histories).set(name, history))
  }

  #history(name: string): readonly StageState[] {
    const history = this.#histories.get(name)
    if (history === undefined) throw this.#unknown(name)
    return history
  }

  #unknown(name: string): PosternError {
    const names = [...this.#histories.keys()].join(', ')
    return new PosternError('STAGE_UNKNOWN', `there is no stage '${name}'; there is: ${names}`)
  }
}

export function infoOf({ deployment, settings }: StageState): StageInfo {
  const { name, description, variables, canary } = settings
  return { name, description, deployment, variables, canary }
}
