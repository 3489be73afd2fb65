import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { isTame } from '../json/bounded-json.rules.js';
import { type FieldError, Problem } from '../problems/problem.js';
import { raiseInvalid } from '../problems/problems.js';

/** Checks bodies and queries against their classes; an unknown key is refused, since it may be a misspelt one. */
export function validationPipe(): ValidationPipe {
  return new TameValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => raiseInvalid(errors.flatMap((error) => fieldErrors(error, ''))),
  });
}

/** Keeps from class-transformer what it cannot bear: it recurses, and takes an own `constructor` for the real one. */
class TameValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const place = metadata.type === 'query' ? '/query' : '';
    if (!isTame(value)) {
      raiseInvalid([{ pointer: place, detail: 'is nested too deep, or has a member that every object has' }]);
    }
    try {
      return await (super.transform(value, metadata) as Promise<unknown>);
    } catch (error) {
      if (!(error instanceof Problem) || error.errors === undefined) throw error;
      return raiseInvalid(
        error.errors.map(({ pointer, detail }) => ({ pointer: `${place}${pointer}`, detail })),
      );
    }
  }
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    pointer,
    detail: message.replace(`property ${error.property} should not exist`, 'is not known'),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
