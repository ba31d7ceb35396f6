/** What holds requests and answers to models, loaded with the first definition that has them held to any. */
export { body, models, parameters, responses } from '../control/check/models.js'
export { validateAnswers } from '../validate/answers.js'
export { validateBody } from '../validate/body.js'
export { Models } from '../validate/models.js'
export { validateParameters } from '../validate/parameters.js'
