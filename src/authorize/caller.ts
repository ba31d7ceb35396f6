/**
 * Callers, as AWS names them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */

/** A principal's ARN, taken apart. */
export class Caller {
  constructor(
    readonly arn: string,
    readonly partition: string,
    readonly account: string,
    /** As `aws:PrincipalType` has it. */
    readonly type: 'Account' | 'User' | 'AssumedRole' | 'FederatedUser',
    /** A user's or a role's, without its path; `root` for an account. */
    readonly name: string,
    /** Of a role that is assumed. */
    readonly session: string | undefined,
  ) {}
}

/** `undefined` for what is no principal's ARN. Without `split` and regular expressions, which would take longer than all else. */
export function callerOf(arn: string): Caller | undefined {
  const at = arn.indexOf(':', PARTITION)
  const partition = arn.slice(PARTITION, at)
  if (at === -1 || !arn.startsWith('arn:aws') || !isService(arn, at)) return undefined
  const start = at + ':iam::'.length
  const end = start + ACCOUNT_LENGTH
  const account = arn.slice(start, end)
  if (arn.charAt(end) !== ':' || !isAccount(account)) return undefined
  const slash = arn.indexOf('/', end)
  const kind = arn.slice(end + 1, slash === -1 ? undefined : slash)
  if (slash !== -1) return named(arn, partition, account, kind, arn.slice(slash + 1))
  return kind === 'root' ? new Caller(arn, partition, account, 'Account', kind, undefined) : undefined
}

const PARTITION = 'arn:'.length
const ACCOUNT_LENGTH = 12

function isService(arn: string, at: number): boolean {
  return arn.startsWith(':iam::', at) || arn.startsWith(':sts::', at)
}

/** Whether it is an account's id: twelve digits. */
export function isAccount(text: string): boolean {
  if (text.length !== ACCOUNT_LENGTH) return false
  for (let at = 0; at < ACCOUNT_LENGTH; at++) if (text.charAt(at) < '0' || text.charAt(at) > '9') return false
  return true
}

/** @param path what stands behind the kind: `alice`, `staff/alice`, `batch/session-1` */
function named(
  arn: string,
  partition: string,
  account: string,
  kind: string,
  path: string,
): Caller | undefined {
  const type = TYPES.get(kind)
  if (type === undefined) return undefined
  // A path comes before the name of a user or role, a session's name after that of its role.
  const before = kind === 'user' || kind === 'role'
  const slash = before ? path.lastIndexOf('/') : path.indexOf('/')
  const name = before ? path.slice(slash + 1) : path.slice(0, slash === -1 ? undefined : slash)
  const session = kind === 'assumed-role' ? path.slice(slash + 1) : undefined
  const nameless = name === '' || (session !== undefined && (slash === -1 || session === ''))
  return nameless ? undefined : new Caller(arn, partition, account, type, name, session)
}

const TYPES: ReadonlyMap<string, Caller['type']> = new Map<string, Caller['type']>([
  ['user', 'User'],
  ['role', 'AssumedRole'],
  ['assumed-role', 'AssumedRole'],
  ['federated-user', 'FederatedUser'],
])

/** What all sessions of a role have in common. A session does not know its role's path, and names are unique without. */
export function roleOf({ partition, account, type, name }: Caller): string | undefined {
  return type === 'AssumedRole' ? `${partition}:${account}:${name}` : undefined
}

/**
 * Whether a caller is of the gateway's own account, so that its own policies are enough.
 *
 * @param account the definition's; where that says none, no caller is of another
 */
export function isSameAccount(principal: string, account: string): boolean {
  return account === UNTOLD_ACCOUNT || callerOf(principal)?.account === account
}

/** The account's id where the definition says none. */
const UNTOLD_ACCOUNT = '000000000000'
