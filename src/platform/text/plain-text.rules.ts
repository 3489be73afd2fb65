/**
 * One line of what can be seen: no control characters, no separators of lines, and none of the marks that turn the
 * direction of what follows, with which a name says something else than it shows. Joiners are letters' business.
 */
export const plainLinePattern = /^(?:[^\p{C}\p{Zl}\p{Zp}]|[\u200c\u200d])*$/u;

export const isPlainLine = (text: string): boolean => plainLinePattern.test(text);
