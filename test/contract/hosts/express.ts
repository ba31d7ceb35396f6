/** Express under contract: with the gateway as its middleware, and behind it. */
import express from 'express'
import express4 from 'express4'
import { toNode } from 'postern/node'
import { expressApp } from '../apps/express.js'
import type { Host } from '../host.js'
import { scenario } from '../scenario/gateway.js'
import { listening } from './listening.js'

const lacks: Host['lacks'] = {
  http2: 'Express falls over HTTP/2 by itself, with its process',
}

export const express5Host: Host = {
  name: 'Express 5',
  lacks,
  serve: (kind) => listening(expressApp(express, 5, scenario(kind))),
}

export const express4Host: Host = {
  name: 'Express 4',
  lacks,
  serve: (kind) => listening(expressApp(express4, 4, scenario(kind))),
}

export const expressBehindHost: Host = {
  name: 'Express 5 behind toNode',
  lacks: { ...lacks, 'per-route': 'what stands before an app has none of its routes' },
  serve: async (kind) => {
    if (kind === 'routes') throw new Error('no routes here')
    const made = scenario(kind)
    return listening(toNode(made.gateway, expressApp(express, 5, made, true)))
  },
}
