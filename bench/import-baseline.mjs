/** What the start of `postern` is compared with: two packages that many servers load anyway. */
import 'ajv'
import 'lru-cache'
