import { headers } from 'next/headers'
import { gatewayOf } from 'postern/next'

export default async function Page() {
  const gateway = gatewayOf(await headers())
  return <pre>{`told: ${gateway?.stage} ${gateway?.route} ${gateway?.sourceIp}`}</pre>
}
