/**
 * Records: logs and metrics.
 *
 * Each exchange, admitted, refused or crashed, ends in one record.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const records = []
const gateway = createGateway({ routes: [route('GET /pets')], onRecord: (record) => records.push(record) })
await send(gateway, 'GET /nowhere')
const [record] = records
console.log([record?.status, record?.refusal, record?.detail, record?.end]) // => [404, 'RESOURCE_NOT_FOUND', "no route of stage '$default' has this path", 'refused']
