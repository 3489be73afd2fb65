import { expect } from '@jest/globals';
import type { ApiResponse } from './api-client.js';

declare module 'expect' {
  interface Matchers<R> {
    /** An answer that is this problem of the catalogue; with `pointer`, one that blames that place in the input. */
    toBeProblem(code: string, options?: { pointer?: string }): R;
  }
}

expect.extend({
  toBeProblem(received: unknown, code: string, { pointer }: { pointer?: string } = {}) {
    const { status, body, request, text } = received as ApiResponse;
    const blamed = (body?.errors as { pointer: string }[] | undefined)?.map((error) => error.pointer) ?? [];
    const pass =
      status >= 400 &&
      body?.code === code &&
      body.status === status &&
      (pointer === undefined || blamed.includes(pointer));
    const expected = pointer === undefined ? `the problem "${code}"` : `the problem "${code}" at ${pointer}`;
    return {
      pass,
      message: () => `${request}: expected ${pass ? 'anything but ' : ''}${expected}, got ${status} ${text}`,
    };
  },
});
