import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { folderOf, postern } from './support.js'

const here = folderOf({})

describe('postern', () => {
  it.each([['--help'], ['-h']])('%s names each command, what it does, and the exit codes', async (option) => {
    const { status, stdout, stderr } = await postern(here, option)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: postern <command> [options]')
    expect(stdout).toMatch(/^ {2}init .*framework/m)
    expect(stdout).toMatch(/^ {2}check \[file\] .*validate/m)
    expect(stdout).toContain('Exit codes: 0 done, 1 faults found or not done, 2')
  })

  it.each([['--version'], ['-v']])('%s prints the version of the package', async (option) => {
    expect(await postern(here, option)).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('without a command says what there is, and fails', async () => {
    const { status, stdout, stderr } = await postern(here)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: postern <command>')
  })

  it.each([
    ['init', '--framework'],
    ['check', '--json'],
  ])('%s --help explains it, wherever the option stands', async (command, option) => {
    const first = await postern(here, command, '--help')
    expect([first.status, first.stderr]).toEqual([0, ''])
    expect(first.stdout).toContain(`Usage: postern ${command}`)
    expect(first.stdout).toContain(option)
    expect(await postern(here, command, 'something', '-h')).toEqual(first)
  })

  it.each([
    ['chek', 'there is no command chek. Did you mean check?'],
    ['xyz', 'there is no command xyz. See: postern --help'],
    ['toString', 'there is no command toString. See: postern --help'],
    ['--versoin', 'there is no option --versoin. Did you mean --version?'],
    ['-x', 'there is no option -x. See: postern --help'],
    ['--help check', 'options follow the command: postern check --help'],
    ['init --forse', 'there is no option --forse. Did you mean --force?'],
    ['init --framework', "Option '-f, --framework <value>' argument missing. See: postern init --help"],
    ['init --force=yes', "Option '--force' does not take an argument. See: postern init --help"],
    ['init --framework expres', 'there is no framework expres. Did you mean express?'],
    ['init --framework constructor', 'there is no framework constructor. See: postern init --help'],
    ['init app.js', "init takes no file, but 'app.js' was given. See: postern init --help"],
    ['check --jsno', 'there is no option --jsno. Did you mean --json?'],
    ['check a.js b.js', 'check takes one file, but 2 were given. See: postern check --help'],
  ])('%s is misused: one line says how, and the exit code is 2', async (line, message) => {
    const ran = await postern(here, ...line.split(' '))
    expect(ran).toEqual({ status: 2, stdout: '', stderr: `postern: ${message}\n` })
  })
})
