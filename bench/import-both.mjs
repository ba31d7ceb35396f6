/** What an Express app imports. */
import 'postern'
import 'postern/express'
