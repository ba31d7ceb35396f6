/** Prints, when the tests are over, what each adapter's host can do, and why not where it cannot. */
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { CAPABILITIES, type Capability } from './host.js'

interface Proof {
  readonly capability: Capability
  readonly lacks?: string
  readonly passed: boolean
}

export default class CapabilityTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const proofs = new Map<string, Proof[]>()
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const proof = proofOf(test)
      if (proof !== undefined) proofs.set(proof.host, [...(proofs.get(proof.host) ?? []), proof])
    }
    if (proofs.size > 0) process.stdout.write(`\n${table(proofs)}\n`)
  }
}

function proofOf(test: TestCase): (Proof & { readonly host: string }) | undefined {
  const { contract } = test.meta()
  return contract && { ...contract, passed: test.result().state === 'passed' }
}

/** Capabilities as rows, hosts as columns, reasons as notes below. */
function table(proofs: ReadonlyMap<string, readonly Proof[]>): string {
  const notes: string[] = []
  const noteOf = (reason: string) => {
    if (!notes.includes(reason)) notes.push(reason)
    return notes.indexOf(reason) + 1
  }
  const cell = (host: string, name: Capability) => {
    const own = proofs.get(host)?.filter(({ capability }) => capability === name) ?? []
    const [first] = own
    if (first === undefined) return '-'
    if (own.some(({ passed }) => !passed)) return 'FAILS'
    return first.lacks === undefined ? 'yes' : `no (${noteOf(first.lacks)})`
  }
  const hosts = [...proofs.keys()].sort()
  const names = Object.keys(CAPABILITIES) as Capability[]
  const rows = names.map((name) => [name, ...hosts.map((host) => cell(host, name))])
  const lines = [['', ...hosts], ...rows]
  const widths = ['', ...hosts].map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  const aligned = lines.map((line) => line.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '))
  return [...aligned, ...notes.map((note, at) => `(${at + 1}) ${note}`)]
    .map((line) => ` ${line.trimEnd()}`)
    .join('\n')
}
