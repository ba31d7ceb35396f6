import { nodeCrypto } from '../crypto.js'

const LONGEST = 256

/** The subject as a store keeps it: whatever a caller sends as its name takes no more room than this. */
export function boundedSubject(subject: string): string {
  if (subject.length <= LONGEST) return subject
  return nodeCrypto().createHash('sha256').update(subject).digest('base64url')
}
