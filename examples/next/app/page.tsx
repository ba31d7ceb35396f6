import { headers } from 'next/headers'
import { gatewayOf } from 'postern/next'
import { pets } from '../lib/pets'

const TRY = `curl -i localhost:3000/api/pets/1
curl -i -X POST localhost:3000/api/pets -d '{"name":"Kit"}' -H 'content-type: application/json'
curl -i -X POST localhost:3000/api/pets -d '{"name":"Kit"}' -H 'content-type: application/json' \\
     -H 'x-api-key: demo-key-of-the-pet-store'`

/** The pets, and what the gateway knows of who looks at them. */
export default async function Page() {
  const gateway = gatewayOf(await headers())
  return (
    <main>
      <h1>The pet store</h1>
      <p>A page behind its own gateway: proxy.ts lets it through, twenty times at once.</p>

      <h2>Pets</h2>
      <table>
        <thead>
          <tr>
            <th>id</th>
            <th>name</th>
            <th>sold by</th>
          </tr>
        </thead>
        <tbody>
          {pets.all().map(({ id, name, soldBy }) => (
            <tr key={id}>
              <td>{id}</td>
              <td>{name}</td>
              <td>{soldBy ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>

      <h2>What the gateway says of this request</h2>
      <table>
        <tbody>
          <tr>
            <th>route</th>
            <td>{gateway?.route}</td>
          </tr>
          <tr>
            <th>caller</th>
            <td>{gateway?.sourceIp}</td>
          </tr>
          <tr>
            <th>request id</th>
            <td>{gateway?.requestId}</td>
          </tr>
        </tbody>
      </table>

      <h2>Try the API</h2>
      <pre>{TRY}</pre>
    </main>
  )
}
