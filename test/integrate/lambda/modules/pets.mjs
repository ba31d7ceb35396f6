export const handler = async (event) => ({ statusCode: 200, body: `pet ${event.pathParameters.id}` })
export const named = async () => ({ statusCode: 201 })
export const nothing = 7
