/** Which bodies are bytes. */

/** Whether a media type is one of these; what has none is of `*` + `/*` alone. @param types lower case */
export function mediaMatcher(types: readonly string[]): (type: string | undefined) => boolean {
  if (types.includes('*/*')) return () => true
  const exact = new Set(types.filter((type) => !type.includes('*')))
  const families = types.filter((type) => type.endsWith('/*')).map((type) => type.slice(0, -1))
  if (types.length === 0) return () => false
  return (type) =>
    type !== undefined && (exact.has(type) || families.some((family) => type.startsWith(family)))
}

/** Without its parameters, lower case. */
export function mediaType(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** The first that is accepted, as AWS has it: whatever weights say. */
export function firstAccepted(accept: string | undefined): string | undefined {
  return mediaType(accept?.split(',', 1)[0])
}
