/** What `match` measures and the package does not export. */
export { parseRoute } from '../../src/resolve/pattern.js'
export { Router } from '../../src/resolve/router.js'
export { splitTarget } from '../../src/resolve/target.js'
