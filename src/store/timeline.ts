/** The clock as the counters of one process see it. */
export class Timeline {
  /** What it last said. Quotas go by this, the calendar's label. */
  now = Number.NaN
  /**
   * The sum of its forward steps, ms. Buckets go by this: a clock that is set back gives nothing, and
   * refill goes on from there, where waiting for the clock to catch up would starve everybody.
   */
  elapsed = 0

  moveTo(now: number): void {
    if (now > this.now) this.elapsed += now - this.now
    this.now = now
  }
}
