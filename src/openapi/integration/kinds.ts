/** The kinds of integrations that documents speak of. */
export { aws } from '../../aws.js'
export { http } from '../../http.js'
export { lambda } from '../../lambda.js'
export { mock } from '../../mock.js'
