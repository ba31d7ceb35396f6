/** What is kept and given to several requests must not be changed by one of them. Plain data only, as JSON has it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
