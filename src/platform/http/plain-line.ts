import { plainLinePattern } from '../text/plain-text.rules.js';
import { Text, Trimmed } from './properties.js';

/** A name or a sentence that is shown to people: one line, trimmed, without anything that hides or turns it. */
export const PlainLine =
  (options: Omit<Parameters<typeof Text>[0], 'pattern' | 'patternText'>): PropertyDecorator =>
  (target, name) => {
    Trimmed()(target, name);
    Text({
      ...options,
      pattern: plainLinePattern,
      patternText: 'must be plain text on one line, without marks that turn its direction',
    })(target, name);
  };
