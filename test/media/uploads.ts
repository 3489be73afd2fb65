import type { ApiResponse, TestApp } from '../support/test-app.js';

interface Part {
  field?: string;
  name?: string | null;
  type?: string;
  content: Buffer | string;
}

const boundary = 'x-boundary-of-the-tests';

export function multipart(parts: Part[], { end = true } = {}): Buffer {
  const written = parts.flatMap(({ field = 'file', name = 'picture.png', type = 'image/png', content }) => {
    const fileName = name === null ? '' : `; filename="${name}"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"${fileName}\r\nContent-Type: ${type}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')];
  });
  return Buffer.concat([...written, Buffer.from(end ? `--${boundary}--\r\n` : '')]);
}

/** Sends a body as it is and holds the exchange against the OpenAPI document. */
export async function put(
  app: TestApp,
  who: { token: string } | null,
  path: string,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  const sent = {
    method: 'PUT',
    path,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...(who !== null && { authorization: `Bearer ${who.token}` }),
      ...headers,
    },
    body,
  };
  const received = await app.exchange.send(sent);
  app.contract.check(sent, received);
  return {
    ...received,
    request: `PUT ${path}`,
    body: received.text === '' ? null : JSON.parse(received.text),
  };
}

/** One file in the field `file`. */
export function upload(
  app: TestApp,
  who: { token: string } | null,
  path: string,
  content: Buffer,
  part: Omit<Part, 'content'> = {},
): Promise<ApiResponse> {
  return put(app, who, path, multipart([{ ...part, content }]));
}
