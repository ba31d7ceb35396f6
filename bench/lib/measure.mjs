/** Measuring on a machine that is never quiet: everything by turns, and medians with their spread. */
import { do_not_optimize } from 'mitata'

/**
 * Nanoseconds a call of each contender, in rounds: one batch of each, and each round begins with another one, so that
 * whatever disturbs the machine disturbs all of them alike.
 *
 * @param {Record<string, (index: number) => unknown>} contenders called with 0, 1, 2, …
 */
export function compare(contenders, { rounds = 200, ms = 8 } = {}) {
  const runs = Object.entries(contenders).map(([name, run]) => ({
    name,
    run,
    count: 64,
    at: 0,
    samples: numbers(),
  }))
  for (const each of runs) calibrate(each, ms)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < runs.length; turn++) {
      const each = runs[(round + turn) % runs.length]
      each.samples.push(batch(each) / each.count)
    }
  }
  return Object.fromEntries(runs.map(({ name, samples }) => [name, samples]))
}

/** Also the warm-up: it goes on until a batch takes its time several times over. */
function calibrate(each, ms) {
  let enough = 0
  while (enough < 5) {
    const took = batch(each) / 1e6
    if (took >= ms) enough++
    else each.count = Math.ceil(each.count * Math.min(2, (ms * 1.1) / took))
  }
}

function batch(each) {
  const { run, count } = each
  const start = process.hrtime.bigint()
  for (let index = each.at; index < each.at + count; index++) do_not_optimize(run(index))
  each.at += count
  return Number(process.hrtime.bigint() - start)
}

/** @returns {number[]} */
export function numbers() {
  return []
}

/** The ratio round by round: what both have suffered alike cancels out. */
export function ratios(samples, base) {
  return samples.map((sample, round) => sample / base[round])
}

/** Median and quartiles. */
export function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)]
  return below + (sorted[Math.ceil(at)] - below) * (at % 1)
}
