import type { NextApiRequest, NextApiResponse } from 'next'
import { gate } from '../../../lib/gateway'

export default gate.api({}, (req: NextApiRequest, res: NextApiResponse) => {
  const { client, stage, params } = req.gateway ?? {}
  res.status(200).json({ query: req.query, body: req.body, by: client?.name, stage, params })
})
