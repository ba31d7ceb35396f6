import type { NextApiRequest, NextApiResponse } from 'next'
import { gate } from '../../../lib/gateway'

export const config = { api: { bodyParser: false } }

export default gate.api(
  'POST /api/alone/raw',
  { body: 'Pet' },
  async (req: NextApiRequest, res: NextApiResponse) => {
    let text = ''
    for await (const chunk of req) text += chunk
    res.status(200).json({ text, checked: req.gateway?.body, from: req.gateway?.sourceIp })
  },
)
