import { cookies } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { gate } from '../../../lib/gateway'

export const GET = gate.route('GET /alone/moved', {}, async () => {
  const jar = await cookies()
  jar.set('seen', 'yes')
  redirect('/alone/7?by=a;b')
})

export const POST = gate.route('POST /alone/moved', {}, () => notFound())
