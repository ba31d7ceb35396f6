/**
 * CloudFormation and SAM.
 *
 * `fromCloudFormation` reads the API of a template, with its parameters, conditions, mappings and functions resolved.
 */
import { createGateway } from 'postern'
import { fromCloudFormation } from 'postern/openapi'
import { send } from 'postern/testing'

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  ListPets:
    Type: AWS::Serverless::Function
    Properties:
      Handler: pets.list
      Runtime: nodejs22.x
      CodeUri: ./pets
      Events: { List: { Type: Api, Properties: { Path: /pets, Method: get } } }
`
const { definition, apiKeys } = fromCloudFormation(template, {
  pseudo: { region: 'eu-central-1', accountId: '123456789012' },
  functions: { ListPets: async () => ({ statusCode: 200, body: '["Rex"]' }) }, // by logical id; others are called on AWS
})
const gateway = createGateway(definition)
for (const key of apiKeys) await gateway.control.createApiKey(key)
const pets = await send(gateway, 'GET /Prod/pets')
console.log(pets.json()) // => ['Rex']
