/** The types of a route's path parameters, read from its pattern. */

/** `GET /pets/{petId}`, `ANY /files/{path+}`, or in path-to-regexp's syntax: `GET /pets/:petId`, `/files/*path`. */
export type PathPattern = `${string} /${string}`

type Name<S extends string> = S extends `${infer N}+` ? N : S

/** AWS's `{name}` and `{name+}`. */
type AwsNames<S extends string> = S extends `${string}{${infer N}}${infer Rest}`
  ? Name<N> | AwsNames<Rest>
  : never

/** What ends a name in path-to-regexp's syntax. */
type Cut<S extends string> = S extends `${infer N}${'/' | '.' | '-' | '{' | '}' | ':' | '*' | ' '}${string}`
  ? Cut<N>
  : S

type After<S extends string, C extends string> = S extends `${string}${C}${infer Rest}`
  ? Cut<Rest> | After<Rest, C>
  : never

type Required<S extends string> = S extends `${infer A}{${string}}${infer B}` ? Required<`${A}${B}`> : S
type Groups<S extends string> = S extends `${string}{${infer G}}${infer Rest}` ? G | Groups<Rest> : never

/** The parameters of a pattern: `ParamsOf<'GET /pets/{petId}'>` is `{ petId: string }`. */
export type ParamsOf<P extends string> = string extends P
  ? Readonly<Record<string, string>>
  : P extends `${string}${':' | '*'}${string}`
    ? { readonly [K in After<Required<P>, ':' | '*'>]: string } & {
        readonly [K in After<Groups<P>, ':' | '*'>]?: string
      }
    : { readonly [K in AwsNames<P>]: string }
