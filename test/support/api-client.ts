import { HttpExchange, type Received } from './http-exchange.js';
import type { OpenApiContract } from './openapi-contract.js';

export interface ApiResponse extends Received {
  /** The parsed JSON, or null where there is none. Typed loosely: tests say what they expect of it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every answer has been checked against the document
  body: any;
  /** For messages of failed expectations. */
  request: string;
}

export interface RequestOptions {
  headers?: Record<string, string | string[]>;
}

/** Anything that carries a credential. */
export type Credential = { token: string } | string;

/** Speaks to the app over HTTP and holds every exchange against the OpenAPI document. */
export class ApiClient {
  constructor(
    readonly exchange: HttpExchange,
    readonly contract: OpenApiContract,
    readonly token: string | null = null,
  ) {}

  /** The same client with that credential. */
  as(credential: Credential): ApiClient {
    const token = typeof credential === 'string' ? credential : credential.token;
    return new ApiClient(this.exchange, this.contract, token);
  }

  get(path: string, options?: RequestOptions): Promise<ApiResponse> {
    return this.send('GET', path, undefined, options);
  }

  post(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.send('POST', path, body, options);
  }

  put(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.send('PUT', path, body, options);
  }

  patch(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.send('PATCH', path, body, options);
  }

  delete(path: string, options?: RequestOptions): Promise<ApiResponse> {
    return this.send('DELETE', path, undefined, options);
  }

  /** @throws ContractError where the document says something else */
  async send(
    method: string,
    path: string,
    body?: unknown,
    { headers = {} }: RequestOptions = {},
  ): Promise<ApiResponse> {
    const sent = {
      method,
      path,
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const received = await this.exchange.send(sent);
    this.contract.check(sent, received);
    return asResponse(`${method} ${path}`, received);
  }
}

function asResponse(request: string, received: Received): ApiResponse {
  const isJson = /^application\/(problem\+)?json/.test(received.headers['content-type'] ?? '');
  return { ...received, request, body: isJson && received.text !== '' ? JSON.parse(received.text) : null };
}
