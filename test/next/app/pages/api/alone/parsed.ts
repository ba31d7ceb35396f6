import type { NextApiRequest, NextApiResponse } from 'next'
import { gate } from '../../../lib/gateway'

export default gate.api(
  'POST /api/alone/parsed',
  { body: 'Pet' },
  (_req: NextApiRequest, res: NextApiResponse) => {
    res.status(200).json({})
  },
)
