/** Koa under contract. */
import Koa from 'koa'
import Koa2 from 'koa2'
import { koaApp } from '../apps/koa.js'
import type { Host } from '../host.js'
import { listeningTwice } from './listening.js'

export const koa3Host: Host = {
  name: 'Koa 3',
  lacks: {},
  serve: (kind) => listeningTwice(koaApp(Koa, kind).app.callback()),
}

export const koa2Host: Host = {
  name: 'Koa 2',
  lacks: { 'http2-head': 'Koa 2 takes a HEAD over HTTP/2 for one that has been answered' },
  serve: (kind) => listeningTwice(koaApp(Koa2, kind).app.callback()),
}
