import express from 'express'
import * as postern from 'postern'
import * as adapter from 'postern/express'
import * as testing from 'postern/testing'
import './bare.mjs'
import { checkExpress } from './check.cjs'

await checkExpress(postern, testing, adapter, express)
