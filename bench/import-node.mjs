/** What any server loads anyway, and `postern` too. */
import 'node:crypto'
import 'node:http'
