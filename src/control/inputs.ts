/** What `gateway.control` is given. */
import type { NamedPolicy, StageDefinition } from '../definition.js'

/** A plan's name: one of the definition's, or one that came at run time. */
export type PlanName<Pl extends string> = Pl | (string & {})

export type Named<T extends { readonly plans?: readonly string[] }, Pl extends string> = Omit<T, 'plans'> & {
  readonly plans?: readonly PlanName<Pl>[]
}

/** Of {@link Control.deploy}. */
export interface DeployOptions {
  readonly description?: string
  /**
   * The stages to point at it; when left out, those that the definition names, or the only one that there is.
   * An empty list: it is only held.
   */
  readonly stages?: readonly string[]
}

/** Changes of a stage; what is left out stays. */
export interface StagePatch extends Omit<StageDefinition, 'canary'> {
  /** The id of a deployment that is held. */
  readonly deployment?: string
  /** `null`: no canary any more. */
  readonly canary?: StageDefinition['canary'] | null
}

/** A policy that the app declares on one of its own routes. */
export interface InlinePolicy<
  U extends string = string,
  M extends string = string,
  A extends string = string,
> {
  /** `POST /pets`, where path parameters, per-method limits or records need it. */
  readonly pattern?: string | undefined
  readonly policy: NamedPolicy<M, U, A>
  /** The stage that it belongs to; the only one, or `$default`, when left out. */
  readonly stage?: string | undefined
  /** Whether it takes the place of what was declared for its pattern before: code that is loaded again while it is written. */
  readonly anew?: boolean
  /** How the gate is made with these options, for whoever has to give some: `toKoa(gateway, ${options})`. */
  readonly made?: (options: string) => string
}
