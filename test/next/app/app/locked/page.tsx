import { headers } from 'next/headers'
import { gatewayOf } from 'postern/next'

export default async function Page() {
  return <pre>{`the secret, for ${gatewayOf(await headers())?.client?.name}`}</pre>
}
