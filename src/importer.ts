/** Where what reads documents registers itself, so that who names no document does not load it. */
import { openapi } from '#openapi'
import type { Definition } from './definition.js'
import { PosternError } from './errors.js'
import type { Beside, OpenApiOptions } from './openapi/options.js'
import type { Warning } from './openapi/report.js'

/** @throws DefinitionError with all that is wrong with the document */
export type Importer = (
  document: unknown,
  options: OpenApiOptions,
  beside: Beside,
) => { readonly definition: Definition; readonly warnings: readonly Warning[] }

let registered: Importer | undefined

/** Called by `postern/openapi` when it is loaded. */
export function register(importer: Importer): void {
  registered = importer
}

/** @throws PosternError `IMPORTER_REQUIRED` where it cannot be loaded just now */
export function importer(): Importer {
  let reason: unknown
  try {
    if (registered === undefined) openapi()
  } catch (error) {
    reason = error
  }
  if (registered !== undefined) return registered
  throw new PosternError(
    'IMPORTER_REQUIRED',
    "`openapi` needs 'postern/openapi', which cannot be loaded on its own here: spread `fromOpenApi(document).definition` into the definition instead",
    { cause: reason },
  )
}
