import { defineProblem, Problem } from '../platform/problems/problem.js';

export const unsupportedImage = defineProblem(
  'unsupported_image',
  415,
  'The file is no PNG, JPEG, WebP or AVIF picture',
);
export const invalidImage = defineProblem('invalid_image', 422, 'The picture cannot be used');

export const unsupportedImageProblem = (): Problem =>
  new Problem(unsupportedImage, { detail: 'The content decides, not the name or the type that was sent' });

export const invalidImageProblem = (detail: string, cause?: unknown): Problem =>
  new Problem(invalidImage, { errors: [{ pointer: '/file', detail }], cause });
