/** Express under contract. */
import express from 'express'
import express4 from 'express4'
import { expressApp } from '../apps/express.js'
import type { Host } from '../host.js'
import { listening } from './listening.js'

const lacks: Host['lacks'] = {
  http2: 'Express falls over HTTP/2 by itself, with its process',
}

export const express5Host: Host = {
  name: 'Express 5',
  lacks,
  serve: (kind) => listening(expressApp(express, 5, kind).app),
}

export const express4Host: Host = {
  name: 'Express 4',
  lacks,
  serve: (kind) => listening(expressApp(express4, 4, kind).app),
}
