/**
 * `postern/testing`: a clock that the test moves, requests without a server, and an app that never was.
 *
 * @module postern/testing
 */
export type { SentAnswer, ShownAnswer } from './testing/answer.js'
export { type TestClock, testClock, testIds } from './testing/clock.js'
export { type FakeApp, type FakeCall, type FakeReply, fake } from './testing/fake.js'
export type { Form, SendOptions, Signer } from './testing/options.js'
export { type KeptRecords, records } from './testing/records.js'
export type { ForwardedRequest } from './testing/request.js'
export { send } from './testing/send.js'
