import { applyDecorators, type Type } from '@nestjs/common';
import { TakesFile } from '../platform/http/file-upload.js';
import { Operation } from '../platform/http/operation.js';
import type { ProblemKind } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { invalidImage, unsupportedImage } from './media.problems.js';

const maxBytes = 5 * 1024 * 1024;

/** A route that takes an image and answers with its address. */
export const TakesImage = ({
  problems = [],
  ...options
}: {
  summary: string;
  description: string;
  answer: Type<unknown>;
  problems?: readonly ProblemKind[];
}) =>
  applyDecorators(
    TakesFile({
      maxBytes,
      describe:
        'PNG, JPEG, WebP or AVIF by its content, not moving; at most 5 MB, and 50 million pixels (JPEG), 25 (PNG, WebP) or 12.5 (AVIF)',
    }),
    Operation({ ...options, problems: [...problems, unsupportedImage, invalidImage, tooManyRequests] }),
  );
