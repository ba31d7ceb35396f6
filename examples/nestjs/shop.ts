/** The pet store as a module of NestJS: nothing in here knows whether Express or Fastify serves it. */
import {
  Controller,
  createParamDecorator,
  Delete,
  type ExecutionContext,
  Get,
  HttpCode,
  HttpException,
  Module,
  Param,
  Post,
} from '@nestjs/common'
import type { GatewayContext } from 'postern'
import { Pets } from '../petstore/pets.js'

/** What the gateway knows of the request: a parameter of a handler, as `@Body()` is. */
const Gateway = createParamDecorator(
  (_: unknown, context: ExecutionContext): GatewayContext => context.switchToHttp().getRequest().gateway,
)

@Controller('pets')
class PetsController {
  constructor(private readonly pets: Pets) {}

  @Get()
  list(@Gateway() { variables }: GatewayContext) {
    return { greeting: variables.greeting, pets: this.pets.all() }
  }

  @Get(':petId')
  find(@Param('petId') petId: string) {
    const pet = this.pets.find(petId)
    if (pet === undefined) throw new HttpException({ message: 'no such pet' }, 404)
    return pet
  }

  @Post()
  create(@Gateway() { body, client }: GatewayContext) {
    return this.pets.add(body, client?.name) // the body is what its model made of it
  }

  @Delete(':petId')
  @HttpCode(204)
  remove(@Param('petId') petId: string) {
    if (!this.pets.remove(petId)) throw new HttpException('', 404)
  }
}

@Controller()
class OtherController {
  @Get('health')
  health() {
    return { ok: true }
  }

  @Get('admin')
  admin() {
    return 'nobody gets here: no route of the gateway names it'
  }
}

@Module({ controllers: [PetsController, OtherController], providers: [Pets] })
export class PetShop {}
